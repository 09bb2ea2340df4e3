"""Counts and amounts as sentences and screens show them."""

from __future__ import annotations

__all__ = ["amount", "counted", "verb"]

#: From here on six digits hold no tenths, and the next number would be shown as a power of ten.
_SIX_DIGITS = 999_999.5
#: From here on a number with twelve digits has none behind the point.
_NO_TENTHS = 1e11
#: Above it nobody counts digits.
_LARGEST = 1e15


def counted(number: int, one: str, several: str = "") -> str:
    """Return a count with its noun, and with what the noun does.

    Parameters
    ----------
    number : int
        How many there are.
    one, several : str
        What follows a count of 1, and any other; by default the noun with an s.

    Examples
    --------
    >>> counted(1, "row"), counted(2_345, "row"), counted(0, "row")
    ('1 row', '2,345 rows', '0 rows')
    >>> counted(1, "row was refused", "rows were refused")
    '1 row was refused'
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def amount(value: float) -> str:
    """Return a number with commas between thousands: whole numbers in full, others in six digits.

    3,580,712.4 and not 3.58071e+06, which nobody compares with 260,518. Beyond the twelfth digit
    stands what rounding leaves.

    Examples
    --------
    >>> amount(260_518), amount(3_580_712.4), amount(0.1 + 0.2), amount(1_234.5678)
    ('260,518', '3,580,712.4', '0.3', '1,234.57')
    >>> amount(2.5e20), amount(1e-7)
    ('2.5e+20', '1e-07')
    """
    if abs(value) >= _LARGEST:
        return f"{value:.6g}"
    if not float(value).is_integer():
        value = float(f"{value:.12g}")
    if float(value).is_integer():
        return f"{value:,.0f}"
    if abs(value) < _SIX_DIGITS:
        return f"{value:,.6g}"
    return f"{value:,.{1 if abs(value) < _NO_TENTHS else 0}f}"


def verb(number: int, one: str, several: str) -> str:
    """Return what so many do: it stands apart from their noun.

    Examples
    --------
    >>> f"{1:,} of {counted(8, 'row')} {verb(1, 'was', 'were')} refused"
    '1 of 8 rows was refused'
    """
    return one if number == 1 else several
