"""The panel behind comovement: growth, shares and aggregates of industries and groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...analytics.comovement import fill_gaps, growth_rates, long_run_shares
from ...core.errors import InputError, nearest, show, show_some

__all__ = ["GIVEN", "Panels", "read_panels", "years_of"]

_NAME = "table industry_panel"
#: What is in the table where it holds no levels.
GIVEN = "given"
_SIDES = ("rd", "output")
#: By how much shares may miss a sum of 1, as in ``decompose_cov``.
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Panels:
    """Growth and shares of R&D and output; names of the columns are those of the table.

    Parameters
    ----------
    growth : dict of str to pandas.DataFrame, each shape (T, N)
        Of ``rd`` and ``output``; NaN where not known.
    shares : dict of str to pandas.Series, length N
        Long-run shares, each of sum 1.
    totals : dict of str to pandas.Series, length T
        Growth of the sums of levels; none where growth is given.
    filled, left : pandas.Series of int, length N
        Gaps in rd that were filled in, and gaps in both columns that stay.
    """

    growth: dict[str, pd.DataFrame]
    shares: dict[str, pd.Series[float]]
    totals: dict[str, pd.Series[float]]
    filled: pd.Series[int]
    left: pd.Series[int]


def read_panels(
    rows: pd.DataFrame, labels: list[str], how: str, gaps: str, span: tuple[int | None, int | None]
) -> dict[str, Panels]:
    """Return the panels of industries, and of groups where the table names them.

    Parameters
    ----------
    rows : DataFrame
        The accepted rows of the table.
    labels : list of str
        The sectors, in their order.
    how : {"log", "pct", "given"}
        Kind of growth; ``given`` where the table holds growth and no levels.
    gaps : {"total", "leave", "refuse"}
        What happens to missing rd.
    span : tuple of int or None
        First and last year of the rows to take.

    Returns
    -------
    dict of str to Panels
        ``industries``, and perhaps ``groups``.

    Raises
    ------
    InputError
        If a code is no sector, a column or a level is missing, a level is not above 0, growth comes
        without shares, or a sector is in two groups.
    """
    codes = _sectors(rows, labels)
    wide = _wide(rows, codes, span, 2 if how == GIVEN else 3)
    _require_both(wide)
    filled = pd.Series(0, codes)
    if gaps == "total" and how != GIVEN and wide["rd_total"].notna().any(axis=None):
        _require_levels("rd", wide["rd"])
        _require_levels("rd_total", wide["rd_total"])
        done = fill_gaps(wide["rd"], wide["rd_total"])
        wide["rd"], filled = done.levels, done.filled
    left = wide["rd"].isna().sum() + wide["output"].isna().sum()
    if gaps == "refuse" and left.any():
        _refuse_gap(wide, left)
    found = {"industries": _industries(wide, how, filled, left)}
    groups = _groups(rows, codes)
    if groups is not None:
        found["groups"] = _grouped(found["industries"], wide, groups, how)
    return found


def _sectors(rows: pd.DataFrame, labels: list[str]) -> list[str]:
    """Return the sectors of the table in the order of the study, those of others refused."""
    codes = list(dict.fromkeys(rows["industry"]))
    if strange := [code for code in codes if code not in set(labels)]:
        raise InputError(
            f"{_NAME}: {show_some(strange)} {'are' if strange[1:] else 'is'} no sector of the "
            f"study. {nearest(strange[0], labels)} Correct it, or leave it out with where_not."
        )
    return [label for label in labels if label in set(codes)]


def _wide(
    rows: pd.DataFrame, codes: list[str], span: tuple[int | None, int | None], steps: int
) -> dict[str, pd.DataFrame]:
    """Return each column of numbers as years × sectors, refused where years are too few."""
    low, high = years_of(rows)
    first, last = (max(low, span[0] or low), min(high, span[1] or high))
    if last - first < steps:
        got = f"got {first} to {last}" if last >= first else "got none"
        raise InputError(
            f"{_NAME}: comovement needs three years of growth, {got}; the table has {low} "
            f"to {high}, see first and last under [comovement]."
        )
    years = pd.RangeIndex(first, last + 1, name="year")
    names = (*_SIDES, "rd_total", *(f"{side}_share" for side in _SIDES))
    return {
        name: rows.pivot(index="year", columns="industry", values=name)
        .reindex(index=years, columns=codes)
        .astype(float)
        for name in names
    }


def years_of(rows: pd.DataFrame) -> tuple[int, int]:
    """Return the first and the last year of which there is R&D or output of any sector.

    Parameters
    ----------
    rows : DataFrame
        The accepted rows of the table.
    """
    years = rows.loc[rows[list(_SIDES)].notna().any(axis=1), "year"]
    years = years if len(years) else rows["year"]
    return int(years.min()), int(years.max())


def _require_both(wide: dict[str, pd.DataFrame]) -> None:
    """Refuse sectors without any R&D or output in the years that count."""
    for side in _SIDES:
        panel = wide[side]
        if lacking := list(panel.columns[panel.isna().all()]):
            raise InputError(
                f"{_NAME} has no {side} of {show_some(lacking)} in any year from "
                f"{panel.index[0]} to {panel.index[-1]}; comovement needs R&D and output of every "
                "sector in the table. Give them, or leave the sectors out with where_not."
            )


def _require_levels(name: str, panel: pd.DataFrame) -> None:
    """Refuse what is no level, naming the first."""
    low = np.argwhere(panel.to_numpy() <= 0)
    if len(low):
        t, i = low[0]
        raise InputError(
            f"{_NAME}: {name} of {show(panel.columns[i])} in {panel.index[t]} is "
            f"{panel.iloc[t, i]:g}, and growth needs a level above 0. Leave the cell empty if it "
            f'is not known; if the table holds growth and no levels, say growth = "{GIVEN}" under '
            "[comovement]."
        )


def _refuse_gap(wide: dict[str, pd.DataFrame], left: pd.Series[int]) -> None:
    name = next(side for side in _SIDES if wide[side].isna().any(axis=None))
    t, i = np.argwhere(wide[name].isna().to_numpy())[0]
    panel, many = wide[name], int(left.sum())
    raise InputError(
        f"{_NAME}: {name} of {show(panel.columns[i])} in {panel.index[t]} is missing, "
        f"{f'one of {many:,} gaps' if many > 1 else 'the only gap'}. Fill it in, or say "
        'gaps = "total" or gaps = "leave" under [comovement].'
    )


def _industries(
    wide: dict[str, pd.DataFrame], how: str, filled: pd.Series[int], left: pd.Series[int]
) -> Panels:
    growth, shares, totals = {}, {}, {}
    for side in _SIDES:
        panel, given = wide[side], wide[f"{side}_share"]
        if how == GIVEN:
            growth[side] = panel
        else:
            _require_levels(side, panel)
            growth[side] = growth_rates(panel, how)
            whole = panel.sum(axis=1, skipna=False)
            totals[side] = growth_rates(whole.to_frame(side), how)[side]
        if given.notna().any(axis=None):
            shares[side] = _mean_shares(side, given)
        elif how == GIVEN:
            raise InputError(
                f"{_NAME} holds growth, so shares do not follow from it: give {side}_share, too."
            )
        else:
            _require_whole_year(side, panel)
            shares[side] = long_run_shares(panel)
    return Panels(growth, shares, totals, filled, left)


def _require_whole_year(side: str, panel: pd.DataFrame) -> None:
    """Refuse levels of which no year has all: no share follows from them."""
    if panel.notna().all(axis=1).any():
        return
    lacking = panel.isna().sum().to_numpy()
    worst = int(lacking.argmax())
    raise InputError(
        f"{_NAME}: no year has {side} of every sector, so shares do not follow from the levels; "
        f"{show(panel.columns[worst])} lacks {lacking[worst]} of {len(panel)} years, for one. Fill "
        f"the gaps in, leave sectors out with where_not, or give {side}_share."
    )


def _mean_shares(side: str, given: pd.DataFrame) -> pd.Series[float]:
    """Return means over the years in which all sectors have a share; those of a year sum to 1."""
    whole = given.dropna()
    if whole.empty:
        lacking = given.columns[given.isna().any()][0]
        raise InputError(
            f"{_NAME}: no year has a {side}_share of every sector; {show(lacking)} lacks "
            "some, for one. Fill them in, or leave the column out."
        )
    sums = whole.sum(axis=1)
    off = np.flatnonzero((sums - 1.0).abs() > _CLOSE)
    if len(off):
        year, total = whole.index[off[0]], float(sums.iloc[off[0]])
        percent = " They seem to be per cent." if abs(total - 100.0) < 1.0 else ""
        raise InputError(
            f"{_NAME}: {side}_share of {year} sums to {total:.8g} over the sectors of the "
            f"table, and shares of a year must sum to 1.{percent} Divide them by their sum, if no "
            "sector is missing."
        )
    return whole.mean()


def _groups(rows: pd.DataFrame, codes: list[str]) -> pd.Series[str] | None:
    """Return the group of each sector; none where the table has no groups."""
    if not rows["group"].notna().any():
        return None
    pairs = rows[["industry", "group"]].drop_duplicates()
    twice = pairs.loc[pairs["industry"].duplicated(), "industry"]
    if len(twice) or pairs["group"].isna().any():
        odd = twice.iloc[0] if len(twice) else pairs.loc[pairs["group"].isna(), "industry"].iloc[0]
        raise InputError(
            f"{_NAME}: {show(odd)} is not in one group in all its rows; give every row of a sector "
            "the same group."
        )
    return pairs.set_index("industry")["group"].loc[codes].astype(str)


def _grouped(
    panels: Panels, wide: dict[str, pd.DataFrame], groups: pd.Series[str], how: str
) -> Panels:
    """Return panels of groups: growth of the sums of levels, or weighted means of growth."""
    members = {name: groups.index[groups == name] for name in dict.fromkeys(groups)}
    growth, shares = {}, {}
    for side in _SIDES:
        own = panels.shares[side]
        sizes = {name: own[codes].sum() for name, codes in members.items()}
        shares[side] = pd.Series(sizes)
        source = panels.growth[side] * own if how == GIVEN else wide[side]
        # a gap of a member is one of its group, and of no other
        sums = {name: source[codes].sum(axis=1, skipna=False) for name, codes in members.items()}
        panel = pd.DataFrame(sums)
        growth[side] = panel / shares[side] if how == GIVEN else growth_rates(panel, how)
    none = pd.Series(0, list(members))
    return Panels(growth, shares, panels.totals, none, none)
