"""Small valid studies that mutants are made of: one for each way through the program."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["STUDIES", "Draft", "Grid", "make_study"]

Rows = list[list[str]]


@dataclass
class Grid:
    """A table before it becomes a file: its rows, the first of them the header."""

    rows: Rows
    kind: str = "csv"


@dataclass
class Draft:
    """A study before it becomes files: the study file as a dictionary, and tables by file name."""

    study: dict[str, Any]
    grids: dict[str, Grid] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def entries(self) -> list[tuple[str, dict[str, Any]]]:
        """Return every entry of the study file with the table's name."""
        found = []
        tables = self.study.get("tables")
        for name, given in tables.items() if isinstance(tables, dict) else ():
            for entry in given if isinstance(given, list) else [given]:
                if isinstance(entry, dict):
                    found.append((name, entry))
        return found


def _grid(text: str) -> Grid:
    return Grid([line.split(",") for line in text.strip().splitlines()])


def _about(target: str, first: int, last: int, report: list[int]) -> dict[str, Any]:
    return {
        "study": {"name": "Fuzz", "target": target, "synthetic": True},
        "years": {"first": first, "last": last, "report": report},
    }


def _firms(n: int) -> str:
    codes, lines = "ABC", ["id,name,industry,region,country,lat,lon,size"]
    for k in range(1, n + 1):
        lines.append(f"F{k:02},Firm {k},{codes[k % 3]},North,NA,{40 + k},{8.5 + k},{10 * k}")
    return "\n".join(lines)


FINE = "code,name\nA,Alpha\nB,Beta\nC,Gamma"
SECTORS = "code,name\n01,First\n02,Second"
MAP = "from,to,weight\nA,01,1\nB,01,0.25\nB,02,0.75\nC,02,1"


def _years(names: str, pairs: list[tuple[str, str]], years: range, of: str) -> str:
    lines = [names]
    for k, (one, other) in enumerate(pairs):
        lines.append(f"{one},{other},{years[k % len(years)]},{k % 7 + 1}{of}")
    return "\n".join(lines)


def _pairs(n: int, count: int) -> list[tuple[str, str]]:
    return [(f"F{k % n + 1:02}", f"F{(k * 3 + k // n + 1) % n + 1:02}") for k in range(count)]


def of_firms() -> Draft:
    """Firms that cite and deliver, industries carried over to sectors."""
    trade = "\n".join(
        ["supplier,buyer,year,value"]
        + [f"F{k % 6 + 1:02},F{(k + 1 + k // 6) % 6 + 1:02},{2001},{k + 1.5}" for k in range(12)]
    )
    files = {
        "fine.csv": FINE,
        "sectors.csv": SECTORS,
        "map.csv": MAP,
        "firms.csv": _firms(6),
        "citations.csv": _years("citing,cited,year,count", _pairs(6, 20), range(2000, 2003), ""),
        "trade.csv": trade,
        "output.csv": (
            "industry,year,gross_output,value_added,final_demand,imports\n"
            "01,2001,100,70,60,1\n02,2001,80.5,50,40,2"
        ),
    }
    study = _about("t", 2000, 2002, [2001]) | {
        "tables": {
            "industries": [
                {"file": "fine.csv", "classification": "f"},
                {"file": "sectors.csv", "classification": "t"},
            ],
            "concordance": {
                "file": "map.csv",
                "from_classification": "f",
                "to_classification": "t",
            },
            "firms": {"file": "firms.csv", "classification": "f"},
            "firm_citations": {"file": "citations.csv"},
            "trade_links": {"file": "trade.csv"},
            "io_output": {"file": "output.csv", "classification": "t"},
        },
        "options": {"accounts": "warn"},
    }
    return Draft(study, {name: _grid(text) for name, text in files.items()})


def of_patents() -> Draft:
    """Patents with several owners, firms in several industries that change hands."""

    def owner(k: int) -> str:
        return "" if k in {1, 3, 4} else f"F{k % 6 + 1:02}"

    patents = "\n".join(
        ["id,firm,year,quality"]
        + [f"{5000 + k},{owner(k)},{2000 + k % 3},{k}.5" for k in range(10)]
    )
    cites = "\n".join(
        ["citing,cited"]
        + [f"{5000 + k},{5000 + j}" for k in range(10) for j in range(k % 3, k, 3) if j != k]
    )
    files = {
        "firms.csv": _firms(6),
        "fine.csv": FINE,
        "patents.csv": patents,
        "cites.csv": cites,
        "owners.csv": "patent,firm,share\n5001,F01,0.5\n5001,F02,0.5\n5003,F03,1\n5004,F01,0.4",
        "shares.csv": "firm,industry,share,year\nF01,A,0.5,2000\nF01,B,0.5,2000\nF02,C,1,2001",
        "owned.csv": "firm,owner,first_year,last_year,share\nF05,F06,2001,,1\nF04,F03,2000,2001,1",
        "plants.csv": "establishment,firm,industry,region,lat,lon,year,patents\n"
        "E1,F01,A,North,50.5,8.25,2001,3\nE2,F02,B,South,49.125,9.5,2001,4\n"
        "E3,F01,B,North,50.75,8.5,2001,0\nE4,F02,A,South,49.5,9.25,2001,1\n"
        "E5,F01,A,North,50.25,8.125,2001,2\nE6,F03,B,South,49.25,9.625,2001,5",
    }
    study = _about("f", 2000, 2002, [2002]) | {
        "tables": {
            "industries": {"file": "fine.csv", "classification": "f"},
            "firms": {"file": "firms.csv", "classification": "f"},
            "patents": {"file": "patents.csv"},
            "patent_owners": {"file": "owners.csv"},
            "firm_industries": {"file": "shares.csv", "classification": "f"},
            "ownership": {"file": "owned.csv"},
            "patent_citations": {"file": "cites.csv", "unmatched": "keep"},
            "establishments": {"file": "plants.csv", "classification": "f"},
        },
        "options": {"lag": [0, 10], "citation_weight": "fractional"},
    }
    return Draft(study, {name: _grid(text) for name, text in files.items()})


