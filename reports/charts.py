"""Vega-Lite charts, drawn by Altair: bars and heat maps without their data.

Each function returns a specification that reads a data set called ``rows``; the page's script
fills it in, so that a change of year swaps numbers and nothing else.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec

import altair as alt
import vl_convert

__all__ = [
    "Spec",
    "bars_narrow",
    "bars_wide",
    "colours",
    "finish",
    "heat_map",
    "make_once",
    "script_bundle",
]

Spec = dict[str, Any]
P = ParamSpec("P")

#: Own part and spillover, or a single series; told apart without colour vision too.
COLOURS = ("#b9c2cc", "#1c5a8a")
#: Of the parts of ψ, each darker than the one before; the source's modes as what they resemble.
PARTS = {"own": "#b9c2cc", "production": "#e08e0b", "innovation": "#3b82b8"}
PARTS |= {"interaction": "#4a1a5c", "T1": "#e08e0b", "T2": "#3b82b8", "T3": "#4a1a5c"}
#: Behind them, for parts of other names.
MORE = ("#2f7d4f", "#b0413e")
INK, GRID = "#22272e", "#e3e7ec"
#: The page sets the width of bars; labels and axes have to fit in it.
LINE = 11.5
FIT = {"type": "fit-x", "contains": "padding"}
#: Three significant digits, but never a power of ten for a large number.
NUMBER = "format(datum.total, abs(datum.total) < 1000 ? '.3g' : ',.0f')"
WHOLE = "format(datum.total, '.4~g')"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def script_bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script that loads nothing.

    Returns
    -------
    str
        The script, safe inside a ``<script>`` element.
    """
    version = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    # Its stub demands a snippet; without one it exports Vega-Embed, which is what is needed.
    make: Callable[..., str] = vl_convert.javascript_bundle
    try:
        bundle = make(vl_version=version)
    except ValueError:  # a converter that lags behind Altair: its newest version draws the same
        bundle = make()
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def colours(parts: Sequence[str]) -> list[str]:
    """Return a colour for each part of a stacked bar, by its name up to a colon.

    Examples
    --------
    >>> colours(["benefit"]), colours(["T1: S + S²", "T2: W + W²"])
    (['#1c5a8a'], ['#e08e0b', '#3b82b8'])
    >>> len(set(colours(["at home", "with goods", "with knowledge", "with both"])))
    4
    """
    names = [part.split(":")[0] for part in parts]
    if all(name in PARTS for name in names):
        return [PARTS[name] for name in names]
    if len(parts) <= len(COLOURS):
        return list(COLOURS if len(parts) > 1 else COLOURS[1:])
    return [*dict.fromkeys(PARTS.values()), *MORE][: len(parts)]


def finish(chart: Any, *, synthetic: bool) -> Spec:
    """Set what all charts share, and leave out the address of the schema.

    Parameters
    ----------
    chart : altair.TopLevelMixin
        Any chart.
    synthetic : bool
        Whether the chart must carry the warning.

    Returns
    -------
    dict
        Its Vega-Lite specification.

    Examples
    --------
    >>> chart = alt.Chart(alt.NamedData(name="rows")).mark_bar()
    >>> finish(chart, synthetic=True)["title"]["subtitle"]
    'synthetic data: an invented economy'
    """
    warning = {"subtitle": "synthetic data: an invented economy", "subtitleColor": "#b3261e"}
    title: Spec = {"text": "", "anchor": "start", "fontSize": 13, "offset": 10}
    chart = (
        chart.properties(title=title | (warning if synthetic else {}))
        .configure(background="#ffffff", font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            titleFontWeight="normal",
            gridColor=GRID,
            titleFontSize=11,
        )
        .configure_legend(labelColor=INK, titleColor=INK, titleFontWeight="normal", labelLimit=0)
    )
    # Unchecked: the schema is asked in tests, where a chart can still be mended.
    spec: Spec = chart.to_dict(validate=False, context={"pre_transform": False})
    spec.pop("$schema", None)
    return spec


@dataclass(frozen=True, slots=True)
class _Form:
    """Whether bars have whiskers, and whether they are points."""

    whiskers: bool
    points: bool


def _span() -> list[alt.Parameter]:
    """Return the ends of the axis, which the page sets."""
    return [alt.param(name="bottom", value=0), alt.param(name="top", value=1)]


def make_once(make: Callable[P, Spec]) -> Callable[P, Spec]:
    """Let a function of a few words make each specification once in a process.

    Altair takes 40 ms for one, to check every part of it, and another run asks for the same.

    Parameters
    ----------
    make : callable
        Returns a specification; its arguments have texts that tell them apart.
    """
    known: dict[str, str] = {}

    @functools.wraps(make)
    def copied(*args: P.args, **options: P.kwargs) -> Spec:
        key = repr((args, sorted(options.items())))
        if key not in known:
            known[key] = json.dumps(make(*args, **options))
        spec: Spec = json.loads(known[key])  # of the caller's own, who may change it
        return spec

    return copied


