"""What the page shows of comovement: tables 1 to 4 and figures 1 and 2 of the source."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...core.matrix import LabelledMatrix
from ...reports.kit import (
    Bars,
    Cards,
    Cells,
    Finding,
    Folded,
    HeatMap,
    Histograms,
    Paragraph,
    Part,
    Section,
    Stack,
    Verdict,
)
from ...reports.tables import ABSENT, Head, Table, largest, make_table, sector_table, show
from ._compute import Level, Moving
from ._tables import breadth, own, pairs

__all__ = ["screen", "section"]

#: Contours of the source's figure 2.
LEVELS = (-0.2, 0.0, 0.2, 0.4)
#: Squares of growth are shown times this, as the source prints them.
TIMES, TIMES_TEXT = 1e4, "× 10⁴"
_NAMES = {"var_Y": "Var(Y)", "var_R": "Var(R)", "cov": "Cov(R, Y)"}
#: Up to so many industries or groups the page has all pairs in a table.
FEW, _BINS, _EXACT = 6, 12, 1e-9
_KINDS = {"log": "log points", "pct": "relative changes", "given": "the unit of the table"}


def section(moving: Moving, names: Mapping[str, str]) -> Section:
    """Return the section of comovement.

    Parameters
    ----------
    moving : Moving
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    level = moving.whole
    sums = level.comovement.table[["R_comove", "Y_comove"]].sum()
    gap = float((sums / level.comovement.cross - 1).abs().max()) if level.comovement.cross else 0.0
    parts: list[Part] = [
        Paragraph(
            "Growth of aggregate R&D and output is the sum of that of industries, weighted by "
            "long-run shares: Cov(R, Y) = Σᵢⱼ sᴿᵢ Cov(Rᵢ, Yⱼ) sʸⱼ. Within: i = j; across: all "
            f"others. Growth of {moving.span}, in {_KINDS[moving.growth]}. The aggregates are "
            f"correlated by {show(moving.correlation, 'value')}."
        ),
        Verdict(
            "What the R&D of all industries carries and what their output carries both add up to "
            f"what lies across: the largest relative difference is {show(gap, 'gap')}.",
            good=gap <= _EXACT,
        ),
        Cards((_finding(moving, names),)),
        _decomposition(moving),
        _bars(moving),
        _industries(level, names),
    ]
    for name, each in moving.levels.items():
        if len(each.shares) <= FEW:
            title = f"Who moves with whom: {name}"
            parts.append(Folded(title, (_pairs(title, each, names),)))
    if len(level.shares) > 1:
        parts += [_counts(moving), _means(moving), _map(moving)]
    return Section("comovement", "Comovement of R&D and output", tuple(parts), f", {moving.span}")


def screen(moving: Moving, names: Mapping[str, str]) -> list[str]:
    """Return what the command shows.

    Parameters
    ----------
    moving : Moving
        What was computed.
    names : mapping of str to str
        Names of the sectors, by code.
    """
    each = _finding(moving, names)
    who = ", ".join(f"{name} {value}" for name, value in each.items)
    most = f" Most by R&D of: {who}." if who else ""
    value = "" if each.value == ABSENT else f"{each.value} "
    return [f"{each.title}, {moving.span}: {value}{each.meaning}{most}"]


def _finding(moving: Moving, names: Mapping[str, str]) -> Finding:
    level, title = moving.whole, "Comovement across industries"
    table = level.decomposition.table
    share, whole = (float(table[name]["cov"]) for name in ("share", "estimated"))
    if len(level.shares) == 1:
        return Finding(title, ABSENT, (), "nothing can lie across them, for there is but one.")
    if np.isnan(share):
        why = "none has a share in the covariance of aggregate R&D and output, which is 0 or not "
        return Finding(title, ABSENT, (), f"{why}known.")
    top = largest(level.comovement.table["R_fraction"], names, form="percent")
    sign = ", which is below 0," if whole < 0 else ""
    text = f"of the covariance of aggregate R&D and output{sign} lies across industries."
    if not 0 <= share <= 1:
        text += " What lies within them has the opposite sign."
    return Finding(title, show(share, "percent"), top, text)


def _decomposition(moving: Moving) -> Table:
    """Table 2 of the source."""
    heads = [
        Head("Of"),
        Head("Moment"),
        *(Head(name, "value") for name in ("Actual", "Estimated", "Within", "Across")),
        Head("Across ÷ estimated", "percent"),
        Head("Mean correlation", "value", "of different industries"),
    ]
    rows = []
    for name, level in moving.levels.items():
        table = level.decomposition.table
        for moment, text in _NAMES.items():
            row = table.loc[moment]
            sums = [TIMES * row[key] for key in ("actual", "estimated", "within", "cross")]
            rows.append([name, text, *sums, row["share"], row["mean_correlation"]])
    note = "Actual: of the growth of the sums of levels. Estimated: of the weighted sums of growth."
    return make_table(
        f"Variances and covariance {TIMES_TEXT}", heads, rows, note=note, sortable=False
    )


