"""Line by line: what a sector pays against what it sells, what is supplied against what is used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core.errors import show, show_some
from .block import EVERYTHING
from .table import PublishedTable

__all__ = [
    "Identity",
    "contradiction",
    "empty_cells",
    "identities",
    "one_sided",
    "power_between",
    "rounding",
    "sum_by",
    "unit_between",
]

#: A line that is off by more than this share of its larger side, and of all output, is refused.
LINE, OF_ALL = 0.2, 0.001
#: So is a table whose gaps add up to more than this share of output.
TABLE = 0.05
#: Below this share of its larger side a gap is a statistical discrepancy.
SMALL = 0.005
#: One side of an identity is missing from the file where it falls short in so many of the lines,
#: and by less than this share of output: a total among the lines makes it half. Where outputs are
#: printed, and sales are as large, payments may lack more.
NEARLY_ALL, MISSING = 0.8, 0.4
#: What adding many numbers of double precision may lose, as a share of what is added.
LOST = 1e-9
#: So many standard deviations of a sum of rounded numbers are rounding: one sum in two million is
#: off by more.
SPREAD = 5.0
#: Labels are permuted where so many of the lines that are off have each other's totals.
PERMUTED = 0.8
#: Two sums are in different units where the logarithm of their ratio is so near to a whole number.
NEAR = 0.1
#: A gap is no rounding for this where it is so many times what rounding explains.
CLEAR = 10.0

_SIDES = {
    "paid": "the column {} pays {:,.10g}",
    "sold": "the row {} sells {:,.10g}",
    "output": "the output of {} is {:,.10g}",
    "made": "the industry {} makes {:,.10g}",
    "supplied": "of the commodity {} {:,.10g} is supplied",
    "used": "of the commodity {} {:,.10g} is used",
}
#: What is wrong where labels are permuted.
_LABELS = {
    ("paid", "sold"): "the labels of columns and those of rows",
    ("paid", "made"): "industries of the use table and those of the make table",
    ("supplied", "used"): "commodities of the make (or supply) table and those of the use table",
} | {(side, "output"): "labels and those of the output" for side in ("paid", "sold", "made")}
_CAUSES = (
    "labels are shifted, a line is missing, a total is taken for a line (--leave-out), or a cell "
    "is in another unit; fetch the file again."
)
#: Which side may fall short, as the file does not have all of it. Of what is paid against what is
#: sold either: which of them is short of output, another identity says.
_MAY_LACK = {
    ("paid", "output"): ("left",),
    ("sold", "output"): ("left",),
    ("paid", "made"): ("left",),
    ("paid", "sold"): ("left", "right"),
    ("supplied", "used"): ("left", "right"),
}
_PRICES = (
    "the tables are at two prices (use at purchasers' prices goes with a supply table that has "
    "margins and taxes, use at producers' or basic prices with a make table), "
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Two sums that are equal, for every line of a table that adds up.

    Parameters
    ----------
    what : str
        The identity in words.
    sides : (str, str)
        What is compared, as in the messages.
    left, right : pandas.Series, indexed by label
        Both sums, in the table's money.
    output : float
        Sum of absolute gross output of the table.
    rounded : float
        What rounding of the printed cells explains, in money.
    missing : float
        Up to this share of output a line that the file does not have may explain gaps.
    """

    what: str
    sides: tuple[str, str]
    left: pd.Series[float]
    right: pd.Series[float]
    output: float
    rounded: float
    missing: float = MISSING

    @property
    def gap(self) -> pd.Series[float]:
        """Left less right."""
        return self.left - self.right

    @property
    def size(self) -> pd.Series[float]:
        """The larger of both sides, without its sign."""
        return pd.Series(np.maximum(self.left.abs(), self.right.abs()), self.left.index)

    @property
    def allowed(self) -> pd.Series[float]:
        """What rounding of cells and of doubles explains."""
        return self.rounded + self.size * LOST

    @property
    def misfit(self) -> float:
        """Sum of the absolute gaps over the sum of output."""
        return float(self.gap.abs().sum()) / self.output if self.output else float("nan")

    @property
    def differ(self) -> int:
        """Lines that are off by more than rounding."""
        return int((self.gap.abs() > self.allowed).sum())


