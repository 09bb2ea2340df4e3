"""The study file: what is unknown or missing is named, with the key and the nearest name."""

from __future__ import annotations

from pathlib import Path

import pytest
from spillgraph.core.errors import StudyError
from spillgraph.ingest.study import load_study, summary


def test_a_study_is_read(tiny) -> None:
    study = load_study(tiny.path)
    assert study.about.target == "t"
    assert study.citations_from == "firm_citations"
    assert study.trade_from == "trade_links"
    assert [source.tags for source in study.of("industries")] == [("f",), ("t",)]
    assert summary(study)["self_citations"] == "include"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "Tiny"', 'nmae = "Tiny"', ["study.nmae", "'name'", "study.name", "missing"]),
        ("[years]", "[yaers]", ["yaers", "'years'"]),
        ('self_citations = "include"', 'self_citation = "include"', ["'self_citations'"]),
        ('self_citations = "include"', 'self_citations = "keep"', ["exclude", "include", "keep"]),
        ("[tables.firm_citations]", "[tables.firm_citation]", ["'firm_citations'"]),
        ('file = "firms.csv"', 'file = "frims.csv"', ["tables.firms.file", "'firms.csv'"]),
        ('file = "firms.csv"', 'fiel = "firms.csv"', ["tables.firms.fiel", "'file'"]),
        ('file = "firms.csv"', 'file = "${NO_SUCH_FOLDER}/f.csv"', ["NO_SUCH_FOLDER", ":-"]),
        (
            'file = "trade.csv"',
            'file = "trade.csv"\ncolumns = { suplier = "a" }',
            ["tables.trade_links.columns.suplier", "'supplier'"],
        ),
        (
            'file = "firms.csv"\nclassification = "f"',
            'file = "firms.csv"',
            ["tables.firms.classification"],
        ),
        ('to_classification = "t"', 'to_classification = "u"', ["concordance", "'t'"]),
        (
            'file = "firms.csv"\nclassification = "f"',
            'file = "firms.csv"\nclassification = "f:1"',
            ["key 'tables.firms.classification': 'f:1' has a ':'", "another sign"],
        ),
        (
            'to_classification = "t"',
            'to_classification = "t:x"',
            ["tables.concordance.to_classification': 't:x' has a ':'"],
        ),
        ("report = [2001, 2002]", "report = [2009]", ["2009", "first..last"]),
        ("report = [2001, 2002]", 'report = ["soon"]', ["years.report", "soon"]),
        ("first = 2000", "first = 2030", ["first is later than last"]),
        ('[tables.io_output]\nfile = "output.csv"\nclassification = "t"', "", ["io_output"]),
        ('[tables.firms]\nfile = "firms.csv"\nclassification = "f"', "", ["[tables.firms]"]),
        ('file = "trade.csv"', 'file = "trade.csv"\nunmatched = "keep"', ["need all their ends"]),
        ('file = "trade.csv"', 'file = "trade.csv"\nclassification = "f"', ["no meaning"]),
        ("[study]", "[study", ["TOML"]),
        (
            "[tables.trade_links]",
            '[tables.industry_citations]\nfile = "trade.csv"\nclassification = "f"\n'
            "[tables.trade_links]",
            ["firm_citations and industry_citations", "keep one"],
        ),
    ],
)
def test_what_is_wrong_is_named(tiny, old: str, new: str, words: list[str]) -> None:
    tiny.replace(old, new)
    with pytest.raises(StudyError) as caught:
        load_study(tiny.path)
    message = str(caught.value)
    assert str(tiny.path) in message
    for word in words:
        assert word in message


def test_no_study_file(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="spillgraph init"):
        load_study(tmp_path / "none.toml")


def test_names_from_the_environment(tiny, monkeypatch, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tiny.folder / "firms.csv").rename(elsewhere / "firms.csv")
    tiny.replace('file = "firms.csv"', 'file = "${MY_DATA:-nowhere}/firms.csv"')
    with pytest.raises(StudyError, match=r"nowhere"):
        load_study(tiny.path)
    monkeypatch.setenv("MY_DATA", str(elsewhere))
    files = load_study(tiny.path).files()
    # the name that is kept does not tell where this machine has it
    assert files["${MY_DATA}/firms.csv"] == elsewhere / "firms.csv"


def test_a_pattern_names_several_files(tiny) -> None:
    rows = (tiny.folder / "citations.csv").read_text().splitlines()
    tiny.write("citations_a.csv", "\n".join(rows[:4]) + "\n")
    tiny.write("citations_b.csv", "\n".join([rows[0], *rows[4:]]) + "\n")
    (tiny.folder / "citations.csv").unlink()
    tiny.replace('file = "citations.csv"', 'file = "citations_*.csv"')
    (source,) = load_study(tiny.path).of("firm_citations")
    assert [name for name, _ in source.files] == ["citations_a.csv", "citations_b.csv"]


def test_negative_is_a_key_of_io_flows_alone(tiny) -> None:
    tiny.replace('file = "trade.csv"', 'file = "trade.csv"\nnegative = "net"')
    with pytest.raises(StudyError, match=r"key 'tables.trade_links.negative' has no meaning"):
        load_study(tiny.path)


def test_a_study_file_may_begin_with_a_byte_order_mark(tiny) -> None:
    tiny.path.write_bytes(b"\xef\xbb\xbf" + tiny.path.read_bytes())
    assert load_study(tiny.path).about.name == "Tiny"


def test_a_study_file_in_another_encoding_says_what_to_do(tiny) -> None:
    tiny.path.write_bytes(tiny.path.read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(StudyError, match=r"is not UTF-8 \(byte 1\); save it as UTF-8"):
        load_study(tiny.path)


def test_a_lag_of_one_number_is_no_missing_key(tiny) -> None:
    tiny.replace("[options]", "[options]\nlag = [0]")
    with pytest.raises(StudyError, match=r"'options.lag' = \[0\]: a value is missing"):
        load_study(tiny.path)


def test_a_key_in_capitals_is_named(tiny) -> None:
    tiny.replace('file = "map.csv"', 'FILE = "map.csv"')
    with pytest.raises(StudyError, match="Did you mean 'file'"):
        load_study(tiny.path)


def test_a_wrong_value_that_is_a_whole_section_is_shown_in_part(tiny) -> None:
    tiny.replace('file = "map.csv"', f"file = {['x' * 50] * 99}")
    with pytest.raises(StudyError, match=r"'tables\.concordance\.file'") as caught:
        load_study(tiny.path)
    assert len(str(caught.value)) < 400
