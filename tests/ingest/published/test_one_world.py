"""One economy, written in every published layout, is read as one table."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from spillgraph.ingest.published import (
    FORMATS,
    PublishedTable,
    audit,
    read_published,
    write_study,
)

from . import layouts
from .layouts import World

IT = layouts.world()
FIGARO = layouts.world(("DE", "FIGW1"), ("A01", "B", "C10T12"))
Z13, Z16 = ("c37", "c42"), ("CONS_h", "INVEN")


def _wiod_2013(folder: Path) -> Path:
    cells = layouts.wiod_cells(IT, Z13, year=2009, coded=False)
    return layouts.xlsx(folder / "wiot09_row_apr12.xlsx", {"WIOT_2009": cells})


def _wiod_2016(folder: Path) -> Path:
    cells = layouts.wiod_cells(IT, Z16, year=2009, coded=True)
    return layouts.xlsb(folder / "WIOT2009_Nov16_ROW.xlsb", "2009", cells)


def _wiod_stata(folder: Path) -> Path:
    path = folder / "WIOT2009_October16_ROW.dta"
    layouts.wiod_wide(IT, 2009).to_stata(path, write_index=False, version=118)
    return path


def _wiod_csv(folder: Path) -> Path:
    path = folder / "WIOT2009_October16_ROW.csv"
    layouts.wiod_wide(IT, 2009).to_csv(path, index=False)
    return path


def _wiod_r(folder: Path) -> Path:
    path = folder / "WIOT2009_October16_ROW.RData"
    frame = layouts.wiod_wide(IT, 2009).reset_index(drop=True)
    frame.columns = [name.removeprefix("v") for name in frame.columns]
    rdata.write_rda(path, {"wiot": frame.astype(dict.fromkeys(frame.columns[:3], object))})
    return path


def _wiod_r_zip(folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    _wiod_r(inside)
    return layouts.zipped(inside, folder / "WIOTS_in_R.zip")


def _wiod_long(folder: Path) -> Path:
    path = folder / "wiot_full.dta"
    layouts.wiod_long(IT, 2009).to_stata(path, write_index=False, version=118)
    return path


def _exiobase_zip(folder: Path) -> Path:
    made = layouts.exiobase(folder / "made", IT)
    return layouts.zipped(made, folder / "IOT_2009_ixi.zip", "IOT_2009_ixi/")


def _eora_zip(folder: Path) -> Path:
    made = layouts.eora(folder / "made", IT, 2009)
    labels = folder / "labels"
    labels.mkdir()
    for path in made.glob("labels_*"):
        path.rename(labels / path.name)
    there = folder / "eora"
    there.mkdir()
    layouts.zipped(labels, there / "indices.zip")
    return layouts.zipped(made, there / "Eora26_2009_bp.zip")


def _figaro_zip(folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    layouts.figaro(inside, FIGARO, 2009, flat=True)
    return layouts.zipped(inside, folder / "flatfile_eu-ic-io_ind-by-ind_24ed_2009.zip")


def _long_parquet(folder: Path) -> Path:
    path = folder / "cells.parquet"
    layouts.long(IT, 2009).to_parquet(path)
    return path


def _long_gz(folder: Path) -> Path:
    path = folder / "cells.csv.gz"
    path.write_bytes(gzip.compress(layouts.long(IT, 2009).to_csv(index=False).encode()))
    return path


def _two_levels(folder: Path) -> Path:
    """Country and sector in two rows and two columns, as offices print tables of countries."""
    head, *rows = layouts.symmetric(IT)
    parts = [str(label).partition("_") for label in head[1:]]
    above = [[None, None, *(first for first, _, _ in parts)]]
    above.append([None, None, *(rest for _, _, rest in parts)])
    body = [[*str(row[0]).partition("_")[::2], *row[1:]] for row in rows]
    return layouts.xlsx(folder / "io_2009.xlsx", {"flows": [*above, *body]})


def _with_names(folder: Path) -> Path:
    head, *rows = layouts.symmetric(IT)
    cells = [["code", "name", *head[1:]]] + [[r[0], f"name of {r[0]}", *r[1:]] for r in rows]
    return layouts.csv(folder / "io-2009.csv", cells)


def _sheet(folder: Path) -> Path:
    return layouts.xlsx(folder / "io_2009.xlsx", {"flows": layouts.symmetric(IT)})


LAYOUTS: dict[str, tuple[str, World, Callable[[Path], Path]]] = {
    "WIOD 2013, workbook": ("wiod", IT, _wiod_2013),
    "WIOD 2016, binary workbook": ("wiod", IT, _wiod_2016),
    "WIOD 2016, Stata": ("wiod-wide", IT, _wiod_stata),
    "WIOD 2016, CSV": ("wiod-wide", IT, _wiod_csv),
    "WIOD 2016, R": ("wiod-wide", IT, _wiod_r),
    "WIOD 2016, R, zip": ("wiod-wide", IT, _wiod_r_zip),
    "WIOD 2013, long Stata": ("wiod-wide", IT, _wiod_long),
    "ICIO 2016": ("icio", IT, lambda at: layouts.icio(at / "ICIO2016_2009.csv", IT, 2016)),
    "ICIO 2018": ("icio", IT, lambda at: layouts.icio(at / "ICIO2018_2009.CSV", IT, 2018)),
    "ICIO 2021": ("icio", IT, lambda at: layouts.icio(at / "ICIO2021_2009.csv", IT, 2021)),
    "ICIO 2023": ("icio", IT, lambda at: layouts.icio(at / "2009_SML.csv", IT, 2023)),
    "ICIO 2023, dotted": ("icio", IT, lambda at: layouts.icio(at / "2009.SML.csv", IT, 2023)),
    "FIGARO, matrix": (
        "figaro",
        FIGARO,
        lambda at: layouts.figaro(at, FIGARO, 2009, flat=False),
    ),
    "FIGARO, flat": ("figaro", FIGARO, lambda at: layouts.figaro(at, FIGARO, 2009, flat=True)),
    "FIGARO, flat, zip": ("figaro", FIGARO, _figaro_zip),
    "EXIOBASE 3, folder": (
        "exiobase",
        IT,
        lambda at: layouts.exiobase(at / "IOT_2009_ixi", IT),
    ),
    "EXIOBASE 3, coefficients": (
        "exiobase",
        IT,
        lambda at: layouts.exiobase(at / "IOT_2009_pxp", IT, coefficients=True),
    ),
    "EXIOBASE 3, zip": ("exiobase", IT, _exiobase_zip),
    "Eora26, folder": ("eora26", IT, lambda at: layouts.eora(at / "eora", IT, 2009)),
    "Eora26, zips": ("eora26", IT, _eora_zip),
    "a matrix, CSV": (
        "symmetric",
        IT,
        lambda at: layouts.csv(at / "io-2009.csv", layouts.symmetric(IT)),
    ),
    "a matrix without totals": (
        "symmetric",
        IT,
        lambda at: layouts.csv(at / "io-2009.csv", layouts.symmetric(IT, totals=False)),
    ),
    "a matrix, workbook": ("symmetric", IT, _sheet),
    "a matrix with two levels": ("symmetric", IT, _two_levels),
    "a matrix with names": ("symmetric", IT, _with_names),
    "long, Parquet": ("long", IT, _long_parquet),
    "long, packed CSV": ("long", IT, _long_gz),
}


def test_every_format_of_flows_is_among_the_layouts() -> None:
    assert {name for name, _, _ in LAYOUTS.values()} == set(FORMATS) - {
        *("bea", "supply-use", "figaro-sut", "wiod-sut")
    }


@pytest.fixture(params=LAYOUTS, scope="module")
def read(request, tmp_path_factory) -> tuple[str, World, PublishedTable]:
    name, it, write = LAYOUTS[request.param]
    path = write(tmp_path_factory.mktemp("layout"))
    return name, it, read_published(path)


def dense(frame: pd.DataFrame, row: str, column: str) -> pd.DataFrame:
    plain = frame.astype({row: object, column: object})
    return plain.pivot(index=row, columns=column, values="value").fillna(0.0)


def test_it_is_recognised_with_its_year_and_sectors(read) -> None:
    name, it, table = read
    assert (table.format, table.year) == (name, 2009)
    assert len(table.sectors) == len(it.labels)
    assert table.sectors["country"].tolist() == [country for country, _ in it.labels]


def test_flows_are_those_of_the_economy(read) -> None:
    _, it, table = read
    codes = table.sectors["code"].tolist()
    flows = dense(table.flows, "supplier", "user").reindex(index=codes, columns=codes)
    np.testing.assert_allclose(flows.to_numpy(), it.Z, rtol=1e-9)
    assert (table.flows["value"] != 0).all() and (table.flows["year"] == 2009).all()


def test_final_demand_is_by_country_and_kind(read) -> None:
    _, it, table = read
    demand = table.final_demand
    whole = dense(demand, "supplier", "use").reindex(table.sectors["code"])
    np.testing.assert_allclose(np.sort(whole.sum(axis=0)), np.sort(it.Y.sum(axis=0)))
    by_country = demand["value"].groupby(demand["country"], sort=False).sum()
    wanted = [it.Y[:, :2].sum(), it.Y[:, 2:].sum()]
    assert by_country.reindex(list(it.countries)).tolist() == pytest.approx(wanted)
    assert demand.groupby("country")["kind"].nunique().tolist() == [2, 2]


def test_payments_and_output_are_those_of_the_economy(read) -> None:
    _, it, table = read
    codes = table.sectors["code"].tolist()
    paid = table.value_added["value"].groupby(table.value_added["industry"].astype(object)).sum()
    np.testing.assert_allclose(paid.reindex(codes), it.added + it.taxes)
    np.testing.assert_allclose(table.output["gross_output"], it.output)
    assert table.output["industry"].tolist() == codes


def test_its_study_has_stocks_by_supplier_and_final_use_by_country(read, tmp_path) -> None:
    _, it, table = read
    study = write_study(table, tmp_path / "study")
    found = pd.read_csv(study.parent / "io_output.csv")
    assert not {"exports", "product_imports"} & set(found)
    np.testing.assert_allclose(found["inventories"], it.Y[:, 1::2].sum(axis=1), rtol=1e-9)
    text = study.read_text()
    assert '[tables.final_use]\nfile = "final_demand.csv"' in text and "where_not" not in text


def test_it_adds_up_and_balances(read) -> None:
    _, _, table = read
    found = audit(table)
    assert found.totals["differ"].sum() == 0
    assert found.balance["misfit"].max() < 1e-9
    assert found.negative[["row", "value"]].to_numpy().tolist() == [
        [table.sectors["code"][1], -7.0]
    ]


def test_every_cell_is_counted(read) -> None:
    _, it, table = read
    counts = dict(table.cells)
    whole = counts.pop("read")
    assert whole == sum(counts.values())
    assert counts["flows"] == np.count_nonzero(it.Z)
    assert counts["final_demand"] == np.count_nonzero(it.Y)
