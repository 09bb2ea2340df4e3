"""What the maps between classifications did to the flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...ingest.concordance import Audit
from ...reports.kit import Heading, Paragraph, Part
from ...reports.tables import Head, Table, make_table
from ._shortened import MOST_CODES, shorten_rows

__all__ = ["concordance_parts"]


def concordance_parts(
    audits: Sequence[Audit],
    uncovered: Mapping[str, Mapping[str, float]],
    lost: Mapping[str, Mapping[str, float]],
) -> list[Part]:
    """Return each map, and the codes of it that are worth a look.

    Parameters
    ----------
    audits : sequence of Audit
        In the order of their use.
    uncovered : mapping of str to mapping
        By source classification and code, the flow at the code that the map does not cover.
    lost : mapping of str to mapping
        By source classification and flow, the share of that flow that the map does not cover.
    """
    heading = Heading("Concordances")
    if not audits:
        return [heading, Paragraph("No concordance was used.")]
    parts: list[Part] = [heading, _overview(audits, lost)]
    for audit in audits:
        flows = uncovered.get(audit.source, dict.fromkeys(audit.unmapped, 0.0))
        if table := _suspects(audit, flows):
            parts.append(table)
    return parts


def _overview(audits: Sequence[Audit], lost: Mapping[str, Mapping[str, float]]) -> Table:
    flows = list(dict.fromkeys(flow for audit in audits for flow in lost.get(audit.source, {})))
    heads = [
        Head("From"),
        Head("To"),
        Head("Codes in use", "count"),
        Head("Not covered", "count"),
        Head("Weights do not add to 1", "count"),
        Head("Ties", "count"),
        Head("Split equally", "count"),
        *(Head(f"Lost: {flow}", "percent") for flow in flows),
    ]
    rows = []
    for audit in audits:
        doubts = (audit.unmapped, audit.uneven, audit.ties, audit.equal_split)
        shares = (lost.get(audit.source, {}).get(flow) for flow in flows)
        counts = (len(audit.codes), *(len(doubt) for doubt in doubts))
        rows.append([audit.source, audit.target, *counts, *shares])
    return make_table("Concordances", heads, rows)


def _suspects(audit: Audit, flows: Mapping[str, float]) -> Table | None:
    """Return the doubtful codes of one concordance, with the flow or weight at stake."""
    by_flow = sorted(flows.items(), key=lambda item: -item[1])
    kinds: list[list[list[object]]] = [
        shorten_rows([[code, "not covered", "", flow] for code, flow in by_flow], 3),
        [[c, "weights do not add to 1", "their sum", total] for c, total in audit.uneven.items()],
        [[code, "tie", ", ".join(among), None] for code, among in audit.ties.items()],
        [[code, "split equally", "", None] for code in audit.equal_split],
    ]
    rows = [row for kind in kinds for row in kind[: MOST_CODES + 1]]
    most = max(len(audit.uneven), len(audit.ties), len(audit.equal_split))
    note = f"The first {MOST_CODES + 1} of each kind are listed." if most > MOST_CODES + 1 else ""
    heads = [
        Head("Code", "code"),
        Head("Doubt"),
        Head("Detail"),
        Head("Flow, or sum of weights", "value"),
    ]
    caption = f"Codes to look at in {audit.source} → {audit.target}"
    return make_table(caption, heads, rows, note=note) if rows else None
