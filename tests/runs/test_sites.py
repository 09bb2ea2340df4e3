"""Sites of a study: its establishments, or else its firms with the patents that they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from spillgraph.core.errors import StudyError
from spillgraph.ingest.study import load_study
from spillgraph.runs.capability import Checked
from spillgraph.runs.pipeline import check
from spillgraph.runs.sites import Sites, read_sites
from spillgraph.runs.steps import Steps
from spillgraph.sample import write_sample

COLUMNS = [
    *("id", "industry", "sector", "region", "year"),
    *("lat", "lon", "x", "y", "employment", "output", "patents", "patent_value"),
]
ABOUT = '[study]\nname = "Sites"\ntarget = "t"\n[years]\nfirst = 2000\nlast = 2005\n'
CODES = """
[[tables.industries]]
file = "fine.csv"
classification = "f"
[[tables.industries]]
file = "sectors.csv"
classification = "t"
[[tables.concordance]]
file = "map.csv"
from_classification = "f"
to_classification = "t"
"""
FILES = {
    "fine.csv": "code\nA\nB\nC\n",
    "sectors.csv": "code\nx\ny\n",
    "map.csv": "from,to,weight\nA,x,1\nB,x,0.25\nB,y,0.75\n",
    "sites.csv": (
        "establishment,industry,region,lat,lon,year,employment,patents,patent_value\n"
        "e1,A,r,50,8,2001,10,1,2.5\ne2,B,r,50.5,8.5,2001,20,,\ne2,B,r,50.5,8.5,2004,25,3,1\n"
        "e3,C,q,,,2004,5,0,0\n"
    ),
    "firms.csv": "id,industry,region,lat,lon,size\n1,A,r,50,8,10\n2,B,r,50.5,8.5,20\n3,,q,,,\n",
    "patents.csv": (
        "id,firm,year,quality\np1,1,2000,2\np2,1,2001,\np3,2,2002,5\np4,,2003,7\np5,,2000,8\n"
    ),
    "cites.csv": "citing,cited\np3,p1\np4,p2\n",
}
FIRMS = """
[tables.firms]
file = "firms.csv"
classification = "f"
[tables.patents]
file = "patents.csv"
[tables.patent_citations]
file = "cites.csv"
"""
SITES = '\n[tables.establishments]\nfile = "sites.csv"\nclassification = "f"\n'


def sites_of(folder: Path, tables: str, files: dict[str, str] | None = None) -> Sites:
    """Check a study of these tables, and return its sites."""
    for name, text in (FILES | (files or {})).items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(ABOUT + CODES + tables, encoding="utf-8")
    return _sites(path)


def _sites(path: Path) -> Sites:
    study, found = load_study(path), []

    def ahead(staged, economy) -> None:
        found.append(read_sites(study, economy, Checked(study, staged, economy).rows))

    check(study, Steps(), ahead)
    return found[0]


def test_establishments_are_the_sites_and_nothing_is_left_out(tmp_path: Path) -> None:
    sites = sites_of(tmp_path, SITES)
    table = sites.table
    assert (sites.source, sites.classification, list(table)) == ("establishments", "f", COLUMNS)
    assert table["id"].tolist() == ["e1", "e2", "e2", "e3"]
    assert table["year"].tolist() == [2001, 2001, 2004, 2004]
    assert sites.placed.tolist() == [True, True, True, False]
    assert table["x"].isna().all() and sites.in_degrees
    assert table["patents"].fillna(-1).tolist() == [1, -1, 3, 0]
    assert sites.single == 4


def test_a_site_keeps_its_fine_industry_and_has_the_sector_of_the_largest_weight(
    tmp_path: Path,
) -> None:
    """C is in no concordance: it has no sector, and is a site all the same."""
    sites = sites_of(tmp_path, SITES)
    table = sites.table
    (said,) = sites.warnings
    assert said.startswith("establishments: 1 of 4 sites has an industry without a sector ('C')")
    assert dict(zip(table["industry"], table["sector"].fillna(""), strict=True)) == {
        "A": "x",
        "B": "y",
        "C": "",
    }


def test_industries_of_two_sectors_with_equal_weights_are_told(tmp_path: Path) -> None:
    halves = {"map.csv": "from,to,weight\nA,x,1\nB,y,0.5\nB,x,0.5\nC,y,1\n"}
    sites = sites_of(tmp_path, SITES, halves)
    (said,) = sites.warnings
    assert said.startswith("establishments: 1 of the industries belong to several sectors with")
    assert "('B', of 'x', 'y')" in said and "of the first one" in said
    assert set(sites.table.loc[sites.table["industry"] == "B", "sector"]) == {"x"}


def test_codes_without_a_target_are_told_where_sites_are_alone(tmp_path: Path) -> None:
    sites_of(tmp_path, SITES)
    study, economies = load_study(tmp_path / "study.toml"), []
    check(study, Steps(), lambda staged, economy: economies.append(economy))
    assert economies[0].labels == ["x", "y"]
    assert economies[0].audits[0].unmapped == ("C",)
    assert any("1 of 3 codes has no target ('C')" in said for said in economies[0].warnings)


def test_km_and_a_cross_section(tmp_path: Path) -> None:
    text = "establishment,industry,region,x,y\na,A,r,1,2\nb,B,r,3,4.5\n"
    sites = sites_of(tmp_path, SITES, {"sites.csv": text})
    assert not sites.in_degrees and sites.placed.all()
    assert sites.table["year"].isna().all() and str(sites.table["year"].dtype) == "Int64"
    assert sites.table[["x", "y"]].to_numpy().tolist() == [[1, 2], [3, 4.5]]


def test_establishments_come_before_firms(tmp_path: Path) -> None:
    assert sites_of(tmp_path, FIRMS + SITES).source == "establishments"


def test_firms_are_sites_with_the_patents_of_all_years(tmp_path: Path) -> None:
    sites = sites_of(tmp_path, FIRMS)
    table = sites.table.set_index("id")
    assert (sites.source, list(sites.table)) == ("firms", COLUMNS)
    assert table["year"].isna().all()
    assert table["employment"].fillna(-1).tolist() == [10, 20, -1]
    assert table["patents"].tolist() == [2, 1, 0]
    assert table["patent_value"].tolist() == [2, 5, 0]
    assert table["region"].tolist() == ["r", "r", "q"] and table["industry"].isna().tolist()[2]
    assert any(said.startswith("firms: 1 of 3 sites has no place") for said in sites.warnings)


def test_without_patents_nothing_is_said_of_them(tmp_path: Path) -> None:
    flows = "citing,cited,year,count\n1,2,2001,3\n"
    tables = FIRMS.partition("[tables.patents]")[0]
    tables += '[tables.firm_citations]\nfile = "flows.csv"\n'
    table = sites_of(tmp_path, tables, {"flows.csv": flows}).table
    assert table[["patents", "patent_value"]].isna().all(axis=None)


def test_patents_without_quality_have_no_value(tmp_path: Path) -> None:
    text = "id,firm,year\np1,1,2000\np2,1,2001\np3,2,2002\np4,,2003\n"
    table = sites_of(tmp_path, FIRMS, {"patents.csv": text}).table
    assert table["patents"].tolist() == [2, 1, 0]
    assert table["patent_value"].isna().all()


def test_patents_count_for_who_holds_them_in_their_own_year(tmp_path: Path) -> None:
    """p1 of 2000: shares. p3 of 2002: 2 came in 2001, 1 in 2003. p5 of 2000: two in equal parts.

    p4: a part is nobody's. That 2 belongs to 1 moves no site.
    """
    owners = (
        "patent,firm,share,first_year\np1,1,0.75,\np1,2,0.25,\np3,1,,2003\np3,2,,2001\np5,1,,\n"
        "p5,2,,\np4,3,0.5,\n"
    )
    tables = (
        FIRMS + '[tables.patent_owners]\nfile = "owners.csv"\n[tables.ownership]\n'
        'file = "owned.csv"\n'
    )
    files = {"owners.csv": owners, "owned.csv": "firm,owner,first_year\n2,1,\n"}
    table = sites_of(tmp_path, tables, files).table.set_index("id")
    assert table["patents"].tolist() == [0.75 + 1 + 0.5, 0.25 + 1 + 0.5, 0.5]
    assert table["patent_value"].tolist() == [0.75 * 2 + 4, 0.25 * 2 + 5 + 4, 3.5]


def test_a_firm_without_an_industry_has_that_of_its_largest_share(tmp_path: Path) -> None:
    several = "firm,industry,share\n3,C,0.25\n3,B,0.75\n1,B,1\n"
    tables = FIRMS + '[tables.firm_industries]\nfile = "several.csv"\nclassification = "f"\n'
    table = sites_of(tmp_path, tables, {"several.csv": several}).table.set_index("id")
    assert table["industry"].tolist() == ["A", "B", "B"]


def test_a_study_without_sites_says_what_is_needed(tmp_path: Path) -> None:
    flows = "supplier,user,year,value\nx,y,2001,3\n"
    output = "industry,year,gross_output\nx,2001,9\ny,2001,8\n"
    tables = '[tables.io_flows]\nfile = "flows.csv"\nclassification = "t"\n'
    tables += '[tables.io_output]\nfile = "output.csv"\nclassification = "t"\n'
    with pytest.raises(StudyError, match=r"there are no sites: give \[tables.establishments\]"):
        sites_of(tmp_path, tables, {"flows.csv": flows, "output.csv": output})


def test_all_firms_of_the_sample_have_region_place_and_industry(tmp_path: Path) -> None:
    """Planted pairs of industries are found among the sites of their regions."""
    write_sample(tmp_path / "sample", firms=400, citations=4000, seed=3)
    sites = _sites(tmp_path / "sample" / "study.toml")
    table = sites.table
    assert (sites.source, len(table)) == ("firms", 400)
    known = ["id", "industry", "sector", "region", "lat", "lon", "employment"]
    assert table[known].notna().all(axis=None) and sites.placed.all()
    planted = json.loads((tmp_path / "sample" / "planted.json").read_text(encoding="utf-8"))
    assert planted["coagglomerated_pairs"]
    for pair in planted["coagglomerated_pairs"]:
        for region in pair["regions"]:
            here = set(table.loc[table["region"] == region, "industry"])
            assert {pair["j"], pair["k"]} <= here
