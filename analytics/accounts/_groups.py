"""Tables of a fine classification added up to groups, also where a code is part of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from ...core.labels import text_labels

__all__ = ["NSF_GROUPS", "add_up", "nsf_groups_1992", "read_groups", "spread_columns"]

#: The 22 groups of Ouyang & Chang's Table 1, in its order, with SIC codes of 1987.
NSF_GROUPS = {
    "Food": "20, 21",
    "Textiles": "22, 23",
    "Paper": "26",
    "Industrial chemicals": "281, 282, 286",
    "Drugs": "283",
    "Other chemicals": "284, 285, 287-289",
    "Petroleum": "13, 29",
    "Rubber": "30",
    "Lumber": "24, 25",
    "Stone": "32",
    "Ferrous metals": "331, 332, 3398, 3399",
    "Nonferrous metals": "333-336",
    "Metal products": "34",
    "Machinery": "35",
    "Electronics": "366, 367",
    "Other electrical equipment": "361-365, 369",
    "Autos and other transport": "371, 373-375, 379",
    "Aerospace": "372, 376",
    "Scientific instruments": "381, 382",
    "Other instruments": "384-387",
    "Miscellaneous manufacturing": "27, 31, 39",
    "Non-manufacturing": "",
}
# BEA codes of 1992 (94 industries) that lie in one group of manufacturing, or in petroleum.
_OF_ONE = {
    "Food": "14 15",
    "Textiles": "16 17 18 19",
    "Paper": "24 25",
    "Industrial chemicals": "28",
    "Drugs": "29A",
    "Other chemicals": "27B 29B 30",
    "Petroleum": "08 31",
    "Rubber": "32",
    "Lumber": "20+21 22+23",
    "Stone": "35 36",
    "Ferrous metals": "37",
    "Nonferrous metals": "38",
    "Metal products": "39 40 41 42",
    "Machinery": "43 44+45 46 47 48 49 50 51 52",
    "Electronics": "57",
    "Other electrical equipment": "53 54 55 58",
    "Autos and other transport": "59A 59B 61",
    "Aerospace": "60",
    "Other instruments": "63",
    "Miscellaneous manufacturing": "26A 26B 33+34 64",
}
# Those that hold SIC codes of several groups; what each makes of them is not published.
_OF_SEVERAL = {
    "13": ("Aerospace", "Autos and other transport", "Metal products"),  # 3761; 3795; 348
    "27A": ("Industrial chemicals", "Other chemicals"),  # 281, 286; 289
    "56": ("Electronics", "Other electrical equipment"),  # 366; 365
    "62": ("Scientific instruments", "Other instruments"),  # 381, 382; 384, 387
}
_OTHERS = (
    "01 02 03 04 05+06 07 09+10 11 12 65A 65B 65C 65D 65E 66 67 68A 68B 68C 69A 69B 70A 70B 71B "
    "72A 72B 73A 73B 73C 73D 74 75 76 77A 77B 78 79"
)


def nsf_groups_1992() -> pd.DataFrame:
    """Map BEA's 94 industries of 1992 onto the 22 groups of the R&D panel.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``group``, ``weight``: the weights of a code sum to 1. Four codes hold industries
        of several groups (13, 27A, 56, 62) and are split evenly, as the paper does with detailed
        code 110602. That one (drilling, SIC 138) is part of construction, 11 and 12, here and stays
        with it; forgings (SIC 346) stay with the metals, 37 and 38. Groups in the order of the
        paper's Table 1, non-manufacturing last.

    References
    ----------
    Ouyang & Chang (2011), Table 1 and data appendix; BEA (1997), *Industry Classification of the
    1992 Benchmark Input–Output Accounts*, for the SIC codes of each industry.

    Examples
    --------
    >>> groups = nsf_groups_1992()
    >>> groups[groups["code"] == "56"].to_numpy().tolist()
    [['56', 'Electronics', 0.5], ['56', 'Other electrical equipment', 0.5]]
    >>> groups["group"].nunique(), groups["code"].nunique()
    (22, 90)
    """
    rows: list[tuple[str, str, float]] = []
    for group, codes in {**_OF_ONE, "Non-manufacturing": _OTHERS}.items():
        rows += [(code, group, 1.0) for code in codes.split()]
    for code, groups in _OF_SEVERAL.items():
        rows += [(code, group, 1.0 / len(groups)) for group in groups]
    order = list(NSF_GROUPS)
    rows.sort(key=lambda row: (order.index(row[1]), row[0]))
    return pd.DataFrame(rows, columns=["code", "group", "weight"])


def read_groups(groups: Any) -> pd.DataFrame:
    """Return a map from codes to groups as weights, checked.

    Parameters
    ----------
    groups : mapping of str to str, pandas.Series, or pandas.DataFrame
        Code to group; a frame has ``code``, ``group`` and perhaps ``weight``.

    Returns
    -------
    pandas.DataFrame, shape (codes, groups)
        Weights; each row sums to 1. Groups in the order of their first code.

    Raises
    ------
    InputError
        If the weights of a code do not sum to 1, or it is no such map.

    Examples
    --------
    >>> read_groups({"14": "Food", "15": "Food", "31": "Petroleum"}).to_numpy().tolist()
    [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    if isinstance(groups, Mapping | pd.Series):
        pairs = list(groups.items())
        frame = pd.DataFrame(pairs, columns=["code", "group"])
    elif isinstance(groups, pd.DataFrame) and {"code", "group"} <= set(groups.columns):
        frame = groups
    else:
        raise InputError(
            "groups: a mapping of codes to groups, or a DataFrame with code, group and weight, is "
            f"needed, got a {type(groups).__name__}."
        )
    frame = frame.assign(
        code=frame["code"].map(str),
        group=frame["group"].map(str),
        weight=frame["weight"].astype(np.float64) if "weight" in frame else 1.0,
    )
    weights = frame.pivot_table(
        index="code", columns="group", values="weight", aggfunc="sum", sort=False
    ).fillna(0.0)
    off = weights.index[(weights.sum(axis=1) - 1).abs() > 1e-9]
    if len(off):
        raise InputError(
            f"groups: the weights of code {show(off[0])} sum to {weights.loc[off[0]].sum():g}; 1 "
            "is needed, or flow is lost or made."
        )
    return weights


def add_up(
    table: pd.DataFrame, weights: pd.DataFrame, what: str, *, rows: bool, columns: bool
) -> pd.DataFrame:
    """Add rows or columns of a table up to groups; what is in no group stays as it is.

    Parameters
    ----------
    table : pandas.DataFrame
        Money.
    weights : pandas.DataFrame, shape (codes, groups)
        As :func:`read_groups` returns it.
    what : str
        What the table is, for the error.
    rows, columns : bool
        Which sides to add up.

    Returns
    -------
    pandas.DataFrame
        Groups in their order, then the codes that are in none.

    Raises
    ------
    InputError
        If a code that is in no group is called like a group.

    Examples
    --------
    >>> table = pd.DataFrame([[1.0, 2], [3, 4]], ["14", "15"], ["14", "homes"])
    >>> add_up(table, read_groups({"14": "Food", "15": "Food"}), "use", rows=True, columns=True)
          Food  homes
    Food   4.0    6.0
    """
    for wanted, axis in ((rows, 0), (columns, 1)):
        if not wanted:
            continue
        labels = list(text_labels(table.axes[axis], what))
        here = [code for code in labels if code in weights.index]
        rest = [code for code in labels if code not in weights.index]
        clash = [code for code in rest if code in weights.columns]
        if clash:
            raise InputError(f"{what}: {show(clash[0])} is the name of a group and of a code.")
        if not here:
            continue
        block = table.set_axis(labels, axis="index" if axis == 0 else "columns")
        used = weights.loc[here]
        used = used.loc[:, (used != 0).any(axis=0)]
        if axis == 0:
            added, others = used.T @ block.loc[here], block.loc[rest]
            table = pd.concat([added, others])
        else:
            added, others = block[here] @ used, block[rest]
            table = pd.concat([added, others], axis=1)
    return table


def spread_columns(
    table: pd.DataFrame, members: Mapping[str, Sequence[str]], by: pd.Series[Any]
) -> pd.DataFrame:
    """Spread columns of groups over their members, in proportion to something known of these.

    Parameters
    ----------
    table : pandas.DataFrame, shape (A, J)
        For example capital flows, whose users are coarser than those of a use table.
    members : mapping of str to sequence of str
        Columns to spread, and over which codes. Other columns stay.
    by : pandas.Series
        Not negative in sum over a group; other value added in the paper.

    Returns
    -------
    pandas.DataFrame
        A column for each member; rows keep their sums.

    Raises
    ------
    InputError
        If a column or a member is unknown, or the members of a column sum to 0 or less.

    References
    ----------
    Ouyang & Chang (2011), data appendix: capital goods of SIC 28 are spread over three kinds of
    chemicals by other value added.

    Examples
    --------
    >>> flows = pd.DataFrame({"28": [12.0]}, index=["machines"])
    >>> spread_columns(flows, {"28": ["27A", "29A"]}, pd.Series({"27A": 1.0, "29A": 3.0}))
              27A  29A
    machines  3.0  9.0
    """
    spread = {}
    for column in table.columns:
        if column not in members:
            spread[column] = table[column]
            continue
        names = [str(name) for name in members[column]]
        unknown = [name for name in names if name not in by.index]
        if unknown:
            raise InputError(
                f"column {show(column)} is to be spread over {show(unknown[0])}, of which nothing "
                f"is known. {nearest(unknown[0], map(str, by.index))}"
            )
        size = by[names].astype(np.float64)
        if not size.sum() > 0:
            raise InputError(
                f"column {show(column)} is to be spread over members that sum to {size.sum():g}; "
                "above 0 is needed."
            )
        for name in names:
            part = table[column] * (size[name] / size.sum())
            spread[name] = spread[name] + part if name in spread else part
    strangers = [name for name in members if name not in table.columns]
    if strangers:
        raise InputError(f"{show(strangers[0])} is no column of the table to spread.")
    return pd.DataFrame(spread, table.index)
