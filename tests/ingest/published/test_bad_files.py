"""A file that is not what it says: one sentence with file, place, value and remedy."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
import rdata
from spillgraph.core.errors import InputError
from spillgraph.ingest.published import audit, read_published, write_study

from . import layouts

IT = layouts.world()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_a_sheet_with_a_shifted_header(tmp_path) -> None:
    cells = layouts.wiod_cells(IT, ("c37", "c42"), year=2009, coded=False)
    path = layouts.xlsx(tmp_path / "wiot09.xlsx", {"WIOT_2009": [*cells[:5], *cells[6:]]})
    with pytest.raises(
        InputError, match=r"no row numbers the columns c1, c2, ….*header is shifted"
    ):
        read_published(path)


def test_a_workbook_that_is_of_another_year_than_its_name_says(tmp_path) -> None:
    cells = layouts.wiod_cells(IT, ("c37", "c42"), year=2008, coded=False)
    path = layouts.xlsx(tmp_path / "wiot09.xlsx", {"WIOT": cells})
    with pytest.raises(InputError, match=r"the title says 2008 and the file's name says 2009"):
        read_published(path)


def test_a_year_that_is_not_there(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    with pytest.raises(InputError, match=r"no ICIO tables of 1999 is there; there are"):
        read_published(path, year=1999)


def test_a_file_cut_off_within_a_row(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    text = path.read_text()
    path.write_text(text[: text.rindex("DEU_C10,") + 20])
    with pytest.raises(InputError, match=r"row 7 \('DEU_C10'\): 4 fields, where .* 12.*cut off"):
        read_published(path)


def test_a_file_cut_off_between_rows(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    path.write_text("\n".join(lines(path)[:4]) + "\n")
    with pytest.raises(
        InputError, match=r"the sector 'DEU_A01' \(column 5\) has no row: .* cut off"
    ):
        read_published(path)


def test_a_cell_that_is_no_number(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    text = lines(path)
    fields = text[2].split(",")
    fields[3] = "12x"
    path.write_text("\n".join([*text[:2], ",".join(fields), *text[3:]]) + "\n")
    with pytest.raises(InputError, match=r"row 3, column 4: '12x' stands where a number is needed"):
        read_published(path)


def test_a_number_beyond_all_amounts(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    text = lines(path)
    fields = text[2].split(",")
    fields[3] = "1e999"
    path.write_text("\n".join([*text[:2], ",".join(fields), *text[3:]]) + "\n")
    with pytest.raises(InputError, match=r"row 3, column 4: a number is larger than any amount"):
        read_published(path)


def test_a_text_in_a_workbook_is_named_by_its_letter(tmp_path) -> None:
    cells = layouts.wiod_cells(IT, ("c37", "c42"), year=2009, coded=False)
    cells[7][5] = "n.v."
    path = layouts.xlsx(tmp_path / "wiot09.xlsx", {"WIOT_2009": cells})
    with pytest.raises(InputError, match=r"row 8, column F: 'n.v.' stands where a number"):
        read_published(path)


def test_a_total_that_does_not_add_up(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    text = lines(path)
    fields = text[2].split(",")
    fields[3] = "61000"
    path.write_text("\n".join([*text[:2], ",".join(fields), *text[3:]]) + "\n")
    table = read_published(path)
    found = audit(table)
    assert found.totals["differ"].tolist() == [1, 1]
    assert any("1 differ; largest difference" in line for line in found.sentences())
    with pytest.raises(InputError, match=r"says .* for 'AUS_B05', and the cells add up to"):
        write_study(table, tmp_path / "study")
    assert not (tmp_path / "study").exists()
    assert write_study(table, tmp_path / "study", totals="warn").is_file()


def test_the_wrong_format(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    with pytest.raises(InputError, match=r"there is no workbook; wiod reads"):
        read_published(path, "wiod")
    with pytest.raises(InputError, match=r"there is no column 'IndustryCode'"):
        read_published(path, "wiod-wide")
    with pytest.raises(InputError, match=r"'wiodd' is no format. Did you mean 'wiod'"):
        read_published(path, "wiodd")


def test_a_format_that_names_do_not_say(tmp_path) -> None:
    for name in ("one.csv", "two.csv"):
        layouts.csv(tmp_path / name, layouts.symmetric(IT))
    with pytest.raises(InputError, match=r"say no format; say which it is: --format NAME .*bea, "):
        read_published(tmp_path)


def test_two_lines_of_one_label(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    path.write_text(path.read_text().replace("AUS_B05", "AUS_A01"))
    with pytest.raises(InputError, match=r"row 2 and row 3 are both called 'AUS_A01'"):
        read_published(path)


def test_exiobase_with_coefficients_alone(tmp_path) -> None:
    folder = layouts.exiobase(tmp_path / "IOT_2009_pxp", IT, coefficients=True)
    (folder / "x.txt").unlink()
    with pytest.raises(InputError, match=r"there is A\.txt and neither Z\.txt nor x\.txt"):
        read_published(folder)


def test_exiobase_of_two_versions(tmp_path) -> None:
    folder = layouts.exiobase(tmp_path / "IOT_2009_ixi", IT)
    path = folder / "Y.txt"
    path.write_text(path.read_text().replace("DEU\tB05", "DEU\tB06"))
    with pytest.raises(InputError, match=r"sector 5 is 'DEU B06' and that of .*of two versions"):
        read_published(folder)


def test_eora_without_labels(tmp_path) -> None:
    folder = layouts.eora(tmp_path / "eora", IT, 2009)
    (folder / "labels_T.txt").unlink()
    with pytest.raises(InputError, match=r"there is no labels_T.txt. .*indices.zip"):
        read_published(folder)


def test_eora_cut_off(tmp_path) -> None:
    folder = layouts.eora(tmp_path / "eora", IT, 2009)
    path = folder / "Eora26_2009_bp_T.txt"
    path.write_text("\n".join(lines(path)[:3]) + "\n")
    with pytest.raises(InputError, match=r"3 × 7 numbers, and the labels are 7 × 7"):
        read_published(folder)


def test_a_flat_file_with_a_cell_twice(tmp_path) -> None:
    it = layouts.world(("DE", "FR"))
    path = layouts.figaro(tmp_path, it, 2020, flat=True)
    text = lines(path)
    path.write_text("\n".join([*text, text[1]]) + "\n")
    with pytest.raises(InputError, match=r"'DE_A01' to 'DE_A01' stands there for the second time"):
        read_published(path)


def test_a_year_that_nothing_says(tmp_path) -> None:
    path = layouts.csv(tmp_path / "io.csv", layouts.symmetric(IT))
    with pytest.raises(
        InputError, match=r"nothing says of which year the table is; give it: --year"
    ):
        read_published(path)


def test_what_is_not_there(tmp_path) -> None:
    with pytest.raises(InputError, match=r"is not there; name a file, a folder or an archive"):
        read_published(tmp_path / "nothing")


def test_an_option_of_another_format(tmp_path) -> None:
    path = layouts.icio(tmp_path / "ICIO2021_2018.csv", IT, 2021)
    with pytest.raises(InputError, match=r"sheet: the format icio takes none; it is for symmetric"):
        read_published(path, sheet="one")


def test_a_matrix_cut_off_between_rows(tmp_path) -> None:
    path = layouts.csv(tmp_path / "io_2009.csv", layouts.symmetric(IT)[:4])
    with pytest.raises(InputError, match=r"seems to be cut off after 'AUS_C10'"):
        read_published(path)


def test_damaged_files_are_told_in_a_sentence(tmp_path) -> None:
    """What 2,000 random faults found: none of these may end in a traceback."""
    exiobase = layouts.exiobase(tmp_path / "IOT_2009_pxp", IT, coefficients=True)
    table = exiobase / "A.txt"
    table.write_text("\n".join(lines(table)[:-1]) + "\n")
    with pytest.raises(InputError, match=r"sector 6 is 'DEU C10' and that of .* is 'nothing'"):
        read_published(exiobase)
    output = exiobase / "x.txt"
    output.write_text("\n".join(line.rpartition("\t")[0] for line in lines(output)) + "\n")
    with pytest.raises(InputError, match=r"x\.txt: region, sector and one number are needed"):
        read_published(exiobase)
    eora = layouts.eora(tmp_path / "eora", IT, 2009)
    (eora / "labels_VA.txt").write_bytes(b"Primary \x81\x8d inputs\tWages\n")
    with pytest.raises(InputError, match=r"labels_VA.txt"):
        read_published(eora)
    wide = tmp_path / "WIOT2009_October16_ROW.csv"
    frame = layouts.wiod_wide(IT, 2009).astype({"RNr": object})
    frame.loc[2, "RNr"] = "x"
    frame.to_csv(wide, index=False)
    with pytest.raises(InputError, match=r"row 4, column 'RNr': 'x' stands where a number"):
        read_published(wide)


def test_data_of_R_that_cannot_be_read(tmp_path, monkeypatch) -> None:
    path = tmp_path / "WIOT2014_October16_ROW.RData"
    path.write_bytes(b"RDX3\nX\n\0\0")
    with pytest.raises(InputError, match=r"this is no R data file, or it is damaged"):
        read_published(path)
    frame = pd.DataFrame({"a": [1.0]})
    rdata.write_rda(path, {"one": frame, "two": frame})
    with pytest.raises(InputError, match=r"there are 2 among 'one', 'two'.*save\(wiot"):
        read_published(path)
    monkeypatch.setitem(sys.modules, "rdata", None)
    with pytest.raises(InputError, match=r"is an extra: pip install 'spillgraph\[r\]'"):
        read_published(path)
