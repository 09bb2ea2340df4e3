"""Tables of the audit: rows loaded and rejected, totals, concordances, provenance."""

from __future__ import annotations

from collections.abc import Mapping

from .content import LEVELS, ConcordanceAudit, Provenance, ReportContent
from .tables import Head, Table, make_table

__all__ = [
    "account_tables",
    "concordance_table",
    "loaded_table",
    "lost_table",
    "provenance_tables",
    "reason_table",
    "suspect_table",
    "totals_table",
    "unmapped_tables",
]

#: Rows of a list of codes or causes beyond which the rest is shown as one sum.
MOST_CODES = 50


def loaded_table(content: ReportContent) -> Table | None:
    """Return rows read, loaded and rejected by input table, with the check."""
    if not content.tables:
        return None
    heads = [
        Head("Table"),
        Head("Read", "count"),
        Head("Loaded", "count"),
        Head("Rejected", "count"),
        Head("Rejected, share", "percent"),
        Head("Read = loaded + rejected, reasons add up", "check"),
    ]
    rows = [
        [
            table.name,
            table.read,
            table.loaded,
            table.rejected,
            table.rejected / table.read if table.read else None,
            table.balanced,
        ]
        for table in content.tables
    ]
    return make_table("Rows read, loaded and rejected", heads, rows)


def reason_table(content: ReportContent) -> Table | None:
    """Return rejected rows by table and reason, if any row was rejected."""
    rows = [
        [table.name, reason, count]
        for table in content.tables
        for reason, count in sorted(table.reasons.items(), key=lambda item: -item[1])
    ]
    heads = [Head("Table"), Head("Reason"), Head("Rows", "count")]
    return make_table("Why rows were rejected", heads, rows) if rows else None


def totals_table(content: ReportContent) -> Table | None:
    """Return every flow's total by level, the residual beside it, and the check."""
    if not content.totals:
        return None
    heads = [
        Head("Flow"),
        Head("Input files", "total"),
        Head("Between firms", "total"),
        Head("Fine industries", "total"),
        Head("Named sectors", "total"),
        Head("Unmapped", "total"),
        Head("Unmapped, share", "percent"),
        Head("Largest difference", "gap"),
        Head("Agree", "check"),
    ]
    rows = []
    for total in content.totals:
        whole = max((abs(value) for value in total.sums.values()), default=0.0)
        rest = total.levels.get("unmapped")
        share = rest / whole if rest is not None and whole else None
        levels = [total.levels.get(level) for level in LEVELS]
        name = total.flow if total.unit == total.flow else f"{total.flow}, {total.unit}"
        rows.append([name, *levels, share, total.difference, total.agree])
    note = (
        "Input = firms = fine industries = named sectors + unmapped, for every flow in which the "
        "level exists (– where it does not). Flow without a sector is kept in the residual "
        "‘unmapped’; it is no row of W, S or ψ."
    )
    return make_table("Sum of each flow by level", heads, rows, note=note, sortable=False)


def lost_table(content: ReportContent) -> Table | None:
    """Return the residual of each flow by cause; flows without residual are listed too."""
    rows: list[list[object]] = []
    for total in content.totals:
        rest = total.levels.get("unmapped")
        if rest is None:
            continue
        causes = total.lost or {"all causes": rest}
        rows += [
            [total.flow, cause, value, value / rest if rest else None, total.unit]
            for cause, value in causes.items()
        ]
    heads = [
        Head("Flow"),
        Head("Cause"),
        Head("Flow lost", "total"),
        Head("Share of unmapped", "percent"),
        Head("Unit"),
    ]
    return make_table("The residual ‘unmapped’ by cause", heads, rows) if rows else None


def unmapped_tables(content: ReportContent) -> list[Table]:
    """Return, flow by flow, what each sector exchanges with the residual."""
    tables = []
    units = {total.flow: total.unit for total in content.totals}
    for flow, frame in content.unmapped_flows.items():
        columns = [str(column) for column in frame.columns]
        heads = [Head("Code", "code"), Head("Sector")]
        heads += [Head(column.capitalize(), "total") for column in columns]
        ranked = frame.astype(float)
        ranked = ranked.loc[ranked.sum(axis=1).sort_values(ascending=False, kind="stable").index]
        rows = [
            [str(code), content.names.get(str(code), ""), *row]
            for code, row in zip(ranked.index, ranked.to_numpy().tolist(), strict=True)
            if any(row)
        ]
        unit = f", {units[flow]}" if units.get(flow, flow) != flow else ""
        caption = f"Flow between sectors and the residual: {flow}{unit}"
        if rows:
            tables.append(make_table(caption, heads, _shortened(rows, 2)))
    return tables


