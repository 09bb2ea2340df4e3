"""What a text of a file means: blanks cut off, texts that stand for "missing", ids in one spelling.

Pure SQL text over an expression that yields the file's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from .. import sql
from ..study_model import Clean, Entry

__all__ = [
    "MISSING",
    "UNREADABLE",
    "clean",
    "digits",
    "half_width",
    "has_digit",
    "is_odd",
    "minus",
    "missing_of",
    "normalise_text",
    "null_missing",
    "null_missing_number",
    "patent_number",
]

#: Texts that mean "missing" unless the study file says otherwise: those of R, pandas, SQL dumps,
#: Stata, spreadsheets and statistical offices.
MISSING = (
    "NA", "N/A", "n/a", "N.A.", "n.a.", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None",
    "none", "\\N", ".", "..", "...", ":", "-", "--", "---", "–", "—",
)  # fmt: skip

#: What a reader puts in place of bytes that are no text.
UNREADABLE = "\ufffd"

#: White space, control characters and what has no width: cut off at both ends, never inside.
_BLANK = (
    r"[\s\x00-\x20\x7f-\xa0\xad\x{1680}\x{180e}\x{2000}-\x{200f}\x{2028}-\x{202f}"
    r"\x{205f}-\x{2064}\x{3000}\x{feff}]+"
)


#: Letters, digits and signs as East Asian typing makes them, and what they are elsewhere.
_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000"
_NARROW = "".join(map(chr, range(0x21, 0x7F))) + " "
#: Digits of Arabic and Persian.
_EASTERN = "".join(map(chr, [*range(0x660, 0x66A), *range(0x6F0, 0x6FA)]))
_WESTERN = "0123456789" * 2


def half_width(value: str) -> str:
    """Return a text with the letters, digits and signs of ASCII in place of full-width ones.

    Unicode's NFKC does more than that (it makes ² a 2), so ids are changed on request only.
    """
    changed = f"translate({value}, {sql.text(_WIDE)}, {sql.text(_NARROW)})"
    # texts of ASCII alone, nearly all, would take as long
    return f"CASE WHEN strlen({value}) <> length({value}) THEN {changed} ELSE {value} END"


def digits(value: str) -> str:
    """Return a text with the digits of ASCII in place of Arabic, Persian and full-width ones.

    Examples
    --------
    >>> import duckdb
    >>> duckdb.sql(f"SELECT {digits('x')} FROM (VALUES ('٣٧'), ('２０１０')) AS t (x)").fetchall()
    [('37',), ('2010',)]
    """
    return f"translate({value}, {sql.text(_WIDE + _EASTERN)}, {sql.text(_NARROW + _WESTERN)})"


def minus(value: str) -> str:
    """Return a text with the minus of a keyboard in place of that of printers, which is no other.

    Examples
    --------
    >>> minus("x")
    "replace(x, '\u2212', '-')"
    """
    return f"replace({value}, '\u2212', '-')"


def missing_of(entry: Entry, besides: Sequence[str] = ()) -> list[str]:
    """Return the texts that stand for "missing" in an entry.

    Parameters
    ----------
    entry : Entry
        May list its own.
    besides : sequence of str
        Texts that are values all the same: NA is Namibia.

    Examples
    --------
    >>> missing_of(Entry(file="f.csv", missing=["-9"])), "NA" in missing_of(Entry(file="f.csv"))
    (['-9'], True)
    """
    listed = MISSING if entry.missing is None else entry.missing
    return [text for text in listed if text not in besides]


def clean(value: str, *, plain: bool = False) -> str:
    """Return a text in Unicode's composed form, without blanks around it; of ``="01"`` the 01.

    Spreadsheets write texts of digits so, lest another spreadsheet make numbers of them.

    Parameters
    ----------
    value : str
        The text as the file has it.
    plain : bool
        Whether no text is known to need it.

    Examples
    --------
    >>> clean("r.id", plain=True)
    'r.id'
    """
    if plain:
        return value
    bare = f"regexp_replace(nfc_normalize({value}), '^({_BLANK})?=\"([^\"]*)\"({_BLANK})?$', '\\2')"
    return f"regexp_replace({bare}, '^{_BLANK}|{_BLANK}$', '', 'g')"


def is_odd(text: str) -> str:
    """Return the condition that :func:`clean` may change a text: most are plain, and none is
    cleaned that need not be.

    It is empty, not ASCII, ``="…"``, or begins or ends in a blank.

    Examples
    --------
    >>> import duckdb
    >>> texts = "(VALUES ('a b'), ('a '), ('é'), ('~')) AS t (x)"
    >>> duckdb.sql(f"SELECT x FROM {texts} WHERE NOT ({is_odd('x')})").fetchall()
    [('a b',), ('~',)]
    """
    return (
        f"{text} < '!' OR {text} >= chr(127) OR strlen({text}) <> length({text}) "
        f"OR substr({text}, -1) NOT BETWEEN '!' AND '~' "
        f"OR {text} BETWEEN '=\"' AND '=#'"  # begins with ="
    )


def null_missing(value: str, missing: Iterable[str]) -> str:
    """Return a cleaned text, or NULL where it is empty or stands for "missing".

    Examples
    --------
    >>> null_missing("x", ["NA"])
    "CASE WHEN x NOT IN ('', 'NA') THEN x END"
    """
    listed = ", ".join(sql.text(text) for text in ["", *missing])
    return f"CASE WHEN {value} NOT IN ({listed}) THEN {value} END"


def null_missing_number(value: str, missing: Iterable[str], number: Callable[[str], str]) -> str:
    """Do as :func:`null_missing` does; of a listed number any spelling is missing.

    Parameters
    ----------
    value : str
        The text, as SQL.
    missing : iterable of str
        Texts that stand for "missing".
    number : callable
        Returns, as SQL, the number that a text spells.

    Examples
    --------
    >>> null_missing_number("x", ["NA"], str) == null_missing("x", ["NA"])
    True
    >>> null_missing_number("x", ["-9.0"], lambda text: f"{text}::DOUBLE").split(" THEN ")[0]
    "CASE WHEN NOT coalesce(x::DOUBLE IN ('-9.0'::DOUBLE), false)"
    """
    listed = list(missing)
    numbers = [number(sql.text(text)) for text in listed if has_digit(text)]
    if not numbers:
        return null_missing(value, listed)
    same = f"coalesce({number(value)} IN ({', '.join(numbers)}), false)"
    return f"CASE WHEN NOT {same} THEN {null_missing(value, listed)} END"


def has_digit(text: str) -> bool:
    """Whether a text may be a number."""
    return any(sign.isdigit() for sign in text)


def normalise_text(value: str, steps: Clean | None) -> str:
    """Return an id or code in the one spelling that the study file asks for."""
    if steps is None:
        return value
    if steps.half_width:
        value = half_width(value)
    if steps.patent:
        value = patent_number(value)
    for words, pattern in ((steps.drop_prefix, "^({})"), (steps.drop_suffix, "({})$")):
        # The longest first: of 'X' and 'XY' the second is cut off XY.
        if cut := sorted(filter(None, words), key=len, reverse=True):
            literal = pattern.format("|".join(map(_quote, cut)))
            value = f"regexp_replace({value}, {sql.text(literal)}, '')"
    if steps.case:
        value = f"{steps.case}({value})"
    if steps.zfill:
        bare = f"regexp_replace({value}, '^(\\d+)\\.0+$', '\\1')"
        short = f"regexp_full_match({bare}, '\\d+') AND length({bare}) < {steps.zfill}"
        value = f"CASE WHEN {short} THEN lpad({bare}, {steps.zfill}, '0') ELSE {bare} END"
    return f"nullif({value}, '')"


def _quote(word: str) -> str:
    """Quote a text for a regular expression: letters and digits stay, the rest is escaped."""
    return "".join(c if c.isalnum() or ord(c) > 127 else f"\\x{ord(c):02x}" for c in word)


def patent_number(value: str) -> str:
    """Return a patent number without country US, kind code, punctuation and leading zeros.

    ``US-1234567-B2``, ``US 1,234,567`` and ``1234567`` are one; so are ``D668832`` and
    ``USD0668832S1``. Numbers of other offices keep their country.
    """
    bare = f"regexp_replace(upper({value}), '[^A-Z0-9]', '', 'g')"
    national = f"regexp_replace({bare}, '^US', '')"
    number = f"regexp_replace({national}, '(\\d)[A-Z]\\d?$', '\\1')"
    # zeros before the letter, too: padded to eight signs, D400004 is 0D400004
    return f"regexp_replace({number}, '^0*([A-Z]*)0*(\\d)', '\\1\\2')"
