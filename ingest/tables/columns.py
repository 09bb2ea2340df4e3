"""Columns that several tables have."""

from __future__ import annotations

from ...graph.schema import UNMAPPED
from ..declared import Column

__all__ = [
    "CLASSIFIED",
    "amount",
    "code",
    "count",
    "date",
    "label",
    "latitude",
    "level",
    "longitude",
    "money",
    "share",
    "year",
]

#: Tag of tables that are in one classification.
CLASSIFIED = ("classification",)


def year(meaning: str) -> Column:
    """Return a year that must be given and lie in the study's."""
    return Column("year", "year", meaning, "year", required=True)


def date(name: str, meaning: str, *, within: bool = False, absent: str = "") -> Column:
    """Return a year that may be missing; an unreadable one refuses the row."""
    return Column(name, "year", meaning, "year", within=within, strict=True, absent=absent)


def share(meaning: str, absent: str) -> Column:
    """Return a share, and say what holds where the column is not there."""
    about = f"{meaning}; without it {absent}"
    return Column("share", "float", about, "share", minimum=0, strict=True, absent=absent)


def count(meaning: str) -> Column:
    """Return how often a row counts."""
    absent = "every row counts as one"
    return Column("count", "float", meaning, "citations", minimum=0, absent=absent)


def code(name: str, meaning: str) -> Column:
    """Return an industry code that must be given."""
    return Column(name, "string", meaning, required=True, code="classification", reserved=UNMAPPED)


def label(name: str, meaning: str) -> Column:
    """Return a code that no list of industries can refuse."""
    return Column(name, "string", meaning, required=True, label=True)


def latitude() -> Column:
    """Return a latitude, which means nothing without its longitude."""
    return Column("lat", "float", "latitude", "degrees", minimum=-90, maximum=90, pair="lon")


def longitude() -> Column:
    """Return a longitude, which means nothing without its latitude."""
    return Column("lon", "float", "longitude", "degrees", minimum=-180, maximum=180, pair="lat")


def money(name: str, meaning: str, *, required: bool, minimum: float | None = 0) -> Column:
    """Return an amount of money."""
    return Column(name, "float", meaning, "study's money unit", required, minimum)


def level(name: str, meaning: str) -> Column:
    """Return a level, of which the logarithm is taken."""
    return Column(name, "float", meaning, "any, or an index", strict=True, positive=True)


def amount(name: str, meaning: str, unit: str, minimum: float | None = None) -> Column:
    """Return a number whose bad value refuses the row."""
    return Column(name, "float", meaning, unit, minimum=minimum, strict=True)
