"""Mutations of study files: every key with values that are right, strange and wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from spillgraph.ingest.contract import TABLES

from .damage import PUT
from .studies import Draft
from .tables import CELLS

__all__ = ["mutate_keys", "mutate_text"]

WRONG: tuple[Any, ...] = (
    "", " ", "x", 0, 1, -1, 2, 10**9, 10**30, 0.5, -0.5, 1.0, True, False, [], [1], ["x"], [""],
    {}, {"x": 1}, {"x": "y"}, [[1]], [{"x": 1}], "é", "\x00", "'", '"', "\\", "*", "**", "..",
    "/", "${X}", "{}", "%Y",
)  # fmt: skip

SIGNS = (
    '"', "'", "\\", ",", ";", "\t", "|", " ", "\n", "\r", "\x00", "§", "é", "#", "1", ".", "",
    "ab", "🙂", "^",
)  # fmt: skip

FORMATS = (
    "%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y-%m", "%b %Y", "%y", "%Q", "%", "Y", "%Y%Y", "%H:%M", "%j",
    "%Y %Z", "%Y'",
)  # fmt: skip

#: Values of keys of an entry that are right somewhere.
ENTRY: dict[str, tuple[Any, ...]] = {
    "file": (
        "firms.csv",
        "nothing.csv",
        "*.csv",
        "**/*",
        ".",
        "..",
        "study.toml",
        "f[1].csv",
        "~",
        "?.csv",
    ),
    "unmatched": ("reject", "keep", "drop"),
    "negative": ("refuse", "keep", "net"),
    "repeat": ("add", "first", "refuse"),
    "missing": ([], [""], ["NA"], ["0"], ["A", "F01"], ["-9", ":"], ["'"]),
    "decimal": (".", ","),
    "thousands": (",", ".", " ", "'", "’"),
    "flags": (["p"], ["p", "e"], ["0"], ["."], ["1"], ["*"], ["("], ["\\"], ["'"]),
    "format": (*FORMATS, list(FORMATS[:3])),
    "fiscal": (
        {"begins": 7},
        {"begins": 7, "named": "end"},
        {"named": "start"},
        {"begins": 13},
        {},
    ),
    "classification": ("f", "t", "", "x", "'"),
    "from_classification": ("f", "t", "x"),
    "to_classification": ("f", "t", "x"),
    "delimiter": SIGNS,
    "encoding": (
        "utf-8",
        "utf-8-sig",
        "cp1252",
        "gb18030",
        "utf-16",
        "utf-7",
        "ascii",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "base64",
        "unicode_escape",
        "cp037",
        "shift_jis",
        "zip",
        "utf-32",
        "mbcs",
        "undefined",
        "raw_unicode_escape",
    ),
    "quote": SIGNS,
    "escape": SIGNS,
    "line_breaks": (True, False),
    "short_rows": ("fill", "refuse"),
    "skip": (0, 1, 2, 5, 1000, 10**12),
    "comment": ("#", "F", "A", "0", "//", '"', "\n", "c", "é", ","),
    "header": (True, False),
    "names": (
        [],
        ["a"],
        ["citing", "cited", "year", "count"],
        ["id"] * 8,
        list("abcdefgh"),
        [""],
        ["code", "name"],
    ),
    "units_row": (True, False),
    "partitions": ([], ["year"], ["year", "year"], ["x"], [""]),
    "type": ("csv", "parquet", "stata", "sheet"),
    "member": ("inside.csv", "x", "", "../x"),
    "sheet": ("Data", "data", 1, 0, -1, 2, "", 10**20),
    "range": (
        "A1:C3",
        "A1:",
        "A2:",
        "C3:A1",
        "A0:B2",
        "ZZZ1:ZZZ9",
        "A1",
        "",
        "A1:A1",
        "A99999999999:",
        "$A$1:$B$2",
    ),
    "header_rows": (1, 2, 3, 50, 10**10),
    "label_columns": (1, 2, 3, 50),
    "row_labels": ("citing", "code", "x", ""),
    "beside": ([], ["year"], ["citing", "year"], ["x"], [""]),
    "fill_down": ([], ["citing"], ["year", "year"], ["x"], [""]),
    "labels": ("labels", "codes"),
    "wide": (
        {"rows": "supplier", "columns": "user", "values": "value"},
        {"rows": "citing", "columns": "cited", "values": "count"},
        {"rows": "user", "columns": "user", "values": "value"},
        {"rows": "x", "columns": "y", "values": "z"},
        {"rows": "a"},
    ),
    "printed": (
        {"gross_output": "OUT"},
        {"gross_output": "X"},
        {"gross_output": ["OUT", "OUT"]},
        {},
        {"gross_output": []},
        {"value_added": ["VA"]},
        {"industry": "A"},
    ),
}

CLEAN: tuple[dict[str, Any], ...] = (
    {"patent": True},
    {"drop_prefix": "F"},
    {"drop_suffix": "1"},
    {"drop_prefix": "'"},
    {"case": "lower"},
    {"case": "upper"},
    {"half_width": True},
    {"zfill": 1},
    {"zfill": 6},
    {"zfill": 40},
    {"zfill": 41},
    {},
    {"drop_prefix": "F0", "zfill": 2},
    {"patent": True, "case": "lower", "zfill": 8},
)

SECTIONS: dict[str, dict[str, tuple[Any, ...]]] = {
    "study": {
        "name": ("", "x", "é\n", "[red]x[/]", "<b>"),
        "target": ("f", "t", "", "x", "'"),
        "count": ("", "patents", "[/]"),
        "money": ("", "€", "[bold"),
        "synthetic": (True, False),
        "description": ("", "d" * 500),
    },
    "years": {
        "first": (1500, 2000, 2001, 2005, 2010, -5, 0),
        "last": (2200, 2001, 2002, 1999, 9999),
        "report": ([], [2001], [2002, 2002], [2006, 2001], [1], [2000]),
    },
    "options": {
        "self_citations": ("include", "exclude"),
        "diagonal": ("split", "keep"),
        "production": ("trade_links", "io_flows"),
        "citation_weight": ("full", "fractional"),
        "depreciation": (0.0, 0.15, 1.0, 0, 1, -0.1, 1.5),
        "window": (1, 5, 0, 10**9),
        "normalisation": ("row", "offdiag", "column"),
        "rho": (0.5, 0.999999, 1e-300, 0, 1.0),
        "lag": ([0, 5], [5, 0], [-3, 3], [0], [1, 2, 3], [0, 10**12]),
        "interval": ("each", "spread"),
        "accounts": ("stop", "warn"),
    },
    "outputs": {"formats": (["npz"], ["csv", "mtx"], [], ["xlsx"]), "figures": (["svg"], [])},
    "make_use": {
        "technology": ("industry", "commodity"),
        "scrap": ([], ["s"], ["a"], ["x"]),
        "value_added": ([], ["va"], ["a", "va"]),
        "final_demand": ([], ["fd"], ["A"], ["fd", "x"]),
        "negative": ("refuse", "keep", "net"),
    },
}

#: Keys of an entry that only some tables may have; others are tried there, but seldom.
ONLY = {
    "printed": "io_output",
    "negative": "io_flows",
    "from_classification": "concordance",
    "to_classification": "concordance",
}


def _misspelt(key: str, random_: random.Random) -> str:
    at = random_.randrange(len(key) + 1)
    return random_.choice(
        (key[:at] + key[at + 1 :], key.upper(), key + "s", key[:at] + "x" + key[at:])
    )


def _entry(draft: Draft, random_: random.Random) -> str:
    """Set one key of an entry to one of its values."""
    name, entry = random_.choice(draft.entries())
    keys = [key for key in ENTRY if ONLY.get(key, name) == name or random_.random() < 0.05]
    key = random_.choice((*keys, "columns", "where", "where_not", "constants", "match", "clean"))
    own = _own(draft, entry, random_)
    columns = [each.name for table in TABLES if table.name == name for each in table.columns]
    ours = random_.choice(columns or ["x"])
    match key:
        case "columns":
            value: Any = random_.choice((own, own, "", "x"))
        case "where" | "where_not":
            ours = own
            value = random_.choice((random_.choice(CELLS), "A", ["A", "F01"], 2001, [], True))
        case "constants":
            value = random_.choice((2001, "2001", 1.5, "A", "F01", "", -1, random_.choice(CELLS)))
        case "match":
            other = random_.choice(sorted(draft.grids))
            head = (draft.grids[other].rows or [["x"]])[0] or ["x"]
            value = {"file": other, "key": head[0], "value": head[-1], "by": own}
        case "clean":
            value = dict(random_.choice(CLEAN))
        case _:
            entry[key] = random_.choice(ENTRY[key])
            return f"{name}.{key} = {entry[key]!r}"
    if isinstance(entry.setdefault(key, {}), dict):
        entry[key][ours] = value
    return f"{name}.{key} = {entry[key]!r}"


def _own(draft: Draft, entry: dict[str, Any], random_: random.Random) -> str:
    """Return a column of the entry's file, mostly."""
    grid = draft.grids.get(str(entry.get("file")))
    names = grid.rows[0] if grid and grid.rows else []
    return random_.choice((*names, *names, "x"))


