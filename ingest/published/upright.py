"""Whether a table of any source lies the right way: suppliers in rows, users in columns."""

from __future__ import annotations

import re

import numpy as np

from ...core.errors import InputError, nearest, show
from .block import COMMODITY, FINAL, SECTOR, VALUE_ADDED, Block, Line

__all__ = [
    "require_imports_below",
    "require_made",
    "require_one_spelling",
    "require_same_industries",
    "require_upright",
]

#: Payments and final uses that no table has on the other side, in words: codes may be a product's.
_PAID = re.compile(
    r"(gross |net )?value added.*|wages.*|compensation.*|(gross |net )?operating surplus.*|profits",
    re.IGNORECASE,
)
_PHYSICAL = re.compile(
    r"(?!.*(compensation|wage|salar|contribution|income|remuneration|cost|tax|permit|allowance))"
    r"((total )?(employment|employees|persons|jobs|workers|hours worked|full-time equivalent)\b.*"
    r"|.*\b(emissions?|CO2|terajoules|tonnes|hectares)\b.*)",
    re.IGNORECASE,
)
_IMPORTED = re.compile(r"(less:? )?imports?( of goods.*| \(.*\)|, .*)?|P7|F050\w*", re.IGNORECASE)
_USED = re.compile(
    r"exports?\b.*|(private |government |household )?(final )?consumption\b(?! of fixed).*"
    r"|investment|(gross )?(fixed )?capital formation.*",
    re.IGNORECASE,
)


def require_upright(block: Block) -> None:
    """Refuse a table whose final uses are payments by their names, or the reverse.

    So are rows below it that are no money: persons, hours, emissions.

    Parameters
    ----------
    block : Block
        Of a symmetric or a use table.

    Raises
    ------
    InputError
        Naming one of them.
    """
    paid = [line for line in block.rows if line.kind == VALUE_ADDED]
    physical = next((line for line in paid if _called(line, _PHYSICAL)), None)
    if physical is not None:
        raise InputError(
            f"{block.file}: the row {show(physical.code)} ({physical.place}) is no amount of money "
            "by its name, and would be a payment. Leave it out: --leave-out (leave_out=[…])."
        )
    used = [line for line in block.columns if line.kind == FINAL]
    for wrong, form, right, is_, looks in (
        (used, _PAID, paid, "a column and no row, as final uses are", "a payment"),
        (paid, _USED, used, "a row and no column, as payments are", "a final use"),
    ):
        odd = next((line for line in wrong if _called(line, form)), None)
        if odd is not None and not any(_called(line, form) for line in right):
            raise InputError(
                f"{block.file}: {show(odd.code)} is {is_}, and by its name {looks}: rows and "
                "columns are exchanged. Suppliers (commodities) belong in rows, users in columns: "
                "turn the table round, or exchange the names of the two columns of labels."
            )


def require_made(make: Block) -> None:
    """Refuse a make table whose lines are payments or final uses: it is a use table.

    Parameters
    ----------
    make : Block

    Raises
    ------
    InputError
        Naming one of them.
    """
    for lines, kind, form, what in (
        (make.rows, SECTOR, _PAID, "a payment"),
        (make.columns, COMMODITY, _USED, "a final use"),
    ):
        odd = next((each for each in lines if each.kind == kind and _called(each, form)), None)
        if odd is not None:
            raise InputError(
                f"{make.file}: {show(odd.code)} ({odd.place}) is {what} by its name, and stands in "
                "what is called a make or supply table: the make and the use table are exchanged. "
                "Exchange their names."
            )


def require_imports_below(block: Block) -> None:
    """Refuse imports among final uses that are above 0: uses hold them, and they are taken off.

    Parameters
    ----------
    block : Block
        Of a table of one country.

    Raises
    ------
    InputError
        Naming the column.
    """
    for at, line in enumerate(block.columns):
        if line.kind != FINAL or line.country or not _called(line, _IMPORTED):
            continue
        supplied = [row.kind in (SECTOR, COMMODITY) for row in block.rows]
        whole = float(np.nansum(block.values[supplied, at]))
        if whole > 0:
            raise InputError(
                f"{block.file}: the final use {show(line.code)} ({line.place}) is {whole:,.6g} in "
                "all. Imports are part of all uses and taken off again, so they are below 0: "
                "change their sign, or leave the column out (--leave-out) where uses hold none."
            )


def _called(line: Line, form: re.Pattern[str]) -> bool:
    return bool(form.fullmatch(line.code) or form.fullmatch(line.name))


def require_same_industries(make: Block, use: Block) -> None:
    """Refuse make and use tables of which one has an industry that the other does not have.

    Parameters
    ----------
    make, use : Block

    Raises
    ------
    InputError
        Naming the first, and what is likely wrong.
    """
    made = {line.code: line for line in make.rows if line.kind == SECTOR}
    using = {line.code: line for line in use.columns if line.kind == SECTOR}
    for mine, other, here, there in (
        (made, using, make.file, f"no column of {use.file}"),
        (using, made, use.file, f"no row of {make.file}"),
    ):
        line = next((line for code, line in mine.items() if code not in other), None)
        if line is not None:
            raise InputError(
                f"{here}: the industry {show(line.code)} ({line.place}) is {there}. "
                f"{_why(line, make, use)}"
            )


def _why(odd: Line, make: Block, use: Block) -> str:
    goods = {line.code for line in make.columns if line.kind == COMMODITY}
    users = {line.code for line in use.columns}
    made = {line.code for line in make.rows if line.kind == SECTOR}
    if len(goods & users) > len(made & users):
        return (
            "Its columns are the commodities of the make table: one of the two tables is turned "
            "round. Commodities are columns of a make table and rows of a use table; a table of "
            "what is made with commodities in rows is a supply table, and its file is called so."
        )
    alike = [code for code in users ^ made if code.casefold() == odd.code.casefold()]
    alike = [code for code in alike if code != odd.code]
    hint = f"{nearest(odd.code, alike)} " if alike else ""
    return f"{hint}Give make and use tables of one year, level and edition."


def require_one_spelling(make: Block, use: Block) -> None:
    """Refuse a commodity that make and use tables spell in two ways: it would be two.

    Parameters
    ----------
    make, use : Block

    Raises
    ------
    InputError
        Naming both spellings.
    """
    made = [line.code for line in make.columns if line.kind == COMMODITY]
    used = [line.code for line in use.rows if line.kind == COMMODITY]
    alone = {code.casefold(): code for code in made if code not in set(used)}
    for code in used:
        other = alone.get(code.casefold())
        if code not in set(made) and other is not None:
            raise InputError(
                f"{use.file}: the commodity {show(code)} is called {show(other)} in {make.file}; "
                "write it in one way."
            )
