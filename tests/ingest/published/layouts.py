"""One small world in the layouts in which offices publish theirs; all numbers are made up."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

Cells = list[list[object]]


@dataclass(frozen=True)
class World:
    """Two countries, three sectors each, homes and stocks as final uses; value added balances."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    Z: np.ndarray
    Y: np.ndarray
    taxes: np.ndarray
    added: np.ndarray
    output: np.ndarray

    @property
    def labels(self) -> list[tuple[str, str]]:
        return [(country, sector) for country in self.countries for sector in self.sectors]

    @property
    def paid(self) -> np.ndarray:
        """What columns add up to: output, unless their labels are wrong."""
        return self.Z.sum(axis=0) + self.taxes + self.added

    def shifted(self, order: list[int]) -> World:
        """The same with the labels of columns in another order than their numbers."""
        return replace(self, Z=self.Z[:, order], taxes=self.taxes[order], added=self.added[order])

    def codes(self) -> list[str]:
        return [f"{country}_{sector}" for country, sector in self.labels]


def world(
    countries: tuple[str, ...] = ("AUS", "DEU"), sectors: tuple[str, ...] = ("A01", "B05", "C10")
) -> World:
    rng = np.random.default_rng(7)
    n = len(countries) * len(sectors)
    Z = rng.integers(1, 90, (n, n)).astype(float)
    Z[0, 1] = 0.0
    Y = rng.integers(200, 900, (n, 2 * len(countries))).astype(float)
    Y[1, 1] = -7.0
    output = Z.sum(axis=1) + Y.sum(axis=1)
    taxes = rng.integers(1, 9, n).astype(float)
    return World(countries, sectors, Z, Y, taxes, output - Z.sum(axis=0) - taxes, output)


def wiod_cells(it: World, kinds: tuple[str, str], *, year: int, coded: bool) -> Cells:
    """The sheet of a workbook: four rows and columns of labels, payments below, total output."""
    n, k = len(it.labels), len(it.sectors)
    final = [(country, kind) for country in it.countries for kind in kinds]
    numbers = [f"c{at % k + 1}" for at in range(n)]
    last = dict(zip(kinds, ("c57", "c61") if coded else kinds, strict=True))
    top: Cells = [
        [f"World Input-Output Table for {year}", *[None] * (n + len(final) + 4)],
        ["2 countries, in current prices"],
        ["(industry-by-industry)", None, None, None, *[sector for _, sector in it.labels]],
        ["(millions of US$)", None, None, None, *[f"name of {code}" for _, code in it.labels]],
        [None] * 4 + [country for country, _ in it.labels],
        [None] * 4 + numbers,
    ]
    top[2] += [kind if coded else None for _, kind in final] + ["GO" if coded else None]
    top[3] += [f"final {kind}" for _, kind in final] + ["Total output"]
    top[4] += [country for country, _ in final] + ["TOT" if coded else None]
    top[5] += [last[kind] for _, kind in final]
    lines = [number.replace("c", "r") if coded else number for number in numbers]
    rows = [
        [sector, f"name of {sector}", country, lines[at], *it.Z[at], *it.Y[at], it.output[at]]
        for at, (country, sector) in enumerate(it.labels)
    ]
    below = [
        ("II_fob", "Total intermediate consumption", it.Z.sum(axis=0), it.Y.sum(axis=0)),
        ("TXSP", "taxes less subsidies on products", it.taxes, np.full(len(final), 3.0)),
        ("EXP_adj", "Cif/ fob adjustments on exports", np.zeros(n), np.zeros(len(final))),
        ("VA", "Value added at basic prices", it.added, np.zeros(len(final))),
        ("GO", "Output at basic prices", it.paid, it.Y.sum(axis=0) + 3),
    ]
    for code, name, cells, demand in below:
        rows.append([code if coded else None, name, "TOT", "r60", *cells, *demand])
    return [*top, *rows]


