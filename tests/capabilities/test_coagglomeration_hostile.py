"""Messy studies of sites: what is told, and what is counted once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spillgraph.capabilities.coagglomeration._sites import _every_year as every_year
from spillgraph.cli.main import _exit_code as main

STUDY = """
[study]
name = "Sites"
target = "f"
{more}
[tables.establishments]
file = "sites.csv"
classification = "f"
[coagglomeration]
draws = 19
"""


def sites(n: int = 24) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "establishment": [f"e{i}" for i in range(n)],
            "industry": [f"{i % 3:03d}" for i in range(n)],
            "region": "R",
            "lat": 48 + rng.uniform(0, 1, n),
            "lon": 2 + rng.uniform(0, 1, n),
        }
    )


def study(folder: Path, frame: pd.DataFrame, more: str = "") -> Path:
    frame.to_csv(folder / "sites.csv", index=False)
    (folder / "study.toml").write_text(STUDY.format(more=more))
    return folder / "study.toml"


def test_a_site_with_a_row_of_the_year_and_one_of_no_year_is_there_once() -> None:
    of_year, always = sites().assign(year=2001), sites().iloc[:9].assign(year=pd.NA)
    other = sites().iloc[:1].assign(year=2002, establishment="new")
    used = pd.concat([of_year, always, other]).rename(columns={"establishment": "id"})
    whole = every_year(used.astype({"year": "Int64"}))
    assert whole.groupby("year").size().to_dict() == {2001: 24, 2002: 10}
    assert not whole.duplicated(["id", "year"]).any()


def test_sites_of_a_study_without_firms_are_not_told_to_have_none(tmp_path: Path, capsys) -> None:
    assert main(["check", str(study(tmp_path, sites()))], debug=False) == 0
    shown = capsys.readouterr()
    assert "Warning" not in shown.out + shown.err


def test_codes_of_sites_in_two_spellings_are_told(tmp_path: Path, capsys) -> None:
    frame = sites()
    frame.loc[:5, "industry"] = frame.loc[:5, "industry"].astype(int).astype(str)
    assert main(["check", str(study(tmp_path, frame))], debug=False) == 0
    told = capsys.readouterr()
    shown = " ".join((told.out + told.err).split())
    assert "'001'" in shown and "'1'" in shown and "zeros" in shown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda f: f.assign(lat=None, lon=None),
            "no site has a place; give lat and lon, degrees or x and y",
        ),
        (lambda f: f.assign(industry="A"), "1 industry has a site with coordinates, of 1"),
        (lambda f: f.assign(lat=48.5, lon=2.5), "all 24 sites are in one point"),
    ],
)
def test_a_study_without_any_pair_says_what_is_the_matter(tmp_path, capsys, change, told) -> None:
    path = study(tmp_path, change(sites()))
    assert main(["coagglomeration", str(path), "--out", str(tmp_path / "out")], debug=False) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_firms_without_regions_are_told_so(tmp_path: Path, capsys) -> None:
    firms = sites().rename(columns={"establishment": "id"}).drop(columns="region")
    firms.to_csv(tmp_path / "firms.csv", index=False)
    (tmp_path / "cites.csv").write_text("citing,cited,year,count\ne0,e1,2001,3\ne1,e2,2001,1\n")
    text = STUDY.format(more="").replace("establishments", "firms").replace("sites.", "firms.")
    path = tmp_path / "study.toml"
    path.write_text(text + '[tables.firm_citations]\nfile = "cites.csv"\n')
    assert main(["check", str(path)], debug=False) == 2
    assert "firms: no site has a region; give the column" in " ".join(
        capsys.readouterr().err.split()
    )


def test_places_that_are_all_refused_are_told_with_what_is_wrong_of_them(tmp_path, capsys) -> None:
    path = study(tmp_path, sites().assign(lat=116.5, lon=lambda f: f.lat - 20))
    assert main(["check", str(path)], debug=False) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert "no site has a place" in shown
    assert 'columns = { lat = "lon", lon = "lat" }' in shown
