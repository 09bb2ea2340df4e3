"""Sum flows inside the store: firm → fine industry → target sectors, by year and cumulated.

Every step is a statement of :mod:`spillgraph.queries`; only sums leave the store. The results are
written back as industry edges, and totals are compared level by level.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import TotalsError
from .ask import ask, ask_by_slices
from .schema import UNMAPPED
from .store import Batch, GraphStore

__all__ = [
    "AGREEMENT",
    "Cells",
    "Flow",
    "Totals",
    "aggregate",
    "finish",
    "is_complete",
    "rounding",
    "start",
]

#: Relative difference up to which totals count as equal: rounding, and nothing else.
AGREEMENT = 1e-12


def rounding(rows: int) -> float:
    """Return the largest relative difference that rounding can explain.

    Adding n positive numbers one after the other is off by at most n·2⁻⁵³ of the sum; below
    nine thousand rows that is less than what we allow anyway.

    Examples
    --------
    >>> rounding(100), rounding(10_000_000) < 1.2e-9
    (1e-12, True)
    """
    return max(AGREEMENT, rows * 2.0**-53)


_COMPLETE = ":complete"
_ENDS = ("Industry", "Industry")
#: Input table of the ends of flows whose year and owners are those of patents.
_PATENTS = "patents"


@dataclass(frozen=True, slots=True)
class Cells:
    """A flow of firms or patents summed to fine industries and years, from the tables.

    Parameters
    ----------
    table : pyarrow.Table
        ``receiver, source, year`` and ``count, self_count`` or ``value``; the residual included.
    firm : float
        Sum between firms, and of citations between patents of which one has no owner.
    unowned : float
        Of citations between patents of which one has no owner.
    """

    table: pa.Table
    firm: float
    unowned: float


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow to aggregate.

    Parameters
    ----------
    name : str
        ``citations``, ``trade``, or a further flow that is kept for comparison.
    kind : str
        ``citations`` or ``trade``.
    origin : str
        Input table: ``firm_citations``, ``patent_citations``, ``trade_links``, ``io_flows``, ….
    classification : str
        Classification in which the flow has its fine industries.
    input : float
        Sum over the rows that were loaded.
    rows : int
        How many rows these were.
    between : str, optional
        Input table of the ends, ``firms`` or ``patents``; none of a flow between industries.
    table : pyarrow.Table, optional
        For flows that come between industries already: ``receiver, source, year`` and ``count``
        or ``value``. Flows of firms and patents are in the store.
    by_share : pyarrow.Table, optional
        For flows whose ends may belong to several firms or industries, by share and by year: sums
        then go through HOLDS and BELONGS_TO. It holds what they must come to, from the tables:
        ``receiver, source, year`` and ``count, self_count`` or ``value``.
    cells : Cells, optional
        Sums of a flow of firms or patents from the tables; they are taken in the place of the
        store's.
    """

    name: str
    kind: str
    origin: str
    classification: str
    input: float
    rows: int
    between: str | None = None
    table: pa.Table | None = None
    by_share: pa.Table | None = None
    cells: Cells | None = None

    @property
    def measure(self) -> str:
        """Property that is summed: ``count`` of citations, ``value`` of trade."""
        return "count" if self.kind == "citations" else "value"

    @property
    def edge(self) -> str:
        """Kind of industry edge that holds the flow."""
        return "INDUSTRY_CITES" if self.kind == "citations" else "INDUSTRY_SUPPLIES"

    @property
    def of_firms(self) -> bool:
        """Whether firms or patents are the ends in the input."""
        return self.table is None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of one flow at every level; they agree to 1e-12 relative, or the run stops.

    Parameters
    ----------
    input : float
        Sum over loaded rows.
    firm : float or None
        Sum between firms, and between patents without an owner; None for industry-level input.
    fine : float
        Sum between fine industries, the residual included.
    target : float
        Sum between target sectors, as in the matrices of all years.
    unmapped : float
        The residual at the target level: ``target + unmapped == input``.
    self_citations : float
        Part of ``target`` in which firms cite themselves.
    difference : float
        Largest difference of a level from ``input``, relative to it.
    lost : dict of str to float
        ``unmapped`` by its cause: ``no firm``, ``no industry``, ``no concordance``, ``weights
        below 1``.
    """

    input: float
    firm: float | None
    fine: float
    target: float
    unmapped: float
    self_citations: float
    difference: float
    lost: dict[str, float] = field(default_factory=dict)


def start(store: GraphStore) -> None:
    """Remove the industry edges of an earlier run; they are always made anew."""
    for kind in ("INDUSTRY_CITES", "CITATION_STOCK", "INDUSTRY_SUPPLIES"):
        store.drop_edges(kind)


def finish(store: GraphStore, fingerprint: str) -> None:
    """Note that the graph is whole; ``start`` takes the note back with the edges of its kind."""
    empty = pa.table({"from": pa.array([], pa.string())})
    store.load(Batch(f"{fingerprint}{_COMPLETE}", "INDUSTRY_SUPPLIES", empty, _ENDS))


def is_complete(store: GraphStore, fingerprint: str | None = None) -> bool:
    """Whether the run that made the graph came to its end, and is the one that is asked for."""
    ends = _COMPLETE if fingerprint is None else f"{fingerprint}{_COMPLETE}"
    return any(id.endswith(ends) and note.whole for id, note in store.batches().items())


def aggregate(
    store: GraphStore,
    flow: Flow,
    *,
    target: str,
    years: Sequence[int],
    keep_diagonal: bool,
    fingerprint: str,
    uncovered: Collection[str] | None = None,
    wanted: pa.Table | None = None,
) -> Totals:
    """Aggregate one flow and write the sums back as edges between industries.

    Parameters
    ----------
    store : GraphStore
        Holds firms, patents, industries and concordance edges.
    flow : Flow
        What to aggregate.
    target : str
        Classification of the matrices.
    years : sequence of int
        Years to which citations are cumulated.
    keep_diagonal : bool
        Keep a flow within one fine industry within one sector, instead of splitting both ends.
    fingerprint : str
        Goes into the batch ids of the edges.
    uncovered : collection of str, optional
        Codes of the flow that no concordance has. With them a loss says whether codes have no
        target or weights are below 1.
    wanted : pyarrow.Table, optional
        What the sums between fine industries must come to, from the tables.

    Returns
    -------
    Totals

    Raises
    ------
    TotalsError
        If totals at firm, fine and target level do not agree to 1e-12 relative, or sums are not
        what is wanted.
    """
    _derive_firm_edges(store, flow, fingerprint)
    fine, unowned = _fine_flow(store, flow)
    if flow.by_share is not None:
        # A sum over five patterns is where stores differ.
        _require_cells(flow, fine, flow.by_share)
    if wanted is not None:
        _require_cells(flow, fine, wanted)
    _write(store, flow, fine, flow.classification, fingerprint)
    mapped = fine
    if flow.classification != target:
        mapped = ask(
            store,
            f"fine_to_target_{flow.kind}",
            {
                "classification": flow.classification,
                "target": target,
                "origin": flow.origin,
                "keep_diagonal": keep_diagonal,
            },
        )
        _write(store, flow, mapped, target, fingerprint)
    if flow.kind == "citations":
        _cumulate(store, flow, target, years, fingerprint)
    return _totals(store, flow, target, mapped, unowned, uncovered)


def _derive_firm_edges(store: GraphStore, flow: Flow, fingerprint: str) -> None:
    """Sum patent citations to those who own the patents."""
    if flow.between != _PATENTS or flow.cells is not None:
        return
    id = f"{fingerprint}:derived:{flow.origin}"
    noted = store.batches().get(id)
    if noted is None or not noted.whole:
        sums = ask_by_slices(store, f"patent_to_firm_citations{_share_suffix(flow)}")
        table = sums.rename_columns(["from", "to", "year", "count"])
        store.load(Batch(id, "CITES", table, ("Firm", "Firm"), "count"))


def _share_suffix(flow: Flow) -> str:
    """Return what ends the names of statements that go through shares."""
    return "_by_share" if flow.by_share is not None else ""


def _fine_flow(store: GraphStore, flow: Flow) -> tuple[pa.Table, float]:
    """Return the flow between fine industries by year, the residual included.

    And citations that have no owner at an end: they are in the residual, and between no firms.
    """
    if flow.cells is not None:
        return flow.cells.table, flow.cells.unowned
    if flow.table is not None:
        table = flow.table
        if flow.kind == "citations":
            table = table.append_column("self_count", pa.array([0.0] * table.num_rows))
        return table, 0.0
    if flow.between != _PATENTS:
        return ask_by_slices(store, f"firm_to_fine_{flow.kind}{_share_suffix(flow)}"), 0.0
    if flow.by_share is not None:
        return _fine_flow_by_share(store)
    unowned = float(ask(store, "unowned_patent_citations")["count"][0].as_py())
    return ask_by_slices(store, "patent_to_fine_citations"), unowned


def _fine_flow_by_share(store: GraphStore) -> tuple[pa.Table, float]:
    """Return patents' citations by the shares of their owners, with owners' self-citations.

    A citation is one of an owner by himself as far as he holds both patents: that is known between
    firms only, so these sums come from there.
    """
    table = ask_by_slices(store, "patent_to_fine_citations_by_share")
    cell = ["receiver", "source", "year"]
    of_firms = ask_by_slices(store, "firm_to_fine_citations_by_share").select([*cell, "self_count"])
    both = table.join(of_firms, cell).sort_by([(name, "ascending") for name in cell])
    count, own = both["count"], pc.fill_null(both["self_count"], 0.0)
    # Sums in another order: what is all of a cell must be so to the last digit, too.
    all_own = pc.greater_equal(own, pc.multiply(count, 1.0 - AGREEMENT))
    columns = [*(both[name] for name in cell), count, pc.if_else(all_own, count, own)]
    fine = pa.table(columns, names=[*cell, "count", "self_count"])
    return fine, _sum(table, "unowned")


def _require_cells(flow: Flow, fine: pa.Table, wanted: pa.Table) -> None:
    """Hold sums of the store against those from the tables, cell by cell.

    A flow in a wrong cell keeps the total.
    """
    cell = ["receiver", "source", "year"]
    measures = ["count", "self_count"] if flow.kind == "citations" else ["value"]
    both = fine.join(wanted, cell, join_type="full outer", right_suffix="_wanted")
    for name in measures:
        held, due = (pc.fill_null(both[name + end], 0.0) for end in ("", "_wanted"))
        apart = pc.abs(pc.subtract(held, due))
        bound = pc.multiply(pc.add(pc.abs(due), abs(flow.input)), rounding(flow.rows))
        wrong = both.filter(pc.greater(apart, bound))
        if wrong.num_rows:
            at = wrong.select(cell).slice(0, 1).to_pylist()[0]
            raise TotalsError(
                f"{flow.name}: {name} is not that of the tables in {wrong.num_rows} cells "
                f"of the store, the first from {at['source']} to {at['receiver']} in {at['year']}; "
                "please report this."
            )


def _write(
    store: GraphStore, flow: Flow, table: pa.Table, classification: str, fingerprint: str
) -> None:
    """Write sums as edges between the industries of a classification."""
    receiver, source = (_keys(table[end], classification) for end in ("receiver", "source"))
    # A citation points from the citing (receiving) side, a delivery from the supplier (source).
    start, end = (receiver, source) if flow.kind == "citations" else (source, receiver)
    columns = {"from": start, "to": end, "year": table["year"].cast(pa.int64())}
    measures = ["count", "self_count"] if flow.kind == "citations" else ["value"]
    columns |= {name: table[name].cast(pa.float64()) for name in measures}
    columns["origin"] = pa.array([flow.origin] * table.num_rows, pa.string())
    id = f"{fingerprint}:{flow.edge}:{flow.origin}:{classification}"
    store.load(Batch(id, flow.edge, pa.table(columns), _ENDS, flow.measure))


def _keys(codes: pa.ChunkedArray, classification: str) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(pa.scalar(classification), codes.cast(pa.string()), ":")


def _cumulate(
    store: GraphStore, flow: Flow, target: str, years: Sequence[int], fingerprint: str
) -> None:
    """Write the citations up to each year as CITATION_STOCK edges."""
    for year in years:
        parameters = {"classification": target, "year": year, "origin": flow.origin}
        table = ask(store, "citations_to_year", parameters)
        edges = pa.table(
            {
                "from": _keys(table["receiver"], target),
                "to": _keys(table["source"], target),
                "year": pa.array([year] * table.num_rows, pa.int64()),
                "count": table["count"],
                "self_count": table["self_count"],
                "origin": pa.array([flow.origin] * table.num_rows, pa.string()),
            }
        )
        id = f"{fingerprint}:CITATION_STOCK:{flow.origin}:{target}:{year}"
        store.load(Batch(id, "CITATION_STOCK", edges, _ENDS, "count"))


def _totals(
    store: GraphStore,
    flow: Flow,
    target: str,
    mapped: pa.Table,
    unowned: float,
    uncovered: Collection[str] | None,
) -> Totals:
    firm = None if flow.cells is None else flow.cells.firm
    if flow.of_firms and flow.cells is None:
        firm = _sum(ask_by_slices(store, f"total_firm_{flow.kind}"), "total") + unowned
    statement = f"total_industry_{flow.kind}"
    where = {"classification": flow.classification, "origin": flow.origin}
    fine = _ask_total(store, statement, where)
    everything = _ask_total(store, statement, where | {"classification": target})
    inside, residual = _split(mapped)
    unmapped = _sum(residual, flow.measure)
    selfs = _sum(inside, "self_count") if flow.kind == "citations" else 0.0
    target_sum = _sum(inside, flow.measure)
    levels = {"firm": firm, "fine": fine, "target": everything}
    levels["target and unmapped"] = target_sum + unmapped
    difference = _require_agreement(flow, levels)
    lost = _causes(store, flow, target, unmapped, unowned, uncovered)
    return Totals(flow.input, firm, fine, target_sum, unmapped, selfs, difference, lost)


def _require_agreement(flow: Flow, levels: dict[str, float | None]) -> float:
    """Return the largest relative difference between levels, or stop if rounding is no excuse."""
    largest = 0.0
    for level, total in levels.items():
        if total is None or total == flow.input:
            continue
        apart = abs(total - flow.input) / abs(flow.input) if flow.input else math.inf
        if apart > rounding(flow.rows):
            raise TotalsError(
                f"{flow.name}: {flow.input:.17g} went in, but the {level} level holds "
                f"{total:.17g}; please report this."
            )
        largest = max(largest, apart)
    return largest


def _causes(
    store: GraphStore,
    flow: Flow,
    target: str,
    unmapped: float,
    unowned: float,
    uncovered: Collection[str] | None,
) -> dict[str, float]:
    """Split the residual by the step at which it arose."""
    where = {"classification": flow.classification, "origin": flow.origin}
    named, residual = _split(ask(store, f"industry_{flow.kind}", where))
    at_fine = _sum(residual, flow.measure) if flow.of_firms else 0.0
    causes = {"no firm": unowned, "no industry": at_fine - unowned}
    if flow.classification != target:
        beyond = unmapped - at_fine
        lacking = (
            beyond if uncovered is None else _sum(_select_flows_at(named, uncovered), flow.measure)
        )
        causes |= {"no concordance": lacking, "weights below 1": beyond - lacking}
    # a difference of two large sums is never quite 0
    least = rounding(flow.rows) * flow.input
    return {cause: amount for cause, amount in causes.items() if amount > least}


def _select_flows_at(table: pa.Table, codes: Collection[str]) -> pa.Table:
    """Return the flows with an end in one of some codes."""
    listed = pa.array(sorted(codes), pa.string())
    ends = [pc.is_in(table[end].cast(pa.string()), listed) for end in ("receiver", "source")]
    return table.filter(pc.or_(*ends))


def _split(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return the flows between named industries, and those with an end in the residual."""
    named = [pc.not_equal(table[end], UNMAPPED) for end in ("receiver", "source")]
    inside = pc.and_(*named)
    return table.filter(inside), table.filter(pc.invert(inside))


def _ask_total(store: GraphStore, name: str, parameters: dict[str, str]) -> float:
    return float(ask(store, name, parameters)["total"][0].as_py())


def _sum(table: pa.Table, column: str) -> float:
    return math.fsum(table[column].to_numpy()) if table.num_rows else 0.0