def _bar_layers(
    base: Any, parts: Sequence[str], axis: str, bar: Spec, text: Spec, form: _Form
) -> list[Any]:
    """Return the stacked bars or points, whiskers if asked for, and the number at their end."""
    scale = alt.Scale(domainMin=alt.ExprRef("bottom"), domainMax=alt.ExprRef("top"), nice=False)
    x_axis = alt.Axis(title=axis, orient="top", tickCount=5, domain=False)
    legend = alt.Legend(title=None, orient="top") if len(parts) > 1 else None
    tone = alt.Scale(domain=list(parts), range=colours(parts))
    hover = [
        alt.Tooltip("sector:N", title="sector"),
        alt.Tooltip("part:N", title="part"),
        alt.Tooltip("value:Q", title="value", format=".4~g"),
        alt.Tooltip("total:Q", title="total", format=".4~g"),
    ]
    hover += [alt.Tooltip("interval:N", title="interval")] if form.whiskers else []
    point: Spec = {"size": 70, "yOffset": bar.get("yOffset", 0), "opacity": 1}
    marks = base.mark_circle(**point) if form.points else base.mark_bar(**bar)
    bars = marks.encode(
        x=alt.X("value:Q", stack=None if form.points else "zero", scale=scale, axis=x_axis),
        color=alt.Color("part:N", scale=tone, legend=legend),
        order=alt.Order("order:Q"),
        tooltip=hover,
    )
    first = base.transform_filter(alt.datum.order == 0)
    ends = (
        first.mark_text(align="left", dx=4, fontSize=10, color=INK, **text)
        .transform_calculate(number=WHOLE if form.points else NUMBER)
        .encode(x="end:Q", text="number:N")
    )
    lines = _whiskers(first, bar.get("yOffset", 0)) if form.whiskers else []
    return [*lines, bars, ends] if form.points else [bars, *lines, ends]


def _whiskers(first: Any, shift: float) -> list[Any]:
    """Return lines from low to high with caps, light below dark to be seen on any bar."""
    known = first.transform_filter("isValid(datum.low)")
    lines: list[Any] = []
    for colour, wide, cap in (("#ffffff", 3.6, 9), (INK, 1.3, 7)):
        rule = known.mark_rule(color=colour, strokeWidth=wide, yOffset=shift)
        tick = known.mark_tick(color=colour, thickness=wide, size=cap, yOffset=shift)
        lines.append(rule.encode(x="low:Q", x2="high:Q"))
        lines += [tick.encode(x=end) for end in ("low:Q", "high:Q")]
    return lines


@make_once
def bars_wide(
    parts: Sequence[str],
    axis: str,
    lines: int,
    *,
    synthetic: bool = False,
    whiskers: bool = False,
    points: bool = False,
) -> Spec:
    """Return horizontal bars with the whole names of the sectors on the left.

    Parameters
    ----------
    parts : sequence of str
        The stacked parts, first nearest to zero: one, two, or parts of ψ.
    axis : str
        Title of the axis, with the unit.
    lines : int
        Lines of the longest label; sets the height of a bar.
    synthetic : bool
        Whether the chart must carry the warning.
    whiskers : bool
        Whether rows may have an interval.
    points : bool
        Whether a point takes the place of each bar.

    Returns
    -------
    dict
        A Vega-Lite specification; its rows have ``label`` (lines parted by a newline),
        ``sector``, ``part``, ``order`` (0 for the first part), ``value``, ``total`` (the number
        shown) and ``end`` (where); with whiskers ``low``, ``high`` and ``interval``.

    Examples
    --------
    >>> spec = bars_wide(["own", "spillover"], "% of output", 2)
    >>> len(spec["layer"]), spec["data"]
    (2, {'name': 'rows'})
    """
    # A label hangs from its first line; lift it by half of the others to centre it.
    lifts = [
        {"test": f"length(split(datum.label, '\\n')) == {k}", "value": -LINE / 2 * (k - 1)}
        for k in range(2, lines + 1)
    ]
    labels = alt.Axis(
        title=None,
        labelExpr="split(datum.label, '\\n')",
        labelLimit=0,
        labelFontSize=11,
        labelLineHeight=LINE,
        labelOffset={"condition": lifts, "value": 0},
        labelPadding=8,
        ticks=False,
        domain=False,
    )
    y = alt.Y("label:N", sort=None, axis=labels, scale=alt.Scale(paddingInner=0.25))
    base = alt.Chart(alt.NamedData(name="rows")).encode(y=y)
    layers = _bar_layers(base, parts, axis, {}, {"baseline": "middle"}, _Form(whiskers, points))
    chart = alt.layer(*layers).add_params(*_span())
    step = alt.Step(19 if lines == 1 else LINE * lines + 3)
    return finish(chart.properties(autosize=FIT, height=step), synthetic=synthetic)


