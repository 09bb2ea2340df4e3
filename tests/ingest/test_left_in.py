"""Totals, value added and imports that were left in a printed table, and doubts of its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from small_studies import economy, printed
from spillgraph.core.errors import InputError
from spillgraph.ingest.accounts import totals as total_check

TABLE = (
    "code,x,y,z,F,GO\n"
    "x,20,40,10,130,200\n"
    "y,30,60,20,290,400\n"
    "z,10,20,30,40,100\n"
    "imp,20,80,10,,\n"
    "VA,120,200,30,,\n"
)


@pytest.mark.parametrize(
    ("keys", "where_not"),
    [
        ('printed = { gross_output = "GO" }', 'user = ["GO"]'),
        (
            'printed = { gross_output = "GO", value_added = ["VA", "imp"], final_demand = "F" }',
            'supplier = ["VA", "imp"], user = ["F", "GO"]',
        ),
    ],
)
def test_what_printed_names_is_no_sector(tmp_path, keys, where_not) -> None:
    path = printed(tmp_path, TABLE, "", keys)
    with pytest.raises(InputError, match="it cannot be both") as why:
        economy(path, tmp_path)
    assert f"where_not = {{ {where_not} }} in [tables.io_flows]" in str(why.value)
    path.write_text(path.read_text() + '[options]\naccounts = "warn"\n')
    told = [text for text in economy(path, tmp_path).warnings if "it cannot be both" in text]
    assert told == [str(why.value)]


@pytest.mark.parametrize("accounts", ["stop", "warn"])
def test_rows_without_output_are_named_and_no_unit_is_blamed(tmp_path, accounts) -> None:
    path = printed(
        tmp_path,
        TABLE,
        'where_not = { user = ["GO"] }',
        'printed = { gross_output = "GO" }',
        f'[options]\naccounts = "{accounts}"\n',
    )
    if accounts == "stop":
        with pytest.raises(InputError) as why:
            economy(path, tmp_path)
        text = str(why.value)
    else:
        text = next(each for each in economy(path, tmp_path).warnings if "no gross" in each)
    assert (
        'where_not = { user = ["GO", "F"], supplier = ["VA", "imp"] } in [tables.io_flows]' in text
    )
    assert "Divided by" not in text
    assert "value added, too" not in text
    path.write_text(
        path.read_text().replace(
            'where_not = { user = ["GO"] }',
            'where_not = { supplier = ["VA", "imp"], user = ["F", "GO"] }',
        )
    )
    assert economy(path, tmp_path).labels == ["x", "y", "z"]


@pytest.mark.parametrize("column", ["Crude oil", "Crude  oil", '"Crude\noil"', "Crude\u00a0oil"])
@pytest.mark.parametrize("row", ["Crude oil", "Crude   oil", "Crude\u00a0oil"])
def test_blanks_within_its_name_make_no_second_sector(tmp_path, row, column) -> None:
    table = f"code,{column},y,GO\n{row},10,20,100\ny,10,30,100\nVA,80,50,\n"
    path = printed(
        tmp_path,
        table,
        'where_not = { supplier = "VA", user = "GO" }',
        'printed = { gross_output = "GO", value_added = "VA" }',
    )
    found = economy(path, tmp_path)
    assert found.labels == ["Crude oil", "y"]
    assert found.accounts[2000].paid.gap.tolist() == [0, 0]


def test_an_error_of_the_accounts_carries_the_doubts_of_reading(tmp_path) -> None:
    """Flows of 20.125 thousands are twenty thousand, and are read as twenty."""
    rows = [("x", 40.125, 60.250), ("y", 90.500, 30.125)]
    table = "code,x,y,GO\n" + "".join(f"{c},{a:.3f},{b:.3f},{a + b:.3f}\n" for c, a, b in rows)
    (tmp_path / "o.csv").write_text("industry,gross_output\nx,0.2\ny,0.3\n")
    path = printed(tmp_path, table, 'where_not = { user = ["GO"] }', "")
    text = path.read_text()
    path.write_text(
        text.replace('tables.io_output]\nfile = "io.csv"', 'tables.io_output]\nfile = "o.csv"')
    )
    with pytest.raises(InputError) as why:
        economy(path, tmp_path)
    said = str(why.value)
    assert "In 2000 inputs exceed gross output in 2 of 2 sectors" in said
    assert "Look at this first: io_flows: io.csv: value is '40.125' in row 1" in said
    assert 'decimal = ",", thousands = "."' in said
    assert "Divided by" not in said
    # once the point is declared the advice is the unit again
    path.write_text(path.read_text().replace("wide = {", 'decimal = "."\nwide = {'))
    with pytest.raises(InputError, match=r"Divided by 10\^\d the flows"):
        economy(path, tmp_path)


def test_industries_of_both_sides_are_counted(tmp_path) -> None:
    """Final users stand among the users alone."""
    path = printed(
        tmp_path, "code,x,y,F\nx,20,40,1\ny,30,60,1\n", "", "", '[options]\naccounts="warn"\n'
    )
    (tmp_path / "o.csv").write_text("industry,gross_output\nx,100\ny,200\n")
    text = path.read_text()
    path.write_text(text.replace('output]\nfile = "io.csv"', 'output]\nfile = "o.csv"'))
    warnings = economy(path, tmp_path).warnings
    assert any("all 3 were taken, from 'x' to 'F'" in text for text in warnings)


def test_a_file_of_arrays_is_told_as_such(tmp_path) -> None:
    with (tmp_path / "io.npz").open("wb") as file:
        np.savez(file, inter=np.eye(2), codes=np.array(["a", "b"]))
    path = printed(tmp_path, "", "", 'printed = { gross_output = "GO" }')
    path.write_text(path.read_text().replace("io.csv", "io.npz"))
    with pytest.raises(InputError, match="is not a table that is read") as why:
        economy(path, tmp_path)
    assert "member" not in str(why.value)


def test_tables_too_large_to_look_for_totals_are_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(total_check, "MOST_ROWS", 1)
    keys = 'where_not = { supplier = ["VA", "imp"], user = ["F", "GO"] }'
    path = printed(tmp_path, TABLE, keys, 'printed = { gross_output = "GO" }')
    told = "table io_flows: whether one of its 3 sectors of 2000 is a total of others was not"
    assert any(text.startswith(told) for text in economy(path, tmp_path).warnings)