def of_printed_flows() -> Draft:
    """A printed table with its margins, read twice, and citations between industries."""
    table = (
        "supplier,A,B,C,FD,OUT\nA,10,4,6,30,50\nB,5,8.5,7,19.5,40\nC,3,2,1,24,30\n"
        "VA,32,25.5,16,0,73.5\nX,50,40,30,73.5,193.5"
    )
    cites = "citing,cited,year,count\nA,B,2005,3\nB,A,2005,2\nB,C,2006,5\nC,A,2006,4\nA,C,2006,1"
    flows = {
        "file": "io.csv",
        "classification": "f",
        "wide": {"rows": "supplier", "columns": "user", "values": "value"},
        "where_not": {"supplier": ["VA", "X"], "user": ["FD", "OUT"]},
        "constants": {"year": 2006},
    }
    printed = {
        "file": "io.csv",
        "classification": "f",
        "printed": {"gross_output": "OUT", "value_added": ["VA"], "final_demand": ["FD"]},
        "constants": {"year": 2006},
    }
    study = _about("f", 2000, 2010, [2006]) | {
        "tables": {
            "industries": {"file": "fine.csv", "classification": "f"},
            "io_flows": flows,
            "io_output": printed,
            "industry_citations": {"file": "cites.csv", "classification": "f"},
        },
    }
    texts = {"fine.csv": FINE, "io.csv": table, "cites.csv": cites}
    return Draft(study, {name: _grid(text) for name, text in texts.items()})


def of_lists() -> Draft:
    """Flows and output of several years as lists, carried over to sectors; no citations."""
    flows = ["supplier,user,year,value"]
    output = ["industry,year,gross_output,value_added,final_demand"]
    for year in (2005, 2006):
        for i, one in enumerate("ABC"):
            flows += [f"{one},{two},{year},{2 + i + j * 2}" for j, two in enumerate("ABC")]
            output.append(f"{one},{year},60,{60 - 3 * (3 + 2 * i)},{60 - 3 * (4 + i)}")
    texts = {
        "fine.csv": FINE,
        "sectors.csv": SECTORS,
        "map.csv": MAP,
        "flows.csv": "\n".join(flows),
        "output.csv": "\n".join(output),
    }
    study = _about("t", 2005, 2006, [2005, 2006]) | {
        "tables": {
            "industries": [
                {"file": "fine.csv", "classification": "f"},
                {"file": "sectors.csv", "classification": "t"},
            ],
            "concordance": {
                "file": "map.csv",
                "from_classification": "f",
                "to_classification": "t",
            },
            "io_flows": {"file": "flows.csv", "classification": "f"},
            "io_output": {"file": "output.csv", "classification": "f"},
        },
        "options": {"production": "io_flows"},
    }
    return Draft(study, {name: _grid(text) for name, text in texts.items()})


def of_make_and_use() -> Draft:
    """Make and use tables with scrap, value added and final demand."""
    make = "industry,commodity,year,value\nA,a,2002,90\nA,s,2002,2\nB,b,2002,70\nB,a,2002,5"
    use = (
        "commodity,user,year,value\na,A,2002,20\na,B,2002,15\nb,A,2002,10\nb,B,2002,-1\ns,A,2002,2\n"
        "va,A,2002,60\nva,B,2002,61\na,fd,2002,60\nb,fd,2002,61"
    )
    cites = "citing,cited,year,count\nA,B,2002,3\nB,A,2002,2\nB,B,2002,5"
    study = _about("f", 2002, 2002, [2002]) | {
        "tables": {
            "industries": {"file": "fine.csv", "classification": "f"},
            "make": {"file": "make.csv", "classification": "f"},
            "use": {"file": "use.csv"},
            "industry_citations": {"file": "cites.csv", "classification": "f"},
        },
        "make_use": {"scrap": ["s"], "value_added": ["va"], "final_demand": ["fd"]},
    }
    texts = {
        "fine.csv": "code,name\nA,Alpha\nB,Beta",
        "make.csv": make,
        "use.csv": use,
        "cites.csv": cites,
    }
    return Draft(study, {name: _grid(text) for name, text in texts.items()})


STUDIES: dict[str, Callable[[], Draft]] = {
    "firms": of_firms,
    "patents": of_patents,
    "printed": of_printed_flows,
    "lists": of_lists,
    "make_use": of_make_and_use,
}


def make_study(random_: random.Random) -> Draft:
    """Return one of the studies, by chance."""
    name = random_.choice(sorted(STUDIES))
    draft = STUDIES[name]()
    draft.done.append(f"study {name}")
    return draft