@make_once
def bars_narrow(
    parts: Sequence[str],
    axis: str,
    lines: int,
    *,
    synthetic: bool = False,
    whiskers: bool = False,
    points: bool = False,
) -> Spec:
    """Return the bars of :func:`bars_wide` for a telephone: each name above its bar.

    Parameters
    ----------
    parts, axis, lines, synthetic, whiskers, points
        As there.

    Returns
    -------
    dict
        A Vega-Lite specification that reads the same rows.
    """
    height = 12 * lines + 18
    band = alt.Scale(paddingInner=0, paddingOuter=0)
    base = alt.Chart(alt.NamedData(name="rows")).encode(
        y=alt.Y("label:N", sort=None, axis=None, scale=band)
    )
    shift = height / 2 - 9
    bar, text = {"size": 10, "yOffset": shift}, {"baseline": "middle", "yOffset": shift}
    layers = _bar_layers(base, parts, axis, bar, text, _Form(whiskers, points))
    names = (
        base.transform_filter(alt.datum.order == 0)
        .mark_text(
            align="left",
            baseline="bottom",
            yOffset=shift - 7,
            dy=alt.ExprRef(f"-{LINE} * (length(split(datum.label, '\\n')) - 1)"),
            fontSize=11,
            lineHeight=LINE,
            lineBreak="\n",
            color=INK,
        )
        .encode(x=alt.value(0), text="label:N")
    )
    chart = alt.layer(*layers, names).add_params(*_span())
    return finish(chart.properties(autosize=FIT, height=alt.Step(height)), synthetic=synthetic)


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    axes: tuple[str, str],
    legend: str,
    colour: Mapping[str, Any],
    *,
    labels: Mapping[str, str] | None = None,
    synthetic: bool = False,
) -> Spec:
    """Return a heat map of the cells that are not zero, receivers as rows.

    Parameters
    ----------
    rows, columns : sequence of str
        Codes of receivers from above and of sources from the left.
    axes : tuple of str
        Titles of the axes: what a row is, what a column is.
    legend : str
        Title of the colour legend: the quantity and the kind of scale.
    colour : dict
        ``type`` and ``domain`` of the colour scale, as Vega-Lite has them; ``range`` of one with
        levels.
    labels : dict of str to str, optional
        What to show for the code of a row; default the code.
    synthetic : bool
        Whether the chart must carry the warning.

    Returns
    -------
    dict
        A Vega-Lite specification; its rows have ``r``, ``c`` (codes), ``receiver``, ``source``
        (codes and names) and ``value``. The page sets its width, height and size of labels.

    Examples
    --------
    >>> scale = {"type": "sqrt", "domain": [0, 1]}
    >>> spec = heat_map(["a", "b"], ["a", "b"], ("citing", "cited"), "share", scale)
    >>> spec["encoding"]["y"]["scale"]["domain"]
    ['a', 'b']
    """
    x, y = _cell_axes(rows, columns, axes, named=labels is not None)
    bar = alt.Legend(
        title=legend,
        titleLimit=0,
        orient="bottom",
        direction="horizontal",
        format=".2~g",
        gradientLength=240,
        gradientThickness=10,
        tickCount=4,
    )
    tones: Spec = {} if "range" in colour else {"scheme": "magma", "reverse": True, "clamp": True}
    scale = alt.Scale(**tones, **colour)
    hover = [
        alt.Tooltip("receiver:N", title=axes[0].split(":")[0]),
        alt.Tooltip("source:N", title=axes[1].split(":")[0]),
        alt.Tooltip("value:Q", title="value", format=".4~g"),
    ]
    tone = alt.Color("value:Q", scale=scale, legend=bar)
    chart = alt.Chart(alt.NamedData(name="rows")).mark_rect()
    chart = chart.encode(x=x, y=y, color=tone, tooltip=hover)
    if labels:
        chart = chart.add_params(alt.param(name="labels", value=dict(labels)))
    spec = finish(chart, synthetic=synthetic)
    spec["config"]["view"] = {"stroke": "#c8ced6"}
    return spec


def _cell_axes(
    rows: Sequence[str], columns: Sequence[str], titles: tuple[str, str], *, named: bool
) -> tuple[alt.X, alt.Y]:
    """Return the axes of a heat map: sources from the left, receivers from above."""
    small: Spec = {"ticks": False, "maxExtent": 1000, "domain": False}
    small |= {"labelLimit": 0, "labelPadding": 3}
    names: Spec = {"labelExpr": "labels[datum.label]"} if named else {}
    x = alt.X(
        "c:O",
        title=titles[1],
        scale=alt.Scale(domain=list(columns)),
        axis=alt.Axis(orient="top", labelAngle=-90, **small),
    )
    y = alt.Y(
        "r:O",
        title=titles[0],
        scale=alt.Scale(domain=list(rows)),
        axis=alt.Axis(**small, **names),
    )
    return x, y