def rounding(numbers: int, digit: float) -> float:
    """Return what rounding of so many numbers explains of a sum of them.

    Each is off by half a digit at most, and all of them by √(numbers / 12) digits in the standard
    deviation: the sum of any, and five deviations of that of many.

    Parameters
    ----------
    numbers : int
        Rounded numbers: of a printed total its terms, and itself.
    digit : float
        The last digit that is printed.

    Returns
    -------
    float

    Examples
    --------
    Three cells and their total: two digits. 1,435 cells and theirs: 55, and not 718.

    >>> rounding(3 + 1, 1.0), round(rounding(1435 + 1, 1.0), 1)
    (2.0, 54.7)
    """
    return float(digit * min(numbers / 2, SPREAD * np.sqrt(numbers / 12)))


def identities(table: PublishedTable) -> tuple[Identity, ...]:
    """Return what must be equal in a table, line by line.

    Parameters
    ----------
    table : PublishedTable

    Returns
    -------
    tuple of Identity
        Of a symmetric table: paid and sold against output, and against each other. Of make and
        use tables: paid and made against output, paid against made, and of commodities what is
        supplied against use. Where the file has no payment, or no final use, nothing is compared
        that needs it.
    """
    output = table.output.set_index("industry")["gross_output"].astype(float)
    whole, n = float(output.abs().sum()), len(output)
    below, final, goods = len(table.payments), len(table.final_uses), len(table.commodities)
    inputs = table.flows if table.is_symmetric else table.use
    paid = _sum((inputs, "user"), (table.value_added, "industry"), (table.imports, "industry"))
    every = ",".join(EVERYTHING)
    outputs = bool(((table.totals["axis"] == "column") & (table.totals["of"] == every)).any())
    terms = (n if table.is_symmetric else goods) + below

    def identity(
        what: str, sides: tuple[str, str], left: pd.Series, right: pd.Series, numbers: int
    ) -> Identity:
        labels = right.index.union(left.index, sort=False)
        mine, other = (side.reindex(labels).fillna(0.0) for side in (left, right))
        missing = float("inf") if outputs and sides[0] == "paid" else MISSING
        return Identity(what, sides, mine, other, whole, rounding(numbers, table.digit), missing)

    compared = []
    if below:
        what = "what sectors pay, against output"
        compared.append(identity(what, ("paid", "output"), paid, output, terms + 1))
    if table.is_symmetric:
        sold = _sum((table.flows, "supplier"), (table.final_demand, "supplier"))
        if final:
            what = "what sectors sell, against output"
            compared.append(identity(what, ("sold", "output"), sold, output, n + final + 1))
        if below and final:
            what = "what sectors pay, against what they sell"
            compared.append(identity(what, ("paid", "sold"), paid, sold, terms + n + final))
        return tuple(compared)
    made = _sum((table.make, "industry"))
    what = "what industries make, against output"
    compared.append(identity(what, ("made", "output"), made, output, goods + 1))
    if below:
        what = "what industries pay, against what they make"
        compared.append(identity(what, ("paid", "made"), paid, made, terms + goods))
    supplied = _sum((table.make, "commodity"), (table.supply, "commodity"))
    used = _sum((table.use, "commodity"), (table.final_demand, "supplier"))
    used = used[used.index.isin(supplied.index)]  # else imports, of no table here
    if final:
        numbers = 2 * n + table.supply["part"].nunique() + final
        what = "what is supplied, against use"
        compared.append(identity(what, ("supplied", "used"), supplied, used, numbers))
    return tuple(compared)


def one_sided(identity: Identity) -> str:
    """Return which side may fall short and does, in nearly all lines, and exceeds in none.

    Then something is in no row or column of the file, and no label is wrong: payments, sales,
    imports, and never a part of the printed output. Else nothing.

    Parameters
    ----------
    identity : Identity

    Returns
    -------
    str
        ``left``, ``right`` or nothing.
    """
    gap, size = identity.gap.to_numpy(), identity.size.to_numpy()
    gap, size = gap[size > 0], size[size > 0]
    if not len(gap) or identity.misfit > identity.missing:
        return ""
    for name, short in (("left", -gap), ("right", gap)):
        if name not in _MAY_LACK.get(identity.sides, ()):
            continue
        share = short / size
        others = -short[share < -SMALL].sum()
        if (share > SMALL).mean() >= NEARLY_ALL and others <= SMALL * size.sum():
            return name
    return ""


def power_between(left: float, right: float) -> int:
    """Return which power of ten one amount is of another; 0 where it is none.

    Examples
    --------
    >>> power_between(200_000, 205), power_between(200, 205), power_between(3.0, 0.0)
    (3, 0, 0)
    """
    if not left * right > 0:
        return 0
    exact = float(np.log10(left / right))
    return round(exact) if abs(exact - round(exact)) < NEAR else 0


