"""The panel of levels that growth is taken from: every sector, every year, or nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show, show_some

__all__ = ["doubts", "log_panels"]

_NAME = "table productivity"
#: Levels hardly move by more in a year, in log points.
LEAP = 0.5
#: Steps that undo each other: what is given is growth, whose own steps have -0.5.
UNDONE, FEWEST_STEPS = -0.4, 20


def log_panels(
    rows: pd.DataFrame, labels: list[str], first: int | None, last: int | None
) -> dict[str, pd.DataFrame]:
    """Return logarithms of the levels that are given, by column.

    Parameters
    ----------
    rows : DataFrame, columns ``industry``, ``year``, ``tfp``, ``output``
        The accepted rows.
    labels : list of str, length N
        The sectors.
    first, last : int, optional
        Years of the first and the last level. Default: those of the table.

    Returns
    -------
    dict of str to DataFrame, each shape (T, N)
        Of ``tfp`` and ``output`` those that any row has; years by sectors, without a gap.

    Raises
    ------
    InputError
        If a code is no sector, a sector has no levels, a year is missing, or two are not there.

    Examples
    --------
    >>> rows = pd.DataFrame({"industry": ["a", "a"], "year": [2000, 2001], "tfp": [1, np.e]})
    >>> log_panels(rows.assign(output=np.nan), ["a"], None, None)["tfp"]["a"].tolist()
    [0.0, 1.0]
    """
    columns = [name for name in ("tfp", "output") if rows[name].notna().any()]
    if not columns:
        raise InputError(f"{_NAME} has neither tfp nor output: give one, or map it with columns.")
    _require_sectors(rows, labels)
    start = int(rows["year"].min()) if first is None else first
    end = int(rows["year"].max()) if last is None else last
    if end <= start:
        raise InputError(
            f"{_NAME}: growth needs the levels of two years at least, got {start} to {end}; see "
            "first and last under [growth]."
        )
    years = pd.RangeIndex(start, end + 1, name="year")
    panels = {}
    for name in columns:
        panel = rows.pivot(index="year", columns="industry", values=name)
        whole = panel.reindex(index=years, columns=labels)
        panels[name] = _complete(name, whole, other=len(columns) > 1).transform(np.log)
    return panels


def doubts(name: str, levels: pd.DataFrame) -> list[str]:
    """Say so where what is given does not look like levels of one base.

    Parameters
    ----------
    name : str
        The column.
    levels : DataFrame, shape (T, N)
        Their logarithms, years by sectors.

    Examples
    --------
    >>> rebased = pd.DataFrame({"a": np.log([100.0, 103.0, 10.6])}, index=[2000, 2001, 2002])
    >>> print(doubts("tfp", rebased)[0][:66])
    productivity: tfp of 'a' goes from 103 in 2001 to 10.6 in 2002; le
    """
    texts = []
    steps = levels.diff().iloc[1:].to_numpy()
    t, i = np.unravel_index(np.abs(steps).argmax(), steps.shape)
    if abs(steps[t, i]) > LEAP:
        before, after = np.exp(levels.iloc[t : t + 2, i])
        texts.append(
            f"productivity: {name} of {show(levels.columns[i])} goes from {before:.4g} in "
            f"{levels.index[t]} to {after:.4g} in {levels.index[t + 1]}; levels hardly move so "
            "much in a year. It was read as levels of one base year: are they?"
        )
    around = steps - steps.mean(axis=0)
    spread = (around**2).sum()
    if steps.size >= FEWEST_STEPS and len(steps) > 2 and spread > 0:
        undone = (around[1:] * around[:-1]).sum() / spread
        if undone < UNDONE:
            texts.append(
                f"productivity: {name} goes up and down again from year to year (autocorrelation "
                f"of its steps {undone:.2f}), as growth rates do and levels do not. It was read as "
                "levels: are they?"
            )
    return texts


def _require_sectors(rows: pd.DataFrame, labels: list[str]) -> None:
    """Refuse codes that are no sectors, and sectors without levels."""
    codes = list(dict.fromkeys(rows["industry"]))
    if strange := [code for code in codes if code not in set(labels)]:
        raise InputError(
            f"{_NAME}: {show_some(strange)} {'are' if strange[1:] else 'is'} no sector of the "
            f"networks. {nearest(strange[0], labels)} Correct it, or leave it out with where_not."
        )
    if lacking := [label for label in labels if label not in set(codes)]:
        raise InputError(
            f"{_NAME} has no levels of {show_some(lacking)}, and what the others owe to a sector "
            "is not known without its progress. Give them; a constant level says that a sector "
            "makes none."
        )


def _complete(name: str, panel: pd.DataFrame, *, other: bool) -> pd.DataFrame:
    """Refuse a panel with a gap: nothing is filled in, and no step is taken over two years.

    The column can be left out only where there is an ``other`` one to take growth from.
    """
    gaps = np.argwhere(panel.isna().to_numpy())
    if not len(gaps):
        return panel
    t, i = gaps[0]
    whole = panel.index[panel.notna().all(axis=1)].to_numpy()
    whole = max(np.split(whole, np.flatnonzero(np.diff(whole) != 1) + 1), key=len)
    many = f"one of {len(gaps):,} gaps" if len(gaps) > 1 else "the only gap"
    advice = f", or choose first = {whole[0]} and last = {whole[-1]} under [growth], where all have"
    without = f'; columns = {{ {name} = "" }} leaves {name} out, if the other column is enough'
    raise InputError(
        f"{_NAME}: {name} of {show(panel.columns[i])} in {panel.index[t]} is missing, {many} "
        f"from {panel.index[0]} to {panel.index[-1]}, and no gap is bridged. "
        f"Fill it in{f'{advice} it' if len(whole) > 1 else ''}{without if other else ''}."
    )
