"""What a matrix says it is, held against what a function needs: exchanged arguments are told."""

from __future__ import annotations

import re
from typing import Literal

from .errors import InputError, show

__all__ = ["flow_of", "require_role"]

#: Names that the program gives, and what they stand for.
MEANING = {
    "S": "production shares",
    "W": "citation shares",
    "K": "numbers of citations",
    "Z": "flows of goods",
    "psi": "a multiplier",
}
_SAME = {"citations": "K", "trade": "Z", "U": "psi", "V": "psi"}
#: Of which kind of flow each is.
FLOW: dict[str, Literal["goods", "citations"]] = {
    "S": "goods",
    "Z": "goods",
    "W": "citations",
    "K": "citations",
}
_NAME = re.compile(r"(S|W|K|Z|psi|U|V|citations|trade)(?![A-Za-z])")
_REMEDY = {
    "SW": "Are the arguments exchanged? S comes before W.",
    "WS": "Are the arguments exchanged? S comes before W.",
    "SZ": "production_shares makes it of flows.",
    "WK": "citation_shares makes it of citations.",
    "KW": "Give the citations that the shares were made of.",
    "ZS": "Give the flows that the shares were made of.",
}


def flow_of(role: str | None) -> Literal["", "goods", "citations"]:
    """Say which kind of flow a role is.

    Parameters
    ----------
    role : str or None
        ``S``, ``W``, ``K``, ``Z``, or nothing.

    Returns
    -------
    {"", "goods", "citations"}

    Examples
    --------
    >>> flow_of("Z"), flow_of(None)
    ('goods', '')
    """
    return FLOW[role] if role else ""


def require_role(name: str, unit: str, role: str) -> None:
    """Refuse a matrix whose name or unit says that it is something else than what is needed.

    Names that the program does not give say nothing.

    Parameters
    ----------
    name, unit : str
        Of the matrix; a year may follow the name, as in ``W_2020``.
    role : {"S", "W", "K", "Z"}
        What is needed.

    Raises
    ------
    InputError
        If they contradict.

    Examples
    --------
    >>> require_role("W_2020", "share", "W"), require_role("inputs", "", "S")
    (None, None)
    >>> require_role("S", "share of gross output", "Z")
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: Z: the matrix given here is called 'S' (production shares); \
Z (flows of goods) is needed. Give the flows that the shares were made of.
    """
    match = _NAME.match(name)
    kind = _SAME.get(match[1], match[1]) if match else None
    needed = f"{role} ({MEANING[role]}) is needed."
    if kind is not None and kind != role:
        remedy = _REMEDY.get(role + kind, "Are two arguments exchanged?")
        raise InputError(
            f"{role}: the matrix given here is called {show(name)} ({MEANING[kind]}); {needed} "
            f"{remedy}"
        )
    wrong = "gross output" if FLOW[role] == "citations" else "citation"
    if wrong in unit.lower():
        raise InputError(
            f"{role}: the unit of the matrix given here is {show(unit)}; {needed} "
            "Are two arguments exchanged?"
        )
