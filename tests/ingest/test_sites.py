"""Establishments: places in one pair of columns, and what is doubtful about them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd
import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import InputError, StudyError
from spillgraph.ingest.contract import table
from spillgraph.ingest.stage import Staged
from spillgraph.ingest.study import load_study
from staging import staged

DATA = Path(os.environ.get("SPILLGRAPH_DATA", Path(__file__).parents[3] / "shared" / "data"))

STUDY = """
[study]
name = "Sites"
target = "s"
{more}
[tables.establishments]
file = "sites.csv"
classification = "s"
{keys}
"""

#: A site a line: a and b are its place, in degrees around Paris if nothing else is said.
HEAD = "establishment,industry,region,lat,lon"


class Study:
    """A study of establishments alone."""

    def __init__(self, folder: Path, text: str, keys: str = "", more: str = "") -> None:
        self.folder, self.path = folder, folder / "study.toml"
        (folder / "sites.csv").write_text(text, encoding="utf-8")
        self.path.write_text(STUDY.format(keys=keys, more=more), encoding="utf-8")


def lines(n: int = 12, head: str = HEAD, east: float = 2.0, step: float = 0.0123) -> str:
    """Return a table of sites of two industries in one region, no two at one place."""
    rows = [f"e{i},{'AB'[i % 2]},r,{48 + i * step:.4f},{east + i * step:.4f}" for i in range(n)]
    return "\n".join([head, *rows, ""])


def look(tmp_path: Path, text: str, keys: str = "", more: str = "") -> Staged:
    return staged(Study(tmp_path, text, keys, more), tmp_path / "out")["establishments"]


def rows(found: Staged) -> pd.DataFrame:
    return pd.read_parquet(found.path)


def refused(tmp_path: Path, text: str, keys: str = "") -> str:
    with pytest.raises(InputError) as error:
        look(tmp_path, text, keys)
    return str(error.value)


# -- which columns -------------------------------------------------------------------------------


def test_a_table_of_sites_is_read_without_a_word(tmp_path: Path) -> None:
    found = look(tmp_path, lines())
    assert (found.loaded, found.rejected, found.warnings) == (12, 0, ())
    assert found.unmatched == {}  # there are no firms whom they could belong to
    assert rows(found)["x"].isna().all() and rows(found)["year"].isna().all()


def test_km_take_the_place_of_degrees(tmp_path: Path) -> None:
    found = look(tmp_path, lines(head="establishment,industry,region,y,x", step=7.5))
    assert found.warnings == ()
    assert rows(found)[["x", "y"]].notna().all(axis=None)
    assert rows(found)[["lat", "lon"]].isna().all(axis=None)


def test_both_pairs_are_an_error_that_its_remedy_mends(tmp_path: Path) -> None:
    text = "establishment,industry,region,lat,lon,x,y\na,A,r,48,2,1,1\nb,B,r,48.1,2.1,7,9\n"
    said = refused(tmp_path, text)
    assert said.startswith("sites.csv: the columns lat, lon, x and y (for establishments) give")
    assert "lat and lon in degrees or x and y in km" in said
    found = look(tmp_path, text, re.search(r"columns = \{.*\}", said)[0])
    assert rows(found)["lat"].tolist() == [48, 48.1] and rows(found)["x"].isna().all()


def test_a_half_of_the_other_pair_is_an_error_too(tmp_path: Path) -> None:
    text = "establishment,industry,region,lat,lon,y\na,A,r,48,2,1\nb,B,r,48.1,2.1,7\n"
    said = refused(tmp_path, text)
    assert said.endswith('Leave the other alone with columns = { y = "" }.')
    assert look(tmp_path, text, 'columns = { y = "" }').loaded == 2


@pytest.mark.parametrize(
    ("head", "missing"),
    [("lat,longitude", "lon"), ("Breite,lon", "lat"), ("x,north", "y"), ("p,q", "lat")],
)
def test_no_pair_is_an_error_that_names_what_is_missing(tmp_path: Path, head, missing) -> None:
    said = refused(tmp_path, lines(head=f"establishment,industry,region,{head}"))
    assert f"there is no column {missing!r} (for establishments.{missing})" in said
    assert f'columns = {{ {missing} = "…" }}' in said


def test_entries_give_places_in_one_way(tmp_path: Path) -> None:
    study = Study(tmp_path, lines())
    (tmp_path / "more.csv").write_text("establishment,industry,region,x,y\nz,A,r,1,2\n")
    entry = '[[tables.establishments]]\nfile = "{}"\nclassification = "s"\n'
    head = study.path.read_text().partition("[tables")[0]
    study.path.write_text(head + entry.format("sites.csv") + entry.format("more.csv"))
    with pytest.raises(InputError, match=r"more.csv: places of establishments are given as x and"):
        staged(study, tmp_path / "out")


def test_a_firm_register_needs_no_pair() -> None:
    assert [each for each in ("firms", "establishments") if table(each).pairs] == ["establishments"]


# -- which rows ----------------------------------------------------------------------------------


def test_rows_without_a_place_are_loaded_and_counted(tmp_path: Path) -> None:
    text = lines() + "p,A,r,,\nq,B,r,here,2\ns,B,r,48,\n"
    found = look(tmp_path, text)
    assert (found.loaded, found.rejected) == (15, 0)
    assert rows(found).set_index("establishment").loc[["p", "q"], "lon"].isna().all()
    assert found.lost == {"lat is not a number": 1}
    (said,) = found.warnings
    assert said.startswith("3 of 15 sites have no place: they count among the sites")


def test_a_region_must_be_given_and_constants_give_one(tmp_path: Path) -> None:
    found = look(tmp_path, lines() + "p,A,,48.5,2.5\n")
    assert found.reasons == {"region is missing": 1}
    text = "\n".join(line.replace(",r,", ",") for line in lines().splitlines())
    text = text.replace(",region", "")
    assert "there is no column 'region' (for establishments.region)" in refused(tmp_path, text)
    found = look(tmp_path, text, 'constants = { region = "all" }')
    assert set(rows(found)["region"]) == {"all"}


def test_an_establishment_stands_once_a_year_and_once_without_years(tmp_path: Path) -> None:
    text = lines() + "e1,A,r,48.9,2.9\n"
    found = look(tmp_path, text)
    assert found.reasons == {"repeats the key of an earlier row": 1}
    (said,) = found.warnings
    assert said.startswith("1 establishment (as 'e1') stands in several rows without a year")
    years = [f"{line},{year}" for year in (2001, 2004) for line in lines().splitlines()[1:]]
    found = look(tmp_path, "\n".join([f"{HEAD},year", *years, years[0]]))
    assert (found.loaded, found.warnings) == (24, ())
    assert found.reasons == {"repeats the key of an earlier row": 1}


def test_rows_without_a_year_beside_others_are_told(tmp_path: Path) -> None:
    text = "\n".join(f"{line},{2001 if n else 'year'}" for n, line in enumerate(lines().split()))
    (said,) = look(tmp_path, f"{text}\nz,A,r,48.77,2.77,\n").warnings
    assert said.startswith("1 of 13 rows has no year and is a site in every year")


def test_amounts_below_0_cost_the_amount(tmp_path: Path) -> None:
    text = f"{HEAD},patents,employment,patent_value\na,A,r,48,2,-1,5,2\nb,B,r,48.5,2,1,-5,-2\n"
    found = look(tmp_path, text)
    reasons = [f"{name} is negative" for name in ("employment", "patents", "patent_value")]
    assert found.lost == dict.fromkeys(reasons, 1)


# -- doubts --------------------------------------------------------------------------------------


def only(tmp_path: Path, text: str, keys: str = "") -> str:
    (said,) = look(tmp_path, text, keys).warnings
    return said


def test_exchanged_columns_are_told_and_the_remedy_holds(tmp_path: Path) -> None:
    head = "establishment,industry,region,lat,lon"
    text = "\n".join(
        [head, *(f"e{i},{'AB'[i % 2]},r,{116 + i / 100},{39 + i / 90}" for i in range(12))]
    )
    said = look(tmp_path, text).warnings
    assert len(said) == 3  # and that values are lost, and sites without a place
    assert said[0].startswith("lat is beyond 90 in 12 rows, lon in none ('116.0' in row 1 of")
    found = look(tmp_path, text, re.search(r"columns = \{.*\}", said[0])[0])
    assert found.warnings == () and rows(found)["lat"].between(39, 40).all()


def test_km_under_the_names_of_degrees_are_told_and_the_remedy_holds(tmp_path: Path) -> None:
    text = lines(step=21.3).replace(",r,48", ",r,98").replace(",2.0000", ",202")
    text = "\n".join(
        [HEAD, *(f"e{i},{'AB'[i % 2]},r,{500 + 3 * i},{900 + 7 * i}" for i in range(9))]
    )
    said = [each for each in look(tmp_path, text).warnings if "no degrees" in each]
    assert said[0].startswith(
        "lat and lon are beyond 90 and 180 in 9 of 9 rows (row 1 of sites.csv"
    )
    found = look(tmp_path, text, re.search(r"columns = \{.*\}", said[0])[0])
    assert found.warnings == () and rows(found)["x"].tolist()[:2] == [900, 907]


def test_degrees_under_the_names_of_km_are_told_and_the_remedy_holds(tmp_path: Path) -> None:
    text = lines(head="establishment,industry,region,y,x")
    said = only(tmp_path, text)
    assert said.startswith("x runs from 2 to 2.1353, y from 48 to 48.1353, with 3 decimals and mo")
    found = look(tmp_path, text, re.search(r"columns = \{.*\}", said)[0])
    assert found.warnings == () and rows(found)["lat"].between(48, 49).all()


def test_metres_under_the_names_of_km_are_told(tmp_path: Path) -> None:
    head = "establishment,industry,region,x,y"
    text = lines(head=head, east=5_400_000, step=731)
    assert "If these are metres, write km" in only(tmp_path, text)


@pytest.mark.parametrize(("head", "rows"), [("lat,lon", 1), ("x,y", 2)])
def test_places_at_zero_are_told(tmp_path: Path, head: str, rows: int) -> None:
    """One site may lie at the origin of x and y; at 0° N 0° E none does."""
    text = lines(head=f"establishment,industry,region,{head}", step=0.5)
    zeros = [f"z{n},A,r,0,0\n" for n in range(3)]
    said = only(tmp_path, text + "".join(zeros[:rows]))
    assert "both 0 in" in said and "(row 13 of sites.csv" in said
    assert len(look(tmp_path, text + "".join(zeros[: rows - 1])).warnings) == 0


def test_places_at_zero_are_told_of_firms_too(tiny, tmp_path: Path) -> None:
    tiny.write("firms.csv", "id,industry,lat,lon\n1,A,0,0\n2,B,49,9\n3,C,,\n4,,,\n")
    assert any(
        "lat and lon are both 0 in 1 row " in said
        for said in staged(tiny, tmp_path / "o")["firms"].warnings
    )


def test_a_third_of_a_region_at_one_point_is_told(tmp_path: Path) -> None:
    text = lines() + "".join(f"z{n},{'AB'[n % 2]},r,48.5,2.5\n" for n in range(7))
    assert only(tmp_path, text).startswith("7 of 19 sites of region 'r' lie at one point (48.5, 2")
    text = lines() + "".join(f"z{n},{'AB'[n % 2]},r,48.5,2.5\n" for n in range(6))
    assert look(tmp_path, text).warnings == ()  # a third, and no more


def test_a_region_of_one_industry_is_told(tmp_path: Path) -> None:
    text = lines() + "p,A,other,40,3\nq,A,other,40.1,3\n"
    said = only(tmp_path, text)
    assert said.startswith("1 of 2 regions ('other') has sites of one industry")


def test_industries_of_one_site_are_counted(tmp_path: Path) -> None:
    text = lines() + "".join(f"p{n},C{n},r,48.5,{n}\n" for n in range(3))
    assert only(tmp_path, text).startswith("3 of 5 industries by region and year have a single")


# -- the study -----------------------------------------------------------------------------------


def test_establishments_alone_are_a_study(tmp_path: Path, capsys) -> None:
    """Of them alone nothing is computed but what is asked, as of a panel."""
    study = Study(tmp_path, lines())
    assert not load_study(study.path).has_flows
    assert _exit_code(["check", str(study.path), "-q"], debug=False) == 2
    told = "Of [tables.establishments] alone, ask spillgraph coagglomeration"
    assert told in " ".join(capsys.readouterr().err.split())


def test_firms_alone_are_told_to_be_sites_and_the_remedy_is_a_study(tmp_path: Path) -> None:
    study = Study(tmp_path, lines(head="number,industry,region,lat,lon"))
    sites = study.path.read_text()
    firms = sites.replace("establishments]", "firms]") + 'columns = { id = "number" }\n'
    study.path.write_text(firms)
    with pytest.raises(StudyError, match=r"trade, or both\. Firms with") as error:
        load_study(study.path)
    remedy = re.search(r'columns = \{ establishment = "number", .*? \}', str(error.value))
    assert remedy and "[tables.establishments]" in str(error.value)
    text = lines(head="number,industry,region,lat,lon").replace("lon\n", "lon,size\n")
    text = re.sub(r"(\d)$", r"\1,7", text, flags=re.MULTILINE)
    found = look(tmp_path, text, remedy[0])
    assert found.loaded == 12 and (rows(found)["employment"] == 7).all()


def test_a_study_of_networks_may_have_sites_and_says_what_is_doubtful(
    tiny, tmp_path: Path, capsys
) -> None:
    """On the first screen, on the page, in the folder; the networks stay what they are."""
    text = lines() + "p,A,r,,\nq,B,r,48.5,\nz,A,,40,3\ne1,A,r,40,3\n"
    tiny.write("sites.csv", text)
    entry = '[tables.establishments]\nfile = "sites.csv"\nclassification = "f"\n'
    tiny.replace("[tables.trade_links]", f"{entry}\n[tables.trade_links]")
    assert _exit_code(["check", str(tiny.path), "-q"], debug=True) == 0
    screen = " ".join(capsys.readouterr().out.split())
    assert re.search(r"establishments \S* ?16 \S* ?14 \S* ?2", screen)
    assert "establishments: 2 of 15 sites have no place" in screen
    out = tmp_path / "out"
    assert _exit_code(["run", str(tiny.path), "--out", str(out), "-q"], debug=True) == 0
    assert len(pd.read_parquet(out / "tables" / "establishments.parquet")) == 14
    refused = pd.read_csv(out / "rejects" / "establishments.csv")
    assert set(refused["reason"]) == {
        "region is missing",
        "repeats the key of an earlier row",
    }
    assert "2 of 15 sites have no place" in (out / "report.html").read_text(encoding="utf-8")


def test_codes_reach_the_target_as_those_of_firms_do(tmp_path: Path) -> None:
    study = Study(tmp_path, lines())
    study.path.write_text(study.path.read_text().replace('target = "s"', 'target = "t"'))
    with pytest.raises(StudyError, match=r"establishments\] is in classification 's', the target"):
        load_study(study.path)


# -- how regions are spelled, and how wide they are ------------------------------------------------


def warned(tmp_path: Path, change) -> list[str]:
    frame = pd.DataFrame(
        {
            "establishment": [f"e{i}" for i in range(24)],
            "industry": ["A", "B"] * 12,
            "region": "r",
            "lat": [48 + i * 0.0123 for i in range(24)],
            "lon": [2 + i * 0.0123 for i in range(24)],
        }
    )
    return list(look(tmp_path, change(frame).to_csv(index=False)).warnings)


@pytest.mark.parametrize(
    ("names", "named", "remedy"),
    [
        (["Bayern", "BAYERN"], "'BAYERN' (12 sites), 'Bayern' (12 sites)", 'case = "upper"'),
        (["Île de France", "Île-de-France"], r"'\xcele de France' (12 sites)", "in one way."),
        (["Bayern", "Bay\u200bern"], r"'Bay\u200bern' (12 sites)", "in one way."),
        (["01", "1"], "'01' (12 sites), '1' (12 sites)", "in one way."),
    ],
)
def test_regions_in_two_spellings_are_told(tmp_path: Path, names, named, remedy) -> None:
    texts = warned(tmp_path, lambda f: f.assign(region=names * 12))
    (said,) = [text for text in texts if "spelling" in text]
    assert said.startswith("regions '") and named in said and remedy in said
    assert "differ in spelling alone: each is a region of its own" in said


def test_the_remedy_of_regions_in_two_spellings_mends_them(tmp_path: Path) -> None:
    text = lines().replace(",r,", ",R,", 3)
    (said,) = look(tmp_path, text).warnings
    assert look(tmp_path, text, re.search(r"clean = \{.*\} \}", said)[0]).warnings == ()


def test_regions_in_two_compositions_of_unicode_are_one(tmp_path: Path) -> None:
    text = lines().replace(",r,", ",K\u00f6ln,", 6).replace(",r,", ",Ko\u0308ln,")
    assert rows(look(tmp_path, text))["region"].nunique() == 1


def test_regions_with_other_numbers_are_others(tmp_path: Path) -> None:
    said = warned(tmp_path, lambda f: f.assign(region=["Zone 1", "Zone 2"] * 12))
    assert not any("spelling" in text for text in said)


@pytest.mark.parametrize(
    ("change", "km"),
    [
        (lambda f: f.assign(lat=35 + f.index * 1.5, lon=-9 + f.index * 3.0), "6,065"),
        # half of the rows have latitude and longitude exchanged
        (lambda f: f.assign(lat=[48.1, 2.1] * 12, lon=[2.1, 48.1] * 12), "6,901"),
        (lambda f: f.assign(lat=f.index * 5.0 - 60, lon=f.index * 14.0 - 170), "3"),
    ],
)
def test_a_region_that_no_plane_can_hold_is_told(tmp_path: Path, change, km) -> None:
    said = [text for text in warned(tmp_path, change) if "km wide" in text]
    assert len(said) == 1 and said[0].startswith(f"region 'r' is {km}")
    assert re.search(r"off by up to \d+%\. Is a place wrong", said[0])


@pytest.mark.parametrize("east", [2.0, 179.9, -179.9])
def test_a_region_across_the_date_line_is_not_wide(tmp_path: Path, east) -> None:
    lon = [(east + i * 0.0123 + 180) % 360 - 180 for i in range(24)]
    assert warned(tmp_path, lambda f: f.assign(lon=lon)) == []


def far(f: pd.DataFrame, rows: list[int], lat: float, lon: float) -> pd.DataFrame:
    """Put some sites elsewhere."""
    return f.assign(
        lat=f["lat"].where(~f.index.isin(rows), lat), lon=f["lon"].where(~f.index.isin(rows), lon)
    )


def test_sites_far_from_all_others_are_named(tmp_path: Path) -> None:
    (said,) = warned(tmp_path, lambda f: far(f, [3, 20], 45.0, 12.0).replace("e5", "x5"))
    assert said.startswith("2 of 24 sites of region 'r' lie up to 829 km from the middle of its")
    assert "(row 21 of sites.csv: 829 km, row 4 of sites.csv: 829 km)" in said
    assert "half of these within 10 km." in said and "leave their places empty" in said


def test_far_sites_of_several_regions_are_counted(tmp_path: Path) -> None:
    def change(f: pd.DataFrame) -> pd.DataFrame:
        two = pd.concat([f, f.assign(region="s", establishment="s" + f["establishment"])])
        return far(two.reset_index(drop=True), [3, 40, 41], 45.0, 12.0)

    (said,) = warned(tmp_path, change)
    assert (
        said.startswith("2 of 24 sites of region 's'")
        and "; in all 3 sites of 2 regions do so" in said
    )


def test_far_sites_in_km_are_named_too(tmp_path: Path) -> None:
    text = lines(24, head="establishment,industry,region,y,x", step=2.5).replace(",4.5000", ",900")
    (said,) = look(tmp_path, text).warnings
    assert said.startswith("1 of 24 sites of region 'r' lie up to 8") and "(row 2 of" in said


@pytest.mark.parametrize(
    "change",
    [
        lambda f: far(f, [3, 20], 47.0, 3.0),  # 140 km, as towns of a wide province are
        lambda f: f.assign(lat=48 + f.index**2 * 0.01),  # some farther and farther
        lambda f: far(f, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 44.0, 3.0),  # two towns
        lambda f: far(f, [3], 0.0, 0.0),  # which is told as missing
    ],
)
def test_wide_regions_and_missing_places_are_not_far(tmp_path: Path, change) -> None:
    assert not any("middle of its sites" in text for text in warned(tmp_path, change))


@pytest.mark.skipif(
    not (DATA / "china_firms_geo").exists(), reason="needs shared/data/china_firms_geo"
)
def test_firms_of_beijing_that_lie_elsewhere_are_told(tmp_path: Path) -> None:
    """1,204 firms of a city of which 36 have places up to 3,000 km away; wide provinces are not."""
    firms = pd.read_csv(DATA / "china_firms_geo" / "firms.csv.gz", dtype=str)
    firms = firms.assign(establishment=firms.index, industry=firms["gbt2"])
    head = ["establishment", "industry", "region", "lat", "lon"]
    beijing = firms[firms["city_code"] == "1101"].assign(region="Beijing")
    said = look(tmp_path, beijing[head].to_csv(index=False)).warnings
    (told,) = [text for text in said if "middle of its sites" in text]
    assert told.startswith("36 of 1,204 sites of region 'Beijing' lie up to 2,8")
    for province in ("15", "62", "63"):  # Inner Mongolia, Gansu, Qinghai
        wide = firms[firms["city_code"].str[:2] == province].assign(region=province)
        said = look(tmp_path, wide[head].to_csv(index=False)).warnings
        assert not any("middle of its sites" in text for text in said)


def test_metres_as_degrees_are_not_told_as_exchanged(tmp_path: Path) -> None:
    said = warned(tmp_path, lambda f: f.assign(lat=f.lat * 1e5, lon=f.lon * 1e5))
    assert any("these are no degrees" in text for text in said)
    assert not any("exchanged" in text for text in said)
