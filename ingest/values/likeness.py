"""What is left of a code without its spelling, and what a reader cannot see of two spellings.

A code comes with capitals or without, ``&`` as ``&amp;``, a printer's hyphen for the keyboard's, a
footnote sign, or an А that is Cyrillic: to a program these are as many codes.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable

import duckdb
import pyarrow as pa

from .alike import with_keys

__all__ = ["FOOTNOTES", "bare", "likeness", "name_lookalikes"]

#: Small letters of other scripts that, small or capital, look like one of ours.
_TWINS = dict(
    zip(
        "авекмнорстухіјѕ" + "αβεζηικμνορτυχ",
        "abekmhopctyxijs" + "abezhikmnoptyx",
        strict=True,
    )
)
#: Sections from one to another: B-E is not BE.
_SECTIONS = re.compile("[A-Za-z]-[A-Za-z]")
#: Signs behind a code that point to a footnote.
FOOTNOTES = "*†‡§#¹²³⁰⁴⁵⁶⁷⁸⁹"


def bare(code: str) -> str:
    """Return a code without leading zeros, and without what a number's spelling adds.

    Zeros behind a point say something (``1.01`` is not ``1.1``), so they stay.

    Parameters
    ----------
    code : str
        A code.

    Examples
    --------
    >>> [bare(code) for code in ("01", "1.0", "05+06", "A01", "1.01", "0", "00")]
    ['1', '1', '5+6', 'A1', '1.01', '0', '0']
    """
    whole = re.sub(r"^(\d+)\.0+$", r"\1", code)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", whole)


def likeness(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, str]:
    """Return for each code what it is without its spelling: codes with one likeness may be one.

    Without case, width, blanks, punctuation (between digits it is one sign), entities of HTML,
    leading zeros, signs of footnotes, and the script of letters that look the same. ``10.30`` is
    like ``10.3`` where both are there, but not where 10.1 to 10.9 are: then they are numbered.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Any connection.
    codes : collection of str
        All codes of a classification.

    Returns
    -------
    dict of str to str
        Only of codes with a letter or a digit.

    Examples
    --------
    >>> with duckdb.connect() as con:
    ...     like = likeness(con, ["C10-C12", "c10\u2013C12*", "10.3", "10.30", "A-", "A", "1-1"])
    >>> sorted(like.values())
    ['1-1', '10.3', '10.3', 'a', 'a-', 'c10c12', 'c10c12']
    """
    con.register("_codes_like", pa.table({"c": list(codes), "v": [_fold(code) for code in codes]}))
    try:
        rows = con.execute(f"SELECT c, plain FROM ({with_keys('_codes_like')})").fetchall()
    finally:
        con.unregister("_codes_like")
    forms = {
        str(code): str(code).lower() if _SECTIONS.fullmatch(code) else bare(plain)
        for code, plain in rows
        if plain
    }
    for code in list(forms):
        short = code.rstrip("0")
        if re.fullmatch(r"\d+\.\d*[1-9]0+", code) and short in forms:
            stem = short.split(".")[0]
            if not all(f"{stem}.{digit}" in forms for digit in range(1, 10)):
                forms[code] = forms[short]
    return forms


def _fold(code: str) -> str:
    """Return a code without entities, marks that have no width, footnote signs, and scripts."""
    text = html.unescape(html.unescape(code))
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    text = text.rstrip(FOOTNOTES) or text
    return "".join(_TWINS.get(sign, sign) for sign in text.casefold())


def name_lookalikes(code: str, others: Iterable[str]) -> list[str]:
    """Name the signs of a code that look like one of the others', with their code points.

    Parameters
    ----------
    code : str
        A code.
    others : iterable of str
        Codes of the same likeness.

    Examples
    --------
    >>> name_lookalikes("\u0410", ["A"]), name_lookalikes("A", ["\u0410"])
    (['U+0410 Cyrillic capital letter a'], [])
    >>> name_lookalikes("C1\u2013C2", ["C1-C2"])
    ['U+2013 En dash']
    """
    theirs = "".join(others).casefold()
    names = []
    for sign in dict.fromkeys(code):
        twin = _TWINS.get(sign.casefold())
        mark = ord(sign) > 0x7F and unicodedata.category(sign)[0] in "PS"
        if sign.casefold() not in theirs and (mark or (twin is not None and twin in theirs)):
            names.append(f"U+{ord(sign):04X} {unicodedata.name(sign, 'a sign').capitalize()}")
    return names
