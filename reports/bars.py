"""Bar figures: sums of ψ, what is lost without W, the modes of spillover, own citations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ..analytics.spillovers import CHANNELS, DIFFERENCE, EXACT, PRINTED, mode_shares
from .charts import Spec, bars_narrow, bars_wide, colours
from .content import ReportContent, YearResult
from .figures import Control, Figure, left_out, rounded, sector_labels, year_control
from .kit import Bars, Stack

__all__ = ["bar_figures", "benefit_bars", "contribution_bars", "draw_bars", "interval_note"]

#: Sectors above which only the largest are drawn at first.
MOST_BARS = 45
#: Characters of bars that the page takes; older years beyond it are left out.
BAR_BUDGET = 1_500_000
#: What the source's modes are, as the legend has them.
PRINTED_NAMES = ("T1: S + S²", "T2: W + W²", "T3: all else")
#: The two splits of spillover, by the value of their choice.
SPLITS = {"exact": (CHANNELS, CHANNELS), "as printed": (PRINTED, PRINTED_NAMES)}


def bar_figures(content: ReportContent) -> dict[str, Figure]:
    """Return the bar figures that the content allows.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    dict of str to Figure
        By name, of ``benefit``, ``contribution``, ``loss``, ``modes`` and ``own``. Years, counted
        from the last, as many as fit the page.
    """
    makers = {
        "benefit": benefit_bars,
        "contribution": contribution_bars,
        "loss": _loss,
        "modes": _modes,
        "own": _own,
    }
    made = {name: draw_bars(content, maker(content)) for name, maker in makers.items()}
    return _fitted({name: figure for name, figure in made.items() if figure is not None})


def benefit_bars(content: ReportContent) -> Bars:
    """Declare the row sums of ψ, parted as far as the parts are known in all years."""
    years = [result for result in content.ordered if result.benefit is not None]
    both = all(result.spillover is not None for result in years)
    four = all(result.modes is not None for result in years)
    series: dict[tuple[str, ...], Stack] = {}
    for result in years:
        parts = _benefit_parts(result, four=four, both=both)
        series[(str(result.year),)] = Stack(parts, interval=result.intervals.get("benefit"))
    caption = "How much the output of a sector rises, in %, when technology rises by 1% in every "
    caption += "sector. "
    if four:
        caption += "Four parts add up to it exactly: the sector's own 1% (grey), chains of inputs "
        caption += "alone, chains of citations alone, and chains of both (interaction)."
    elif both:
        caption += "The grey part is the sector's own 1%; the rest is spillover."
    names = EXACT if four else ("own", "spillover") if both else ("benefit",)
    title = "Benefit: row sums of ψ"
    return Bars("benefit", title, caption, "% of the sector's output", {"": names}, series)


def _benefit_parts(result: YearResult, *, four: bool, both: bool) -> list[pd.Series[float]]:
    """Return the parts of the benefit of a year, which add up to it."""
    assert result.benefit is not None
    if four and result.modes is not None:
        return [result.modes[name] for name in EXACT]
    if both and result.spillover is not None:
        return [result.benefit - result.spillover, result.spillover]
    return [result.benefit]


def contribution_bars(content: ReportContent) -> Bars:
    """Declare the weighted column sums of ψ."""
    series: dict[tuple[str, ...], Stack] = {
        (weight, str(result.year)): Stack(
            [values], interval=result.intervals.get(f"contribution: {weight}")
        )
        for result in content.ordered
        for weight, values in result.contribution.items()
    }
    return Bars(
        "contribution",
        "Contribution: column sums of ψ",
        "How much the weighted sum of all outputs rises, in %, when technology rises by 1% in "
        "this sector alone. Weights ‘unit’ add the sectors up; with final-demand shares the sum "
        "is real GDP.",
        "% of the weighted sum of outputs",
        {"": ("contribution",)},
        series,
        "Weights",
    )


def _loss(content: ReportContent) -> Bars:
    """What is lost without the innovation network."""
    series: dict[tuple[str, ...], Stack] = {
        (_lost(str(name)), str(result.year)): Stack([result.loss[name]])
        for result in content.ordered
        if result.loss is not None
        for name in result.loss
    }
    return Bars(
        "loss",
        "Loss without the innovation network",
        "What would be lost, in %, if knowledge did not travel (W = 0, so ψ = U = (I − S)⁻¹): of "
        "the sector's benefit (rows), 100 (1 − (U1)ᵢ / (ψ1)ᵢ), or of its contribution (columns) "
        "with the same weights.",
        "% lost",
        {"": ("loss",)},
        series,
        "Of",
    )


def _lost(name: str) -> str:
    """Call a column of the loss what it is about."""
    return "benefit (rows)" if name == "benefit" else f"contribution (columns): {name}"


def _modes(content: ReportContent) -> Bars:
    """Shares of the channels in spillover, exactly and as the source prints them."""
    series: dict[tuple[str, ...], Stack] = {}
    for result in content.ordered:
        if result.modes is None:
            continue
        shares = mode_shares(result.modes)
        total = result.modes[list(CHANNELS)].sum(axis=1)
        for split, (columns, _) in SPLITS.items():
            bars = [shares[column] for column in columns]
            series[(split, str(result.year))] = Stack(bars, total)
    return Bars(
        "modes",
        "Modes of spillover",
        "How the spillover of a sector, (ψ − I)1, comes to it, in % of it; the number beside a bar "
        "is the spillover itself, in % of output. Exact: inputs alone (U − I), citations alone "
        "(V − I), both, (U − I)(V − I). As printed in the source: T1 = S + S², T2 = W + W², "
        f"T3 = ψ − I − T1 − T2, there called interaction. {DIFFERENCE}",
        "% of the sector's spillover",
        {split: tuple(titles) for split, (_, titles) in SPLITS.items()},
        series,
        "Split",
    )


def _own(content: ReportContent) -> Bars:
    """Own citation shares."""
    series: dict[tuple[str, ...], Stack] = {
        (str(result.year),): Stack([100 * result.own_share])
        for result in content.ordered
        if result.own_share is not None and result.own_share.notna().any()
    }
    return Bars(
        "own",
        "Own citations",
        "Share of a sector's citations that stay within it. They are taken out of W after its "
        "rows are divided by all citations. Sectors that never cite are left out.",
        "% of the sector's citations",
        {"": ("own citations",)},
        series,
    )


def draw_bars(content: ReportContent, bars: Bars) -> Figure | None:
    """Draw bars for the page, with controls, charts and data; ``None`` if there are none.

    Parameters
    ----------
    content : ReportContent
        Names of the sectors, and whether the data are invented.
    bars : Bars
        What is to be drawn.

    Returns
    -------
    Figure or None
    """
    series, names = bars.series, bars.parts
    if not series:
        return None
    labels = sector_labels(content)
    wide, narrow = (max(row[k].count("\n") + 1 for row in labels) for k in (2, 3))
    whiskers = any(stack.interval is not None for stack in series.values())
    parts = list(next(iter(names.values())))
    synthetic = content.synthetic
    payload: Spec = {
        "kind": "bars",
        "title": bars.title,
        "parts": parts,
        "wide": bars_wide(parts, bars.axis, wide, synthetic=synthetic, whiskers=whiskers),
        "narrow": bars_narrow(parts, bars.axis, narrow, synthetic=synthetic, whiskers=whiskers),
        "blocks": _blocks(series, {row[0]: i for i, row in enumerate(labels)}),
    }
    if len(names) > 1:
        payload["sets"] = {
            key: {"parts": list(parts), "colours": colours(parts)} for key, parts in names.items()
        }
    caption = bars.caption + (interval_note(content) if whiskers else "")
    controls = _controls(bars, len(labels))
    return Figure(f"figure-{bars.name}", bars.title, caption, controls, payload)


def interval_note(content: ReportContent) -> str:
    """Say what whiskers are, on the page and on plates."""
    return f" Whiskers are intervals. {content.uncertainty}".rstrip()


def _controls(bars: Bars, sectors: int) -> tuple[Control, ...]:
    """Return the choices of what and of which year, and of how many bars to draw."""
    periods = bars.periods
    title = "Year" if all(period.isdecimal() for period in periods) else "Years"
    controls = [Control(title, tuple((one, one) for one in periods), periods[0])]
    firsts = tuple(dict.fromkeys(key[0] for key in bars.series if len(key) > 1))
    if firsts:
        controls.insert(0, Control(bars.choice, tuple((one, one) for one in firsts), firsts[0]))
    if sectors > MOST_BARS:
        shown = (("25", "25 largest"), ("0", f"all {sectors}"))
        controls.append(Control("Show", shown, "25", role="limit"))
    return tuple(controls)


def _blocks(series: Mapping[tuple[str, ...], Stack], place: Mapping[str, int]) -> dict[str, Spec]:
    """Return places of the sectors, values by part, and one axis for all years of a choice."""
    blocks: dict[str, Spec] = {}
    ends: dict[tuple[str, ...], list[float]] = {}
    for key, bars in series.items():
        codes = bars.whole.index
        block: Spec = {
            "i": [place[str(code)] for code in codes],
            "v": [rounded(part.reindex(codes)) for part in bars.parts],
        }
        reach = [0.0, *bars.sides]
        if bars.total is not None:
            block["t"] = rounded(bars.total.reindex(codes))
        if bars.interval is not None:
            sides = bars.interval[["low", "high"]].reindex(codes).astype(float)
            block["w"] = [rounded(sides[side]) for side in sides]
            reach += sides.melt()["value"].dropna().tolist()
        ends.setdefault(key[:-1], [0.0]).extend(reach)
        blocks["|".join(key)] = block
    for key in series:
        # Room for the number behind the longest bar; negative weights may give negative sums.
        low, high = min(ends[key[:-1]]), max(ends[key[:-1]])
        span = {"bottom": float(f"{1.05 * low:.4g}"), "top": float(f"{1.1 * high or 1.0:.4g}")}
        blocks["|".join(key)] |= span
    return blocks


def _fitted(figures: dict[str, Figure]) -> dict[str, Figure]:
    """Leave out the oldest years where all bars together are too much for the page."""
    size: dict[str, int] = {}
    for figure in figures.values():
        for key, block in figure.payload["blocks"].items():
            year = key.rsplit("|", 1)[-1]
            size[year] = size.get(year, 0) + len(json.dumps(block, separators=(",", ":")))
    spent, gone = 0, set()
    for year in sorted(size, key=int, reverse=True):
        spent += size[year]
        if spent > BAR_BUDGET and year != max(size, key=int):
            gone.add(year)
    if not gone:
        return figures
    return {name: _without(figure, gone) for name, figure in figures.items()}


def _without(figure: Figure, gone: set[str]) -> Figure:
    """Return a figure without the blocks and the choice of some years, and say so."""
    blocks = figure.payload["blocks"]
    kept = {key: block for key, block in blocks.items() if key.rsplit("|", 1)[-1] not in gone}
    lost = sorted({int(key.rsplit("|", 1)[-1]) for key in set(blocks) - set(kept)})
    if not kept or not lost:
        return figure
    years = year_control([int(key.rsplit("|", 1)[-1]) for key in kept])
    controls = tuple(years if one.label == years.label else one for one in figure.controls)
    caption = f"{figure.caption} {left_out('bars', lost)}"
    payload = figure.payload | {"blocks": kept}
    return replace(figure, caption=caption, controls=controls, payload=payload)