def _shortened(rows: list[list[object]], texts: int) -> list[list[object]]:
    """Keep the first rows and add up the numbers of all others in a last one."""
    if len(rows) <= MOST_CODES + 1:
        return rows
    kept, others = rows[:MOST_CODES], rows[MOST_CODES:]
    sums = [sum(float(str(row[k])) for row in others) for k in range(texts, len(rows[0]))]
    label: list[object] = [f"{len(others):,} others", *([""] * (texts - 1))]
    return [*kept, [*label, *sums]]


def account_tables(content: ReportContent) -> list[Table]:
    """Return how the accounts of each year fit, and the sectors that fit worst where they do not.

    Years that balance, as far as they can be checked, have no sectors to show.
    """
    known = [one for one in content.accounts if one.checked]
    if not known:
        return []
    heads = [
        Head("Year", "year"),
        Head("Sectors", "count"),
        Head("Sectors checked", "count"),
        Head("Output − inputs − value added − imports", "percent", "sum of absolute gaps"),
        Head("the same, median sector", "percent"),
        Head("Output − sales − final demand", "percent", "sum of absolute gaps"),
        Head("the same, median sector", "percent"),
        Head("Fit to 1%", "check"),
    ]
    rows: list[list[object]] = [
        [
            *(a.year, a.sectors, a.checked, a.paid, a.paid_median, a.sold, a.sold_median),
            a.balanced,
        ]
        for a in known
    ]
    note = "In per cent of gross output; – where value added, or final demand, is not known."
    tables = [make_table("Accounts by year", heads, rows, note=note)]
    heads = [
        Head("Year", "year"),
        Head("Code", "code"),
        Head("Sector"),
        Head("Output − inputs − value added − imports", "percent", "of the sector's output"),
        Head("Output − sales − final demand", "percent", "of the sector's output"),
    ]
    rows = [
        [a.year, str(code), content.names.get(str(code), ""), *gaps]
        for a in known
        if a.balanced is False
        for code, gaps in zip(a.worst.index, a.worst[["paid", "sold"]].to_numpy(), strict=True)
    ]
    if rows:
        tables.append(make_table("Sectors whose accounts fit worst", heads, rows, note=note))
    return tables


def concordance_table(content: ReportContent) -> Table | None:
    """Return one row a concordance: how many codes, and how many of each doubtful kind."""
    if not content.concordances:
        return None
    flows = list(dict.fromkeys(flow for audit in content.concordances for flow in audit.lost_share))
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
    for audit in content.concordances:
        doubts = (audit.unmapped, audit.uneven, audit.ties, audit.equal_split)
        losses = (audit.lost_share.get(flow) for flow in flows)
        counts = (len(doubt) for doubt in doubts)
        rows.append([audit.source, audit.target, audit.codes, *counts, *losses])
    return make_table("Concordances", heads, rows)


def suspect_table(audit: ConcordanceAudit) -> Table | None:
    """Return the doubtful codes of one concordance, with the flow or weight at stake."""
    by_flow = sorted(audit.unmapped.items(), key=lambda item: -item[1])
    kinds: list[list[list[object]]] = [
        _shortened([[code, "not covered", "", flow] for code, flow in by_flow], 3),
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


def provenance_tables(made: Provenance) -> list[Table]:
    """Return inputs with hashes, versions, options and seconds, each where there are any."""
    tables = []
    if made.inputs:
        heads = [Head("File", "code"), Head("SHA-256", "code")]
        tables.append(make_table("Inputs", heads, list(made.inputs.items())))
    pairs: list[tuple[str, Mapping[str, object], Head, Head]] = [
        ("Options", made.options, Head("Option", "code"), Head("Value", "code")),
        ("Versions", made.versions, Head("Package"), Head("Version", "code")),
        ("Time by step", made.seconds, Head("Step"), Head("Seconds", "seconds")),
    ]
    for caption, values, left, right in pairs:
        if values:
            shown = [
                (key, str(value) if right.form == "code" else value)
                for key, value in values.items()
            ]
            tables.append(make_table(caption, [left, right], shown))
    return tables