def _section(draft: Draft, random_: random.Random) -> str:
    there = [each for each in sorted(SECTIONS) if each != "make_use" or each in draft.study]
    section = random_.choice((*there, "options", "options"))
    key = random_.choice(sorted(SECTIONS[section]))
    keys = draft.study.setdefault(section, {})
    if isinstance(keys, dict):
        keys[key] = random_.choice(SECTIONS[section][key])
    return f"{section}.{key}"


def _places(value: Any) -> list[dict[str, Any]]:
    """Return every dictionary within a study file."""
    if isinstance(value, dict):
        return [value, *(place for each in value.values() for place in _places(each))]
    if isinstance(value, list):
        return [place for each in value for place in _places(each)]
    return []


def _anywhere(draft: Draft, random_: random.Random) -> str:
    """Drop, misspell or double a key, or give it a value of another type."""
    place = random_.choice([each for each in _places(draft.study) if each])
    key = random_.choice(sorted(place))
    match random_.randrange(4):
        case 0:
            del place[key]
            return f"{key} dropped"
        case 1:
            place[_misspelt(key, random_)] = place.pop(key)
            return f"{key} misspelt"
        case 2:
            place[random_.choice((*ENTRY, "x", "", "a.b"))] = random_.choice(WRONG)
            return "a strange key"
        case _:
            place[key] = random_.choice(WRONG)
            return f"{key} = {place[key]!r}"


def mutate_keys(draft: Draft, random_: random.Random) -> None:
    """Change the study file."""
    ways: tuple[Callable[[Draft, random.Random], str], ...] = (_entry, _entry, _entry, _section)
    way = _anywhere if random_.random() < 0.1 or not draft.entries() else random_.choice(ways)
    draft.done.append(f"study file: {way(draft, random_)}")


def mutate_text(data: bytes, random_: random.Random) -> bytes:
    """Change the text of a study file."""
    at = random_.randrange(len(data) + 1)
    return random_.choice((
        data[:at],
        data[:at] + random_.choice(PUT) + data[at:],
        data[:at] + data[at + 1 :],
        data.replace(b"\n", b"\r\n"),
        data + data,
        data.decode("utf-8", "replace").encode("utf-16"),
        b"\xef\xbb\xbf" + data,
    ))  # fmt: skip