def xlsx(path: Path, sheets: dict[str, Cells]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(cells):
                sheet.write_row(at, 0, row)
    return path


def xlsb(path: Path, sheet: str, cells: Cells) -> Path:
    """A binary workbook of one sheet, in the records of [MS-XLSB] that a reader needs."""
    data = [_record(129), _record(148, struct.pack("<4I", 0, len(cells), 0, 99)), _record(145)]
    for at, row in enumerate(cells):
        data.append(_record(0, struct.pack("<I", at) + bytes(13)))
        for place, value in enumerate(row):
            head = struct.pack("<2I", place, 0)
            if isinstance(value, str):
                data.append(_record(6, head + _text(value)))
            elif value is not None:
                data.append(_record(5, head + struct.pack("<d", float(value))))
    data += [_record(146), _record(130)]
    book = _record(131) + _record(143)
    book += _record(156, struct.pack("<2I", 0, 1) + _text("rId1") + _text(sheet))
    book += _record(144) + _record(132)
    office = "http://schemas.openxmlformats.org"
    kind = f"{office}/officeDocument/2006/relationships/worksheet"
    relations = (
        f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(data))
    return path


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size, rest = b"", len(body)
    while True:
        size += bytes([rest & 127 | (128 if rest > 127 else 0)])
        rest >>= 7
        if not rest:
            return head + size + body


def _text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def wiod_wide(it: World, year: int) -> pd.DataFrame:
    """A row a sector, a column ``vAUS1`` a sector or final use, ``TOT`` last."""
    k = len(it.sectors)
    cells = np.column_stack([it.Z, it.Y, it.output])
    names = [f"v{country}{at % k + 1}" for at, (country, _) in enumerate(it.labels)]
    names += [f"v{country}{number}" for country in it.countries for number in (57, 61)] + ["TOT"]
    payments = np.vstack([it.taxes, it.added, it.paid])
    wide = np.zeros((3, cells.shape[1]))
    wide[:, : len(it.labels)] = payments
    frame = pd.DataFrame(np.vstack([cells, wide]), columns=names)
    codes = [sector for _, sector in it.labels] + ["TXSP", "VA", "GO"]
    frame.insert(0, "IndustryCode", codes)
    frame.insert(1, "IndustryDescription", [f"name of {code}" for code in codes])
    frame.insert(2, "Country", [country for country, _ in it.labels] + ["TOT"] * 3)
    frame.insert(3, "RNr", [at % k + 1 for at in range(len(it.labels))] + [66, 70, 73])
    frame.insert(4, "Year", year)
    frame.loc[len(it.labels) + 2, names[len(it.labels) :]] = [*it.Y.sum(axis=0), 0.0]
    return frame


def wiod_long(it: World, year: int) -> pd.DataFrame:
    """The long table of the release of 2013: countries and numbers of rows and columns."""
    wide, k = wiod_wide(it, year), len(it.sectors)
    items = [at % k + 1 for at in range(len(it.labels))]
    rows = [(c, n) for (c, _), n in zip(it.labels, items, strict=True)]
    rows += [("TOT", 99), ("TOT", 64), ("TOT", 69)]
    columns = [(c, n) for (c, _), n in zip(it.labels, items, strict=True)]
    columns += [(c, number) for c in it.countries for number in (37, 42)] + [("TOT", 70)]
    cells = wide.iloc[:, 5:].to_numpy()
    return pd.DataFrame(
        [
            (row[0], row[1], column[0], column[1], year, cells[at, to])
            for at, row in enumerate(rows)
            for to, column in enumerate(columns)
        ],
        columns=["row_country", "row_item", "col_country", "col_item", "year", "value"],
    )


def icio(path: Path, it: World, edition: int) -> Path:
    """An edition of the inter-country tables: 2016, 2018 and 2021, or 2023."""
    kinds = ("HFCE", "INVNT")
    swapped = edition == 2016
    final = [
        f"{kind}_{country}" if swapped else f"{country}_{kind}"
        for country in it.countries
        for kind in kinds
    ]
    columns = [*it.codes(), *final]
    frame = pd.DataFrame(np.hstack([it.Z, it.Y]), it.codes(), columns)
    none = [0.0] * len(final)
    if edition == 2023:
        frame.loc["TLS"] = [*it.taxes, *none]
        frame.loc["VA"] = [*it.added, *none]
    elif edition == 2016:
        frame.loc["VA+TAXSUB"] = [*(it.added + it.taxes), *none]
    else:
        for country in it.countries:
            mine = [
                tax if of == country else 0
                for tax, (of, _) in zip(it.taxes, it.labels, strict=True)
            ]
            frame.loc[f"{country}_TAXSUB"] = [*mine, *none]
        frame.loc["VALU"] = [*it.added, *none]
    last = "OUT" if edition in (2016, 2023) else "OUTPUT"
    frame.loc[last] = [*it.paid, *(none if edition == 2016 else it.Y.sum(axis=0))]
    if edition != 2016:
        frame["OUT" if edition == 2023 else "TOTAL"] = [
            *it.output,
            *[None] * (len(frame) - len(it.output)),
        ]
    frame.to_csv(path, index_label="V1" if edition == 2023 else "")
    return path


def figaro(folder: Path, it: World, year: int, *, flat: bool) -> Path:
    kinds = ("P3_S14", "P5M")
    columns = it.codes() + [f"{country}_{kind}" for country in it.countries for kind in kinds]
    frame = pd.DataFrame(np.hstack([it.Z, it.Y]), it.codes(), columns)
    frame.loc["W2_D21X31"] = [*it.taxes, *[0.0] * it.Y.shape[1]]
    frame.loc["W2_B2A3G"] = [*it.added, *[0.0] * it.Y.shape[1]]
    if not flat:
        path = folder / f"matrix_eu-ic-io_ind-by-ind_24ed_{year}.csv"
        frame.to_csv(path, index_label="rowLabels")
        return path
    cells = frame.stack().rename("obsValue").reset_index()
    cells.columns = ["icioiRow", "icioiCol", "obsValue"]
    parts = {"refArea": "icioiRow", "rowIi": "icioiRow"}
    parts |= {"counterpartArea": "icioiCol", "colIi": "icioiCol"}
    for name, source in parts.items():
        cells[name] = cells[source].str.split("_", n=1).str[name.endswith("Ii") * 1]
    path = folder / f"flatfile_eu-ic-io_ind-by-ind_24ed_{year}.csv"
    order = ["icioiRow", "icioiCol", "refArea", "rowIi", "counterpartArea", "colIi", "obsValue"]
    cells[order].to_csv(path, index=False)
    return path


def figaro_sut(folder: Path, it: World, year: int, *, flat: bool) -> Path:
    """Supply and use: products CPA_… in rows, industries in columns; each makes a tenth of what
    the next one of its country sells."""
    products = [f"{country}_CPA_{sector}" for country, sector in it.labels]
    make = sut_make(it)
    uses = [f"{country}_{kind}" for country in it.countries for kind in ("P3_S14", "P5M")]
    supply = pd.DataFrame(make.T, products, it.codes())
    use = pd.DataFrame(np.hstack([it.Z, it.Y]), products, it.codes() + uses)
    added = make.sum(axis=1) - it.Z.sum(axis=0) - it.taxes
    use.loc["W2_D21X31"] = [*it.taxes, *[0.0] * it.Y.shape[1]]
    use.loc["W2_B2A3G"] = [*added, *[0.0] * it.Y.shape[1]]
    for what, frame in (("supply", supply), ("use", use)):
        name = f"eu-ic-{what}_24ed_{year}.csv"
        if not flat:
            frame.to_csv(folder / f"matrix_{name}", index_label="rowLabels")
            continue
        cells = frame.stack().rename("obsValue").rename_axis(["row", "col"]).reset_index()
        for area, item, source in (
            ("refArea", "rowPi", "row"),
            ("counterpartArea", "colPi", "col"),
        ):
            cells[[area, item]] = cells[source].str.split("_", n=1, expand=True)
        order = ["row", "col", "refArea", "rowPi", "counterpartArea", "colPi", "obsValue"]
        names = {"row": f"ic{what[:3]}Row", "col": f"ic{what[:3]}Col"}
        cells[order].rename(columns=names).to_csv(folder / f"flatfile_{name}", index=False)
    return folder


def sut_make(it: World) -> np.ndarray:
    """Industries by products: nine tenths of a product are made by its own industry."""
    n, k = len(it.labels), len(it.sectors)
    make = np.diag(it.output * 0.9)
    for at in range(n):
        first = at // k * k
        make[first + (at + 1 - first) % k, at] = it.output[at] * 0.1
    return make


def wiod_sut(path: Path, years: dict[int, float]) -> Path:
    """A national workbook: SUP and USE, years below each other, each a multiple of one table."""
    supply = [
        ("CPA_A01", [10.0, 1.0], [11.0, 2.0, 13.0, 0.5, 0.5, 14.0]),
        ("CPA_C10", [3.0, 20.0], [23.0, 4.0, 27.0, -0.5, 1.0, 27.5]),
    ]
    use = [  # INTC, CONS_h, CONS_np, CONS_g, CONS, GFCF, INVEN, GCF, EXP_fob, FU_bas, USE_bas, …
        ("CPA_A01", [1.0, 2.0], [3.0, 4.0, 0.0, 1.0, 5.0, 1.0, -1.0, 0.0, 5.0, 10.0, 13.0, 0.2]),
        ("CPA_C10", [3.0, 4.0], [7.0, 9.0, 0.5, 0.5, 10.0, 4.0, 1.0, 5.0, 5.0, 20.0, 27.0, 0.3]),
        ("TXSP", [0.5, 1.0], [1.5, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.5, 0.0]),
        ("VA", [8.5, 14.0], [22.5, *[0.0] * 9, 22.5, 0.0]),
        ("GO", [13.0, 21.0], [34.0, *[0.0] * 9, 34.0, 0.0]),
    ]
    ends = {
        "SUP": ["DSUP_bas", "IMP", "SUP_bas", "MARG", "TXSP", "SUP_pur"],
        "USE": [
            *("INTC", "CONS_h", "CONS_np", "CONS_g", "CONS", "GFCF", "INVEN", "GCF"),
            *("EXP_fob", "FU_bas", "USE_bas", "MARG_TXSP_EXP"),
        ],
    }
    sheets: dict[str, Cells] = {}
    for name, rows in (("SUP", supply), ("USE", use)):
        codes = ["A01", "C10", *ends[name]]
        sheets[name] = [
            [None, None, None, *codes],
            ["year", "code", "desc", *[f"name of {code}" for code in codes]],
        ]
        for year, times in years.items():
            for code, inner, outer in rows:
                numbers = [value * times for value in (*inner, *outer)]
                sheets[name].append([year, code, f"name of {code}", *numbers])
    return xlsx(path, sheets)


def exiobase(folder: Path, it: World, *, coefficients: bool = False) -> Path:
    folder.mkdir(parents=True)
    lines = pd.MultiIndex.from_tuples(it.labels, names=["region", "sector"])
    uses = pd.MultiIndex.from_product(
        [it.countries, ["households", "Changes in inventories"]], names=["region", "category"]
    )
    Z = pd.DataFrame(it.Z, lines, lines)
    shares = Z / it.output
    (shares if coefficients else Z).to_csv(
        folder / ("A.txt" if coefficients else "Z.txt"), sep="\t"
    )
    pd.DataFrame(it.Y, lines, uses).to_csv(folder / "Y.txt", sep="\t")
    pd.DataFrame({"indout": it.output}, lines).to_csv(folder / "x.txt", sep="\t")
    pd.DataFrame({"unit": "M.EUR"}, lines).to_csv(folder / "unit.txt", sep="\t")
    account = folder / "satellite"
    account.mkdir()
    stressors = ["Taxes less subsidies on products purchased: Total", "Operating surplus", "CO2"]
    F = pd.DataFrame(np.vstack([it.taxes, it.added, it.output * 5]), stressors, lines)
    F.to_csv(account / "F.txt", sep="\t")
    units = pd.DataFrame({"unit": ["M.EUR", "M.EUR", "kg"]}, pd.Index(stressors, name="stressor"))
    units.to_csv(account / "unit.txt", sep="\t")
    return folder


def eora(folder: Path, it: World, year: int) -> Path:
    """Matrices without labels, and labels; discrepancies are a country ROW of one sector."""
    folder.mkdir(parents=True)
    n = len(it.labels)
    T = np.zeros((n + 1, n + 1))
    T[:n, :n] = it.Z
    T[n, :n] = it.taxes  # the row of discrepancies
    FD = np.vstack([it.Y, np.zeros(it.Y.shape[1])])
    VA = np.vstack([it.added, np.zeros(n)])[:1]
    VA = np.column_stack([VA, [0.0]])
    labels = [(f"Country {c}", c, "Industries", s) for c, s in it.labels]
    labels.append(("Statistical Discrepancies", "ROW", "TOTAL", "TOTAL"))
    uses = [
        (f"Country {c}", c, "Final Demand", kind)
        for c in it.countries
        for kind in ("Household final consumption P.3h", "Changes in inventories P.52")
    ]
    for name, matrix in (("T", T), ("FD", FD), ("VA", VA)):
        np.savetxt(folder / f"Eora26_{year}_bp_{name}.txt", matrix, delimiter="\t", fmt="%.9g")
    for name, rows in (("T", labels), ("FD", uses), ("VA", [("Primary Inputs", "Wages")])):
        text = "".join("\t".join(row) + "\t\n" for row in rows)
        (folder / f"labels_{name}.txt").write_text(text, encoding="utf-8")
    return folder


def zipped(folder: Path, path: Path, within: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, f"{within}{file.relative_to(folder).as_posix()}")
    return path


MAKE: Cells = [
    [None, None, "111CA", "211", "Used", "T008"],
    ["IOCode", "Name", "Farms", "Oil and gas extraction", "Scrap", "Total Industry Output"],
    ["111CA", "Farms", 100, "...", 5, 105],
    ["211", "Oil and gas extraction", 3, 200, 2, 205],
    ["T007", "Total Commodity Output", 103, 200, 7, 310],
]
USE: Cells = [
    [None, None, "111CA", "211", "T001", "F010", "F050", "T004", "T007"],
    ["IOCode", "Name", "Farms", "Oil", "Total Intermediate", "Homes", "Imports", "Final", "Output"],
    ["111CA", "Farms", 20, 40, 60, 43, "...", 43, 103],
    ["211", "Oil and gas extraction", 30, 55, 85, 120, -5, 115, 200],
    ["Other", "Noncomparable imports", 0, 5, 5, 0, -5, -5, 0],
    ["Used", "Scrap", 1, 2, 3, 4, 0, 4, 7],
    ["T005", "Total Intermediate", 51, 102, 153, 167, -10, 157, 310],
    ["V001", "Compensation of employees", 54, 103, 157],
    ["T006", "Total Value Added", 54, 103, 157],
    ["T008", "Total Industry Output", 105, 205, 310],
    ["Legend / Footnotes:"],
    ["Note. Detail may not add to total due to rounding."],
]


def titled(what: str, cells: Cells, year: int) -> Cells:
    return [[what], ["(Millions of dollars)"], ["Bureau of Economic Analysis"], [str(year)], *cells]


def bea(folder: Path, years: tuple[int, ...] = (2012, 2017)) -> Path:
    """The make and use workbooks of the annual accounts: a ReadMe, then a sheet a year."""
    for name, what, cells in (
        ("IOMake_Before_Redefinitions_1997-2020_Summary.xlsx", "The Make of Commodities", MAKE),
        ("IOUse_Before_Redefinitions_PRO_1997-2020_Summary.xlsx", "The Use of Commodities", USE),
    ):
        sheets: dict[str, Cells] = {"ReadMe": [["made up"]]}
        sheets |= {str(year): titled(what, cells, year) for year in years}
        xlsx(folder / name, sheets)
    return folder


def bea_detail(folder: Path) -> Path:
    """The detail workbooks: names stand above codes."""
    for name, cells in (
        ("IOMake_Before_Redefinitions_2017_Detail.xlsx", MAKE),
        ("IOUse_Before_Redefinitions_PRO_2017_Detail.xlsx", USE),
    ):
        codes, names, *rows = cells
        head: Cells = [[None, None, *names[2:]], ["Code", "Industry Description", *codes[2:]]]
        xlsx(folder / name, {"2017": [*titled("Detail", [*head, *rows], 2017)]})
    return folder


SUPPLY: Cells = [
    [None, None, "111CA", "211", "T007", "MCIF", "T013", "Trade", "T014", "TOP", "T015", "T016"],
    ["IOCode", "Name", *["a name"] * 10],
    ["111CA", "Farms", 100, 3, 103, 10, 113, 8, 8, 2, 2, 123],
    ["211", "Oil", "---", 200, 200, 20, 220, -8, -8, 4, 4, 216],
    ["T017", "Total industry supply", 100, 203, 303, 30, 333, 0, 0, 6, 6, 339],
]
USE_SUT: Cells = [
    [None, None, "111CA", "211", "T001", "F010", "T019"],
    ["IOCode", "Name", *["a name"] * 5],
    ["111CA", "Farms", 20, 40, 60, 63, 123],
    ["211", "Oil", 30, 60, 90, 126, 216],
    ["T005", "Total Intermediate", 50, 100, 150],
    ["V001", "Compensation of employees", 45, 100],
    ["T00OTOP", "Other taxes on production", 5, 3],
    ["VABAS", "Value added (basic prices)", 50, 103],
    ["T018", "Total industry output (basic prices)", 100, 203],
    ["T00TOP", "Plus: Taxes on products", 2, 4],
    ["VAPRO", "Value added (producer prices)", 52, 107],
]


def bea_framework(folder: Path) -> Path:
    xlsx(folder / "Supply_Tables_1997-2020_Summary.xlsx", {"2017": titled("Supply", SUPPLY, 2017)})
    xlsx(
        folder / "Use_SUT_Framework_1997-2020_Summary.xlsx", {"2017": titled("Use", USE_SUT, 2017)}
    )
    return folder


def csv(path: Path, cells: Cells) -> Path:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in cells]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def symmetric(it: World, *, totals: bool = True) -> Cells:
    head: list[object] = [
        "flows",
        *it.codes(),
        *["AUS_homes", "AUS_stocks", "DEU_homes", "DEU_stocks"],
    ]
    rows: Cells = [
        [code, *it.Z[at], *it.Y[at]] + ([it.output[at]] if totals else [])
        for at, code in enumerate(it.codes())
    ]
    rows.append(["taxes", *it.taxes])
    rows.append(["value added", *it.added])
    if totals:
        head.append("Total output")
        rows.append(["Total output", *it.paid])
    return [head, *rows]


def long(it: World, year: int) -> pd.DataFrame:
    columns = it.codes() + [f"{c}_{k}" for c in it.countries for k in ("homes", "stocks")]
    frame = pd.DataFrame(np.hstack([it.Z, it.Y]), it.codes(), columns)
    frame.loc["taxes"] = [*it.taxes, *[0.0] * it.Y.shape[1]]
    frame.loc["value added"] = [*it.added, *[0.0] * it.Y.shape[1]]
    cells = frame.stack().rename("value").reset_index()
    cells.columns = ["supplier", "user", "value"]
    cells.insert(2, "year", year)
    return cells
