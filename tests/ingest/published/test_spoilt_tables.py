"""Make and use tables that are wrong in one way: one error that names place, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import PublishedTable, audit, derive, read_published
from spillgraph.ingest.published.audit import require_adds_up

from . import layouts
from .test_derive import MAKE, USE

LONG = "table,row,col,value\n" + "".join(
    f"{name},{row.split(',')[0]},{column},{value}\n"
    for name, text in (("make", MAKE), ("use", USE))
    for row in text.splitlines()[1:]
    for column, value in zip(text.splitlines()[0].split(",")[1:], row.split(",")[1:], strict=True)
    if value not in ("", "0")
)
#: What is done to which table, and what the error says of it.
SPOILT = {
    "make turned round": (
        "make",
        lambda text: "make,mines,steel,cars\nore,50,0,0\nsteel,0,90,0\ncars,0,10,200\n",
        r"make_2017.csv: the industry 'ore' \(row 2\) is no column .* turned round",
    ),
    "use turned round": (
        "use",
        lambda text: (
            "use,ore,steel,cars,wages\nmines,5,2,3,40\nsteel,40,25,5,30\n"
            "cars,0,45,30,125\nhomes,3,20,150,0\nexports,12,8,62,0\nimports,-10,-10,-40,0\n"
        ),
        r"use_2017.csv: 'wages' is a column and no row, .* rows and columns are exchanged",
    ),
    "spelling of an industry": (
        "use",
        lambda text: text.replace("mines", "Mines"),
        r"the industry 'mines' \(row 2\) is no column of .* Did you mean 'Mines'",
    ),
    "spelling of a commodity": (
        "make",
        lambda text: text.replace("ore", "Ore"),
        r"use_2017.csv: the commodity 'ore' is called 'Ore' in .*make_2017.csv",
    ),
    "imports above 0": (
        "use",
        lambda text: text.replace("-10", "10").replace("-40", "40"),
        r"the final use 'imports' \(column 7\) is 60 in all. .* change their sign",
    ),
    "decimal comma": (
        "make",
        lambda text: text.replace("90", '"90,5"'),
        r"row 3, column 3: '90,5' stands where a number is needed. Write numbers with a decimal",
    ),
    "footnote mark": (
        "make",
        lambda text: text.replace("90", "90*"),
        r"'90\*' stands where a number is needed. Take the mark of a footnote off",
    ),
    "brackets for a minus": (
        "make",
        lambda text: text.replace("90", "(90)"),
        r"'\(90\)' stands where a number is needed. Write amounts as plain numbers",
    ),
    "a row that is no money": (
        "use",
        lambda text: text + "Employment (persons),4,3,12,,,\n",
        r"the row 'Employment \(persons\)' \(row 6\) is no amount of money .* --leave-out",
    ),
    "another year in the corner": (
        "use",
        lambda text: text.replace("use,", "use 2012,"),
        r"make_2017.csv says 2017 and the title of .*use_2017.csv says 2012",
    ),
    "header alone": (
        "use",
        lambda text: text.splitlines()[0] + "\n",
        r"use_2017.csv: no row stands below a header",
    ),
    "empty": ("make", lambda text: "", r"make_2017.csv: no row stands below a header"),
    "another unit in words": (
        "make",
        lambda text: "Make table (million euro),,,\n" + text,
        r"make_2017.csv is in 'million euro' and .*use_2017.csv in 'thousand euro'",
    ),
}


def _write(folder: Path, make: str = MAKE, use: str = USE) -> Path:
    (folder / "make_2017.csv").write_text(make)
    (folder / "use_2017.csv").write_text(use)
    return folder


@pytest.mark.parametrize("what", SPOILT)
def test_a_table_that_is_wrong_in_one_way_is_told_what_is_wrong(what, tmp_path) -> None:
    name, spoil, wanted = SPOILT[what]
    _write(tmp_path)
    path = tmp_path / f"{name}_2017.csv"
    path.write_text(spoil(path.read_text()))
    if what == "another unit in words":
        (tmp_path / "use_2017.csv").write_text("Use table; thousand euro,,,,,,\n" + USE)
    with pytest.raises(InputError, match=wanted):
        read_published(tmp_path, "supply-use")


@pytest.mark.parametrize(
    ("spoil", "wanted"),
    [
        (lambda text: text.replace("row,col", "col,row"), "rows and columns are exchanged"),
        (
            lambda text: text.replace("use,", "x,").replace("make,", "use,").replace("x,", "make,"),
            "'wages' .* is a payment by its name, .* the make and the use table are exchanged",
        ),
        (lambda text: text.replace("value\n", "value,unit\n", 1), None),
    ],
)
def test_a_long_table_whose_labels_or_tables_are_exchanged_is_refused(
    spoil, wanted, tmp_path
) -> None:
    text = spoil(LONG)
    if wanted is None:  # amounts of two units in one column
        head, *rows = text.splitlines()
        text = "\n".join(
            [head, *(f"{row},{'euro' if at else 'yen'}" for at, row in enumerate(rows))]
        )
        wanted = r"column 'unit': amounts are in 2 units \('yen', 'euro'\)"
    (tmp_path / "t_2017.csv").write_text(text)
    with pytest.raises(InputError, match=wanted):
        read_published(tmp_path / "t_2017.csv", "long")


def test_a_make_and_a_supply_table_beside_a_use_table_are_one_too_many(tmp_path) -> None:
    _write(tmp_path)
    (tmp_path / "supply_2017.csv").write_text(MAKE)
    with pytest.raises(InputError, match="two files are a make and a supply table"):
        read_published(tmp_path, "supply-use")


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_label_to_be_left_out_that_is_not_there_is_refused(layout, tmp_path) -> None:
    path = _write(tmp_path)
    if layout == "long":
        path = tmp_path / "t_2017.csv"
        path.write_text(LONG)
    with pytest.raises(InputError, match="no row or column is called 'hones', to be left out"):
        read_published(
            path, "long" if layout == "long" else "supply-use", leave_out=["hones"], year=2017
        )
    kept = read_published(
        path, "long" if layout == "long" else "supply-use", leave_out=["homes"], year=2017
    )
    assert "homes" not in set(kept.final_uses["use"]) and kept.cells["left_out"] > 0


def test_what_place_alone_tells_is_told(tmp_path) -> None:
    """Rows that nobody makes: a payment where no final user takes any, else imports."""
    use = USE.replace("wages", "tea,1,1,1,5,0,0\ncharges,1,0,2,0,0,0\nwages")
    table = read_published(_write(tmp_path, use=use), "supply-use")
    assert table.notes == (
        "taken for payments: 'charges', 'wages'",
        "taken for final uses: 'homes', 'exports', 'imports'",
        "made by no industry, counted as imports: 'tea'",
    )


def test_notes_below_a_table_are_no_payments(tmp_path) -> None:
    use = USE + "Source: a statistical office,,,,,,\n1) preliminary,,,,,,\n"
    table = read_published(_write(tmp_path, use=use), "supply-use")
    assert table.payments["part"].tolist() == ["wages"]


def test_tables_of_two_industries_are_read_below_a_header_with_an_empty_corner(tmp_path) -> None:
    _write(
        tmp_path,
        ",ore,cars\nmines,50,0\ncars,5,200\n",
        ",mines,cars,homes\nore,5,40,10\ncars,3,30,167\nwages,42,135,0\n",
    )
    table = read_published(tmp_path, "supply-use")
    assert table.commodities["code"].tolist() == ["ore", "cars"]
    assert audit(table).balance["misfit"].max() == 0


@pytest.mark.parametrize("model", ["A", "C"])
def test_what_no_model_can_be_made_of_names_the_files(model, tmp_path) -> None:
    make = "make,ore,steel,cars\nmines,50,0,0\nsteel,0,45,105\ncars,0,45,105\n"
    use = USE.replace("cars,3,5,30", "cars,3,50,30").replace("150,62", "105,62")
    use = use.replace("wages,40,30,125", "wages,40,35,75")
    table = read_published(_write(tmp_path, make, use), "supply-use")
    with pytest.raises(
        InputError, match=rf"^{tmp_path.name}: .* has no inverse: some industries make"
    ):
        derive(table, model=model)


def test_labels_that_stand_twice_in_a_symmetric_table_are_told_with_their_places(tmp_path) -> None:
    with pytest.raises(InputError, match="row 2 and row 3 are both called 'steel'"):
        _symmetric(tmp_path, SYMMETRIC.replace("cars,30", "steel,30"))


def test_payments_whose_names_begin_as_persons_and_uses_do_are_payments(tmp_path) -> None:
    text = SYMMETRIC.replace("25,60,100", "20,60,100").replace("wages,55,100,,\n", "")
    text += "Consumption of fixed capital,0,5,,\nEmployees' compensation,30,55,,\n"
    text += "Government,10,30,,\nEmission taxes,10,10,,\n"
    table = _symmetric(tmp_path, text)
    assert len(table.payments) == 4 and audit(table).balance["misfit"].max() == 0


def test_codes_of_products_are_no_final_uses(tmp_path) -> None:
    make = MAKE.replace("ore,steel,cars", "P2,P3,F010")
    use = USE.replace("ore,5", "P2,5").replace("steel,2", "P3,2").replace("cars,3", "F010,3")
    table = read_published(_write(tmp_path, make, use), "supply-use")
    assert table.commodities["code"].tolist() == ["P2", "P3", "F010"]


def test_a_minus_sign_of_print_is_a_minus(tmp_path) -> None:
    text = SYMMETRIC.replace("25,60,100", "\N{MINUS SIGN}25,110,105").replace("100,,", "145,,")
    assert _symmetric(tmp_path, text).flows["value"].min() == -25.0


SYMMETRIC = "flows,steel,cars,homes,Total output\nsteel,20,25,60,100\ncars,30,80,90,200\n"
SYMMETRIC += "wages,55,100,,\n"


def _symmetric(folder: Path, text: str = SYMMETRIC) -> PublishedTable:
    (folder / "io_2017.csv").write_text(text)
    return read_published(folder / "io_2017.csv")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("cars,30,80,90,200", "cars,0,0,0,200", "row 'sales of cars': its total must be 200, but"),
        ("cars,30,80,90,200", "cars,30,80,90,0", "'sales of cars': its total must be 0, but"),
        ("60,100\n", "60,100000\n", None),
    ],
)
def test_what_cannot_be_balanced_names_file_line_and_remedy(old, new, wanted, tmp_path) -> None:
    text = SYMMETRIC.replace(old, new)
    if wanted is None:
        text = text.replace("90,200\n", "90,200000\n")
        wanted = "what sectors pay, against output: 310 against 300,000, 1,000 times as much"
    table = _symmetric(tmp_path, text)
    with pytest.raises(InputError, match=rf"io_2017.csv: --balance: .*{wanted}"):
        derive(table, balance=True, totals="warn")


def test_totals_and_tables_in_another_unit_are_told_to_be(tmp_path) -> None:
    text = SYMMETRIC.replace("60,100\n", "60,105000\n").replace("90,200\n", "90,200000\n")
    with pytest.raises(InputError, match="total is about 1,000 times the sum: one of the two"):
        require_adds_up(audit(_symmetric(tmp_path, text)))
    head, *rows = USE.splitlines()
    rows = [
        ",".join(f"{c}000" if c.strip("-").isdigit() else c for c in r.split(",")) for r in rows
    ]
    table = read_published(_write(tmp_path, use="\n".join([head, *rows])), "supply-use")
    with pytest.raises(InputError, match="Multiplied by 1000 the first amounts fit nearly"):
        require_adds_up(audit(table))


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"import_columns": ["homes"]}, r"imports \(homes\) are 173 in all; they are a final use"),
        (
            {"import_columns": ["imports"], "export_columns": ["imports"]},
            "'imports' is named as imports and as exports",
        ),
    ],
)
def test_columns_that_cannot_be_imports_are_refused(options, wanted, tmp_path) -> None:
    with pytest.raises(InputError, match=wanted):
        derive(read_published(_write(tmp_path), "supply-use"), **options)


def test_supply_tables_in_words_have_imports_and_margins_beside_industries(tmp_path) -> None:
    (tmp_path / "supply_2017.csv").write_text(
        "supply,mines,steel,cars,Imports (cif),Trade margins,Taxes on products\n"
        "ore,50,0,0,10,0,0\nsteel,0,90,0,10,5,1\ncars,0,10,200,40,-5,2\n"
    )
    (tmp_path / "use_2017.csv").write_text(
        "use,mines,steel,cars,homes,exports\nore,5,40,0,3,12\nsteel,2,25,45,26,8\n"
        "cars,3,5,30,147,62\nwages,40,30,125,,\n"
    )
    table = read_published(tmp_path, "supply-use")
    assert set(table.supply["part"]) == {"Imports (cif)", "Trade margins", "Taxes on products"}
    assert audit(table).balance["misfit"].max() == 0


NAMED_MAKE = "code,name,ore,steel,cars\nmines,Mining,50,0,0\nsteel,Steel works,0,90,10\n"
NAMED_MAKE += "cars,Car makers,0,0,200\n"
NAMED_USE = "Use in million euro,,,,,,,\nname,code,mines,steel,cars,homes,exports,imports\n"
NAMED_USE += "Iron ore,ore,5,40,0,3,12,-10\nSteel,steel,2,25,45,20,8,-10\n"
NAMED_USE += "Motor cars,cars,3,5,30,150,62,-40\nWages,wages,40,30,125,,,\n"


@pytest.mark.parametrize("names", [("make", "use"), ("a_make", "a_use")])
def test_names_and_unit_are_those_of_the_tables(names, tmp_path) -> None:
    for name, text in zip(names, (NAMED_MAKE, NAMED_USE), strict=True):
        (tmp_path / f"{name}_2017.csv").write_text(text)
    table = read_published(tmp_path, None if names[0] == "make" else "supply-use")
    assert (table.format, table.unit) == ("supply-use", "million euro")
    assert table.sectors[["code", "name"]].to_numpy().tolist() == [
        ["mines", "Mining"],
        ["steel", "Steel works"],
        ["cars", "Car makers"],
    ]
    assert table.commodities["name"].tolist() == ["Iron ore", "Steel", "Motor cars"]
    products = derive(table, model="A")
    assert products.sectors["name"].tolist() == ["Iron ore", "Steel", "Motor cars"]
    assert products.unit == "million euro"


def test_names_and_unit_of_symmetric_and_long_tables(tmp_path) -> None:
    text = "(Thousands of dollars),,,,\n,,S,C,homes\n,,Steel,Cars,homes\nS,Steel,20,25,60\n"
    table = _symmetric(tmp_path, text + "C,Cars,30,80,90\nwages,wages,55,95,\n")
    assert table.unit == "Thousands of dollars"
    assert table.sectors["code"].tolist() == ["S", "C"]
    assert table.sectors["name"].tolist() == ["Steel", "Cars"]
    long = (
        "supplier,supplier_name,user,value,unit\nS,Steel,C,5,million yen\nC,Cars,S,3,million yen\n"
    )
    (tmp_path / "long_2017.csv").write_text(long + "C,Cars,homes,9,million yen\n")
    table = read_published(tmp_path / "long_2017.csv")
    assert (table.year, table.unit) == (2017, "million yen")
    assert table.sectors["name"].tolist() == ["Steel", "Cars"]
    assert read_published(tmp_path / "long_2017.csv", unit="yen").unit == "yen"


def test_workbooks_called_make_and_use_that_are_not_the_bureaus_are_read(tmp_path) -> None:
    for name, text in (("make", MAKE), ("use", USE)):
        cells = [row.split(",") for row in text.splitlines()]
        rows = [[float(c) if c.strip("-").isdigit() else c or None for c in row] for row in cells]
        layouts.xlsx(tmp_path / f"{name}_2017.xlsx", {"Sheet1": rows})
    assert read_published(tmp_path).format == "supply-use"


def test_sectors_that_sell_or_buy_nothing_are_sectors_of_layouts_without_zeros(tmp_path) -> None:
    """A row a cell: of a sector that sells nothing there is no row, and it is a sector."""
    rows = ["row_country,row_item,col_country,col_item,year,value"]
    flows = {("AUS", "1", "AUS", "2"): 5, ("AUS", "2", "DEU", "1"): 4, ("DEU", "1", "AUS", "1"): 3}
    flows |= {("AUS", "1", "DEU", "2"): 2, ("AUS", "1", "AUS", "37"): 9}
    rows += [f"{','.join(cell)},2000,{value}" for cell, value in flows.items()]
    (tmp_path / "wiot_2000.csv").write_text("\n".join(rows) + "\n")
    frame = pd.read_csv(tmp_path / "wiot_2000.csv", dtype={"row_item": str, "col_item": str})
    frame.to_parquet(tmp_path / "wiot_2000.parquet")
    table = read_published(tmp_path / "wiot_2000.parquet", "wiod-wide")
    assert set(table.sectors["code"]) == {"AUS_c1", "AUS_c2", "DEU_c1", "DEU_c2"}
    assert table.flows["value"].sum() == 14 and table.final_demand["value"].sum() == 9
    flat = "refArea,rowIi,counterpartArea,colIi,obsValue\nDE,A,DE,B,5\nDE,B,FR,A,4\nFR,A,DE,A,3\n"
    path = tmp_path / "flatfile_eu-ic-io_ind-by-ind_24ed_2020.csv"
    path.write_text(flat + "DE,A,FR,B,2\nDE,A,DE,P3_S14,9\nW2,D1,DE,A,6\n")
    assert set(read_published(path).sectors["code"]) == {"DE_A", "DE_B", "FR_A", "FR_B"}
    long = LONG.replace("use,ore,mines,5\n", "").replace("use,steel,mines,2\n", "")
    long = long.replace("use,cars,mines,3\n", "").replace("use,wages,mines,40\n", "")
    (tmp_path / "t_2017.csv").write_text(long)
    table = read_published(tmp_path / "t_2017.csv", "long")
    assert table.sectors["code"].tolist() == ["mines", "steel", "cars"]