def unit_between(identity: Identity) -> int:
    """Return by which power of ten one side is larger than the other, and but for that fits it.

    Parameters
    ----------
    identity : Identity

    Returns
    -------
    int
        0 where no unit explains the gaps.
    """
    power = power_between(float(identity.left.sum()), float(identity.right.sum()))
    off = (identity.left / 10.0**power - identity.right).abs().sum()
    return power if float(off) <= LINE * float(identity.right.abs().sum()) else 0


def empty_cells(table: PublishedTable, at: str) -> str:
    """Name the cells of a line that have no number, where the file has few of them.

    Parameters
    ----------
    table : PublishedTable
        The table.
    at : str
        Label of a row, of a column, or of both.

    Returns
    -------
    str
        A sentence, or nothing.
    """
    cells = [f"{row} → {column}" for row, column in table.empty if at in (row, column)]
    if not cells:
        return ""
    return f" No number stands in {show_some(cells)}: fill it in, or write 0."


def contradiction(identity: Identity, table: PublishedTable) -> str:
    """Say of which line the two sums are too far apart for a published table; else nothing.

    Parameters
    ----------
    identity : Identity
    table : PublishedTable
        The table that it is of.

    Returns
    -------
    str
        Line, both sums, and the likely cause.
    """
    whose = _permuted(identity)
    gap = identity.gap.abs()
    if len(whose):
        at = str(gap[whose.index].idxmax())
        return (
            f"{_both(identity, at)}. The first amount is the second one of {show(whose[at])}, and "
            f"so it is with {len(whose):,} of {len(gap):,} labels: {_LABELS[identity.sides]} are "
            "shifted or permuted against each other. Put them right, or fetch the file again."
        )
    far = (gap > LINE * identity.size) & (gap > OF_ALL * identity.output)
    if (not far.any() and not identity.misfit > TABLE) or one_sided(identity):
        return ""
    at = str(gap.idxmax())
    if power := unit_between(identity):
        return (
            f"{_both(identity, at)}. Multiplied by {10.0**-power:g} the first amounts fit nearly "
            "everywhere: the two are in different units. Bring the table into one unit."
        )
    return (
        f"{_both(identity, at)}; all gaps are {identity.misfit:.1%} of output. Either "
        f"{_PRICES if identity.sides == ('supplied', 'used') else ''}{_CAUSES}"
        f"{empty_cells(table, at)}"
    )


def _both(identity: Identity, at: str) -> str:
    texts = [
        _SIDES[side].format(show(at), float(values[at]))
        for side, values in zip(identity.sides, (identity.left, identity.right), strict=True)
    ]
    return f"{' and '.join(texts)}, which must be equal"


def _permuted(identity: Identity) -> pd.Series[str]:
    """Return whose right side each line has at the left, where nearly all that are off have one."""
    nothing = pd.Series(dtype=str)
    off = identity.gap.abs() > np.maximum(CLEAR * identity.allowed, SMALL * identity.size)
    if off.sum() < 2:
        return nothing
    labels = identity.left.index[off]
    left, right = (side[off].to_numpy() for side in (identity.left, identity.right))
    allowed = identity.allowed[off].to_numpy() + identity.size[off].to_numpy() * 1e-6
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    place = np.clip(np.searchsorted(ranked, left), 1, len(ranked) - 1)
    nearer = place - (left - ranked[place - 1] < ranked[place] - left)
    same = np.abs(ranked[nearer] - left) <= allowed
    # one to one: two lines with one total are no permutation
    if same.mean() < PERMUTED or len(np.unique(nearer[same])) < same.sum():
        return nothing
    return pd.Series(labels[order[nearer[same]]], labels[same])


def sum_by(frame: pd.DataFrame, by: str) -> pd.Series[float]:
    """Return the values of a long table, added up by a label, as plain texts."""
    values = frame["value"].astype(float)
    labels = frame[by]
    if not isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.astype(object)
    found: pd.Series[float] = values.groupby(labels, observed=True).sum()
    return found.set_axis(found.index.astype(object))


def _sum(*parts: tuple[pd.DataFrame, str]) -> pd.Series[float]:
    added = pd.Series(dtype=float)
    for frame, by in parts:
        added = added.add(sum_by(frame, by), fill_value=0.0)
    return added