def _industries(level: Level, names: Mapping[str, str]) -> Table:
    """Tables 1 and 4 of the source."""
    about = own(level).drop(columns="years").join(breadth(level)).join(level.comovement.table)
    order = ["rd_share", "output_share", "correlation", "p", "R_comove", "R_fraction", "Y_comove"]
    shown = about[[*order, "Y_fraction", "P_R", "P_Y", "C_R", "C_Y"]].copy()
    shown[["R_comove", "Y_comove"]] *= TIMES
    heads = [
        Head("Share in R&D", "percent"),
        Head("in output", "percent"),
        Head("Own correlation", "value"),
        Head("p", "value"),
        Head(f"R-comove {TIMES_TEXT}", "value"),
        Head("of all across", "percent"),
        Head(f"Y-comove {TIMES_TEXT}", "value"),
        Head("of all across", "percent"),
        Head("Positive, R&D", "count", "others whose output moves with its R&D"),
        Head("Positive, output", "count", "others whose R&D moves with its output"),
        Head("Mean C, R&D", "value"),
        Head("Mean C, output", "value"),
    ]
    return sector_table("Industries", heads, shown, names)


def _pairs(title: str, level: Level, names: Mapping[str, str]) -> Table:
    """Table 3 of the source."""
    heads = [
        Head("R&D of", "code"),
        Head("Output of", "code"),
        Head("Correlation", "value"),
        Head("p", "value"),
        Head("Years", "count"),
    ]
    rows = [[*codes, *row] for codes, row in zip(*_listed(level), strict=True)]
    return make_table(title, heads, rows, note="p: two-sided, for independent years.")


def _listed(level: Level) -> tuple[list[tuple[str, str]], list[list[float]]]:
    table = pairs(level)
    return list(table.index), table.to_numpy().tolist()


def _bars(moving: Moving) -> Bars:
    table = moving.whole.comovement.table
    sides = {"R&D": "R_fraction", "output": "Y_fraction"}
    return Bars(
        "comovement",
        "Who carries what lies across industries",
        "By R&D: how an industry's R&D moves with the output of all others, weighted by shares, in "
        "% of what lies across industries; by output: how its output moves with the R&D of all "
        "others. Either side adds up to 100; below zero, an industry works against the others.",
        "% of the covariance across industries",
        {"": ["part"]},
        {(side, moving.span): Stack([100 * table[name]]) for side, name in sides.items()},
        choice="Side",
        plates={"comovement": tuple(sides)},
    )


def _counts(moving: Moving) -> Histograms:
    found = moving.whole.correlations
    most = len(found.P_R) - 1
    step = max(1, -(-(most + 1) // _BINS))
    return Histograms(
        "comovement-count",
        f"With how many others an industry moves, {moving.span}",
        "Industries by the number of positive correlations: of their R&D with the output of others "
        "(left), and of their output with the R&D of others (right). The means are equal; a wide "
        "left side says that comovement comes from the R&D of some.",
        f"positive correlations, of {most}",
        {
            "by industry of R&D": found.P_R.astype(float),
            "by industry of output": found.P_Y.astype(float),
        },
        list(range(0, most + 1 + step, step)),
    )


def _means(moving: Moving) -> Histograms:
    found = moving.whole.correlations
    both = pd.concat([found.C_R, found.C_Y]).dropna()
    low, high = (float(both.min()), float(both.max())) if len(both) else (0.0, 0.0)
    step = next(s for s in (0.02, 0.05, 0.1, 0.2) if high - low <= _BINS * s or s == 0.2)
    ends = range(int(np.floor(low / step)), int(np.floor(high / step)) + 2)
    edges = [round(step * end, 9) for end in ends]
    return Histograms(
        "comovement-mean",
        f"How strongly an industry moves with others, {moving.span}",
        "Industries by the mean of their correlations: of their R&D with the output of others "
        "(left), and of their output with the R&D of others (right).",
        "mean correlation",
        {"by industry of R&D": found.C_R, "by industry of output": found.C_Y},
        edges,
    )


def _map(moving: Moving) -> HeatMap:
    C = moving.whole.correlations.C
    matrix = LabelledMatrix.build("C", C.fillna(0.0).to_numpy(), list(C.index))
    return HeatMap(
        "comovement-map",
        "Correlation of R&D and output",
        "The diagonal and pairs without a correlation are white.",
        ("R&D of", "output of"),
        {(moving.span,): Cells(matrix)},
        levels=LEVELS,
        reading="The row is the industry of R&D, the column that of output.",
    )
