"""Fixtures that every room's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The real data, which are not part of the repository."""
    folder = Path(os.environ.get("SPILLGRAPH_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "README.md").is_file():
        pytest.skip(f"the real data are not at {folder}: put them there or set SPILLGRAPH_DATA")
    return folder


STUDY = """
[study]
name = "Tiny"
target = "t"
money = "euro"
synthetic = true

[years]
first = 2000
last = 2002
report = [2001, 2002]

[options]
self_citations = "include"

[[tables.industries]]
file = "fine.csv"
classification = "f"

[[tables.industries]]
file = "sectors.csv"
classification = "t"

[tables.concordance]
file = "map.csv"
from_classification = "f"
to_classification = "t"

[tables.firms]
file = "firms.csv"
classification = "f"

[tables.firm_citations]
file = "citations.csv"

[tables.trade_links]
file = "trade.csv"

[tables.io_output]
file = "output.csv"
classification = "t"
"""

TABLES = {
    "fine.csv": "code,name\nA,Alpha\nB,Beta\nC,Gamma\n",
    "sectors.csv": "code,name\nx,First\ny,Second\n",
    "map.csv": "from,to,weight\nA,x,1\nB,x,0.25\nB,y,0.75\nC,y,1\n",
    "firms.csv": (
        "id,name,industry,region,country,lat,lon,size\n"
        "1,One,A,North,Land,50,8,10\n"
        "2,Two,B,South,Land,49,9,20\n"
        "3,Three,C,South,Land,,,\n"
        "4,x'}) DETACH DELETE n //,,,,,,\n"
    ),
    "citations.csv": (
        "citing,cited,year,count\n"
        "1,2,2000,4\n1,1,2000,6\n2,1,2001,1\n2,2,2001,3\n3,2,2001,2\n3,3,2002,5\n4,1,2002,7\n"
    ),
    "trade.csv": "supplier,buyer,year,value\n1,2,2001,10\n2,1,2001,20\n3,1,2001,5\n2,3,2001,8.5\n",
    "output.csv": (
        "industry,year,gross_output,value_added,final_demand\nx,2001,100,70,60\ny,2001,80,50,40\n"
    ),
}


class TinyStudy:
    """A study of four firms, three fine industries and two sectors, written by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "study.toml"
        self.path.write_text(STUDY, encoding="utf-8")
        for name, text in TABLES.items():
            (folder / name).write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Put another file in the place of one of the tables."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        """Add rows to a table."""
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, old: str, new: str) -> None:
        """Change the study file; the old text must be in it."""
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def tiny(tmp_path: Path) -> TinyStudy:
    """A study of a handful of rows in a folder of its own."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    return TinyStudy(folder)
