"""Everything that the report shows, as plain data: the pipeline fills it, the page renders it.

No class here computes a result. Each states the unit and the shape of what it holds, and the
few properties are the checks that the page prints beside the numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from ..analytics.spillovers import MODES
from ..core.errors import InputError
from ..core.matrix import LabelledMatrix
from .account_year import AccountYear

__all__ = [
    "INTERVAL",
    "LEVELS",
    "ConcordanceAudit",
    "FlowTotals",
    "Provenance",
    "ReportContent",
    "TableCount",
    "YearResult",
]

#: The levels at which a flow is summed, from the files that were read to the sectors.
LEVELS = ("input", "firm", "fine", "target", "unmapped")
#: What an interval has for every sector.
INTERVAL: tuple[str, ...] = ("estimate", "low", "high", "rank", "rank_low", "rank_high")


@dataclass(frozen=True, slots=True)
class TableCount:
    """What became of the rows of one input table.

    Parameters
    ----------
    name : str
        Name of the table, e.g. ``firm_citations``.
    read, loaded, rejected : int
        Rows; ``read`` = ``loaded`` + ``rejected``.
    reasons : dict of str to int
        Rejected rows by reason, each row under one reason, so that they add to ``rejected``.

    Examples
    --------
    >>> TableCount("firms", 10, 8, 2, {"no id": 2}).balanced
    True
    >>> TableCount("firms", 10, 8, 1, {"no id": 1}).balanced
    False
    """

    name: str
    read: int
    loaded: int
    rejected: int
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """Whether read = loaded + rejected, and the reasons add to the rejected rows."""
        rows = self.read == self.loaded + self.rejected
        return rows and sum(self.reasons.values()) == self.rejected


@dataclass(frozen=True, slots=True)
class FlowTotals:
    """One flow, summed at every level on its way from the files to the sectors.

    Parameters
    ----------
    flow : str
        Name of the flow, e.g. ``citations``.
    unit : str
        Unit of all numbers below, e.g. ``citations`` or ``million US$``.
    levels : dict of str to float or None
        Sum of the flow over all years by level, in the order of :data:`LEVELS`; ``None`` (or
        no entry) where the level does not exist. ``input``: accepted rows of the files;
        ``firm``: between firms; ``fine``: between industries of the fine classification, the
        residual included; ``target``: between the named sectors of the target classification,
        the residual left out; ``unmapped``: all flow with an end in the residual. Hence input =
        firm = fine = target + unmapped.
    lost : dict of str to float
        ``unmapped`` by cause, e.g. ``no firm``, ``no industry``, ``no concordance``; adds to
        it. Empty where the causes are not known.
    tolerance : float
        Relative difference that rounding can explain.

    Raises
    ------
    InputError
        If a level is not among :data:`LEVELS`.

    Examples
    --------
    >>> levels = {"input": 10.0, "firm": 10.0, "fine": 10.0, "target": 7.5, "unmapped": 2.5}
    >>> FlowTotals("citations", "citations", levels, {"no industry": 2.5}).agree
    True
    >>> FlowTotals("citations", "citations", levels | {"fine": 9.0}).agree
    False
    """

    flow: str
    unit: str
    levels: dict[str, float | None]
    lost: dict[str, float] = field(default_factory=dict)
    tolerance: float = 1e-9

    def __post_init__(self) -> None:
        odd = [level for level in self.levels if level not in LEVELS]
        if odd:
            raise InputError(
                f"totals of {self.flow}: {odd[0]!r} is not a level; use {', '.join(LEVELS)}."
            )

    @property
    def sums(self) -> dict[str, float]:
        """The totals that must agree, by level; ``target`` with ``unmapped`` added."""
        found = {
            level: value for level in LEVELS[:3] if (value := self.levels.get(level)) is not None
        }
        target, rest = self.levels.get("target"), self.levels.get("unmapped")
        if target is not None:
            found["target"] = target + (rest or 0.0)
        return found

    @property
    def difference(self) -> float:
        """Largest minus smallest of the totals that must agree, in the unit of the flow."""
        values = list(self.sums.values())
        return max(values) - min(values) if values else 0.0

    @property
    def agree(self) -> bool:
        """Whether the totals, and the causes of ``unmapped``, agree within the tolerance."""
        size = max((abs(value) for value in self.sums.values()), default=0.0)
        causes = sum(self.lost.values()) - (self.levels.get("unmapped") or 0.0)
        gaps = (self.difference, abs(causes) if self.lost else 0.0)
        return all(math.isfinite(gap) and gap <= self.tolerance * max(size, 1.0) for gap in gaps)


@dataclass(frozen=True, slots=True)
class ConcordanceAudit:
    """What one weighted map between two classifications did to the flows.

    Parameters
    ----------
    source, target : str
        Names of the two classifications, e.g. ``csrc78`` and ``io37``.
    codes : int
        Number of source codes in use.
    unmapped : dict of str to float
        Source code to the flow at that code which the map does not cover, in the unit of the
        main flow (``citations`` where there is one).
    uneven : dict of str to float
        Source code to the sum of its weights, where that is not 1.
    ties : dict of str to list of str
        Source code to the target codes between which nothing in the data decided.
    equal_split : list of str
        Source codes split equally among their targets, for want of weights.
    lost_share : dict of str to float
        Flow name to the share of that flow (0 to 1) that the map does not cover.
    """

    source: str
    target: str
    codes: int
    unmapped: dict[str, float] = field(default_factory=dict)
    uneven: dict[str, float] = field(default_factory=dict)
    ties: dict[str, list[str]] = field(default_factory=dict)
    equal_split: list[str] = field(default_factory=list)
    lost_share: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearResult:
    """The matrices and numbers of one year; whatever a study does not have is ``None``.

    Parameters
    ----------
    year : int
        Calendar year.
    W : LabelledMatrix or None, shape (N, N)
        Citation shares [citing, cited], own share removed.
    S : LabelledMatrix or None, shape (N, N)
        Production shares of gross output [user, supplier].
    psi : LabelledMatrix or None, shape (N, N)
        ψ = (I − S)⁻¹(I − W)⁻¹ [affected, origin], % per %.
    citations : LabelledMatrix or None, shape (N, N)
        Stock of citations behind ``W`` [citing, cited], citations.
    trade : LabelledMatrix or None, shape (N, N)
        Deliveries behind ``S`` [user, supplier], in their money unit.
    own_share : pandas.Series or None, length N, indexed by code
        Share of own citations (0 to 1); NaN for a sector that never cites.
    zero_rows : list of str
        Codes of the sectors that never cite: zero rows of ``W``.
    benefit : pandas.Series or None, length N, indexed by code
        ψ1: rise of the sector's output when technology rises by 1% everywhere, in %.
    spillover : pandas.Series or None, length N, indexed by code
        (ψ − I)1: the part of ``benefit`` that is not the sector's own 1%, in %.
    contribution : dict of str to pandas.Series, each of length N, indexed by code
        weights'ψ: rise of the weighted sum of outputs when technology rises by 1% in the
        sector, in %, by name of the weights (``unit``, ``final demand``, ...).
    spectral_radius : dict of str to float
        Largest modulus of an eigenvalue, by matrix (``W``, ``S``); chains die out below 1.
    condition : dict of str to float
        Condition number in the maximum norm, by matrix that was solved with (``I - W``,
        ``I - S``).
    residual : float or None
        Largest entry of (I − W)(I − S) ψ1 − 1 and, relative to the largest weight, of the same
        for the columns; 0 but for rounding.
    notes : list of str
        Sentences on this year for the reader, e.g. an interpolated table.
    modes : pandas.DataFrame or None, shape (N, 7), indexed by code
        Row sums of the parts of ψ, in %: the exact ``own``, ``production``, ``innovation`` and
        ``interaction``, which add up to ``benefit``, and the source's ``T1``, ``T2`` and ``T3``,
        which add up to ``spillover``.
    loss : pandas.DataFrame or None, shape (N, 1 + K), indexed by code
        What is lost without the innovation network (W = 0), in %: of ``benefit``, and of the
        contribution by each weight.
    intervals : dict of str to pandas.DataFrame, each indexed by code
        By quantity (``benefit``, ``contribution: final demand``, ...): columns ``estimate``,
        ``low`` and ``high`` in the unit of the quantity, ``rank`` (1 is the largest),
        ``rank_low`` and ``rank_high``, and ``p`` where there is one. A quantity that is not
        there has no interval.
    leaks : pandas.DataFrame or None, shape (N, 3), indexed by code
        What of gross output leaves the network, as shares: ``value_added``, ``imports`` and
        ``unexplained``; NaN where it is not known.

    Raises
    ------
    InputError
        If a column of ``modes`` or ``intervals`` is missing.
    """

    year: int
    W: LabelledMatrix | None = None
    S: LabelledMatrix | None = None
    psi: LabelledMatrix | None = None
    citations: LabelledMatrix | None = None
    trade: LabelledMatrix | None = None
    own_share: pd.Series[float] | None = None
    zero_rows: list[str] = field(default_factory=list)
    benefit: pd.Series[float] | None = None
    spillover: pd.Series[float] | None = None
    contribution: dict[str, pd.Series[float]] = field(default_factory=dict)
    spectral_radius: dict[str, float] = field(default_factory=dict)
    condition: dict[str, float] = field(default_factory=dict)
    residual: float | None = None
    notes: list[str] = field(default_factory=list)
    modes: pd.DataFrame | None = None
    loss: pd.DataFrame | None = None
    intervals: dict[str, pd.DataFrame] = field(default_factory=dict)
    leaks: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        needed = [(f"intervals of {name}", f, INTERVAL) for name, f in self.intervals.items()]
        if self.modes is not None:
            needed.append(("modes", self.modes, MODES))
        for what, frame, columns in needed:
            lacking = [column for column in columns if column not in frame]
            if lacking:
                raise InputError(
                    f"{self.year}: {what} have no column {lacking[0]!r}; give {', '.join(columns)}."
                )


@dataclass(frozen=True, slots=True)
class Provenance:
    """How the page came to be, so that another person can make it again.

    Parameters
    ----------
    study : str
        The study file.
    command : str
        The command line that ran.
    created : str
        When, as the reader shall see it. The only time stamp on the page.
    inputs : dict of str to str
        Path of each input file to its SHA-256, in hexadecimal digits.
    versions : dict of str to str
        Package or program to version.
    options : dict of str to object
        Option to value, as used; shown by ``str``.
    seconds : dict of str to float
        Step to its duration, in seconds.
    """

    study: str
    command: str
    created: str
    inputs: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The whole report.

    Parameters
    ----------
    title, description : str
        What the study is; the description is plain text, paragraphs parted by an empty line.
    synthetic : bool
        Whether any input is invented; the page then says so where nobody can miss it.
    names : dict of str to str
        Sector code to name. A code without a name is shown by its code.
    provenance : Provenance
        How the page came to be.
    tables : list of TableCount
        Input tables, in the order of reading.
    totals : list of FlowTotals
        Flows by level.
    concordances : list of ConcordanceAudit
        Maps between classifications, in the order of their use.
    years : list of YearResult
        Results, in any order, one a year.
    hubs : dict of str to pandas.DataFrame
        Matrix name to its table of hubs in the last year; index: code, columns: numbers.
    planted : str or None
        What a synthetic economy was built to show, in a sentence.
    warnings : list of str
        Sentences that the reader must know before the numbers.
    unmapped_flows : dict of str to pandas.DataFrame
        Flow name to the flow that each sector exchanges with the residual: index: sector code,
        columns ``from unmapped`` and ``to unmapped``, in the unit of the flow.
    accounts : list of AccountYear
        How the accounts of each year with deliveries and output fit.
    uncertainty : str
        How the intervals of the years were made, in a sentence: what was drawn, how often, with
        which seed and level.

    Examples
    --------
    >>> made = Provenance("study.toml", "spillgraph run study.toml", "2024-05-01")
    >>> content = ReportContent("Patents", "", True, {"C26": "Electronics"}, made)
    >>> content.label("C26"), content.label("C27")
    ('C26 Electronics', 'C27')
    """

    title: str
    description: str
    synthetic: bool
    names: dict[str, str]
    provenance: Provenance
    tables: list[TableCount] = field(default_factory=list)
    totals: list[FlowTotals] = field(default_factory=list)
    concordances: list[ConcordanceAudit] = field(default_factory=list)
    years: list[YearResult] = field(default_factory=list)
    hubs: dict[str, pd.DataFrame] = field(default_factory=dict)
    planted: str | None = None
    warnings: list[str] = field(default_factory=list)
    unmapped_flows: dict[str, pd.DataFrame] = field(default_factory=dict)
    uncertainty: str = ""
    accounts: list[AccountYear] = field(default_factory=list)

    def label(self, code: str) -> str:
        """Return code and name of a sector, or the code alone where it has no name."""
        name = self.names.get(code, "")
        return f"{code} {name}" if name and name != code else code

    @property
    def ordered(self) -> list[YearResult]:
        """The results by year, oldest first."""
        return sorted(self.years, key=lambda result: result.year)
