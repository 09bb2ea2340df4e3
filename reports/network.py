"""Networks as the page draws them: sectors as points, links that taper from source to receiver."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from .charts import GRID, INK, Spec, finish, make_once
from .figures import Figure, Setting, key_controls, round_values
from .kit import Links, Network
from .layout import place_sectors
from .network_links import AREA, drawn_first, link_rows, named_first, told_of_waiting

__all__ = ["draw_network", "network_chart", "places_of", "told_of_grey", "tones_of"]

#: Colours of groups, the largest first; the last is of all others.
GROUPS = ("#1c5a8a", "#e08e0b", "#2f7d4f", "#b0413e", "#7b5ea7", "#5aa9c9", "#8a6d3b", "#9aa4af")
LINK = "#5b6673"
#: Links whose ink, taken together, leaves the sectors to be seen.
MOST_INK = 12.0
#: How visible links and sectors stay that have nothing to do with the one that is chosen.
DIM = 0.12
#: Who is chosen: pointed at, else clicked on. A link has no code.
CHOSEN = (
    "isDefined(hover.code) && isDefined(hover.code[0]) ? hover.code[0] : "
    "isDefined(click.code) && isDefined(click.code[0]) ? click.code[0] : ''"
)
#: Whether somebody is chosen or looked for; whether a link is one of theirs, or a sector they
#: themselves or a partner of theirs.
ANY = "chosen !== '' || find !== ''"
LINKED = (
    "chosen !== '' && (datum.receiver === chosen || datum.source === chosen) || "
    "find !== '' && indexof(datum.ends, lower(find)) >= 0"
)
NAMED = "find !== '' && indexof(lower(datum.sector), lower(find)) >= 0"
PARTNER = (
    "chosen !== '' && (datum.code === chosen || indexof(datum.partners, chosen) >= 0) || "
    "find !== '' && indexof(datum.around, lower(find)) >= 0"
)


def draw_network(network: Network, setting: Setting) -> Figure | None:
    """Draw a network for the page; ``None`` if no choice of it has a link.

    Parameters
    ----------
    network : Network
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.

    Returns
    -------
    Figure or None
    """
    series = {key: links for key, links in network.series.items() if links.matrix.values.nnz}
    if not series:
        return None
    places, numbers = places_of(network), setting.places
    size = next(iter(series.values())).size
    payload: Spec = {
        "kind": "network",
        "title": network.title,
        "chart": network_chart(str(size.name or "size"), synthetic=setting.synthetic),
        "tones": list(GROUPS),
        "places": {
            str(numbers[code]): [round(side, 4) for side in place] for code, place in places.items()
        },
        "ink": MOST_INK,
        "blocks": {"|".join(key): _block(links, numbers, places) for key, links in series.items()},
    }
    reading = (
        " A link is wide at its source and narrow at its receiver. Point at a sector to see all "
        "its links, click on it to keep them; write into the field below to find one."
    )
    reading += told_of_grey(network)
    controls = tuple(key_controls(network.choice, series, network.periods))
    name = f"figure-{network.name}"
    return Figure(name, network.title, network.caption + reading, controls, payload)


def told_of_grey(network: Network) -> str:
    """Say what is grey, where there are more groups than colours.

    Parameters
    ----------
    network : Network
        What is to be drawn.
    """
    groups = [links.group for links in network.series.values() if links.group is not None]
    if all(group.nunique() < len(GROUPS) for group in groups):
        return ""
    return f" Grey are those beyond the {len(GROUPS) - 1} largest."


def places_of(network: Network) -> dict[str, tuple[float, float]]:
    """Return the place of every sector, from the links of all years and layers."""
    matrices = [links.matrix for links in network.series.values()]
    codes = list(dict.fromkeys(code for matrix in matrices for code in matrix.rows))
    return place_sectors(matrices, codes)


def _block(
    links: Links, numbers: Mapping[str, int], places: Mapping[str, tuple[float, float]]
) -> Spec:
    """Return links and sectors in few characters: numbers of sectors, values, groups.

    And the places of the links that are drawn at first, where these are not all.
    """
    rows = link_rows(links)
    codes = list(links.matrix.rows)
    block: Spec = {
        "r": [numbers[code] for code in rows["receiver"]],
        "c": [numbers[code] for code in rows["source"]],
        "v": round_values(rows["value"]),
        "i": [numbers[code] for code in codes],
        "s": round_values(links.size.reindex(codes).fillna(0.0)),
        "n": [numbers[code] for code in named_first(links, places)],
    }
    first = drawn_first(rows)
    if not first.all():
        block["d"] = first.nonzero()[0].tolist()
        block["note"] = f"{told_of_waiting(first)} A sector that is chosen shows all of its links."
    if links.group is not None:
        block["g"] = [str(name) for name in links.group.reindex(codes).fillna("–")]
        block["t"] = tones_of(links)
    return block


def tones_of(links: Links) -> list[int]:
    """Return the colour of every sector, by its place in :data:`GROUPS`.

    Parameters
    ----------
    links : Links
        The largest group comes first; groups beyond the colours share the last.

    Examples
    --------
    >>> import pandas as pd
    >>> from spillgraph.analytics.steel_and_cars import K
    >>> size = pd.Series({"steel": 1.0, "cars": 1.0})
    >>> tones_of(Links(K, size)), tones_of(Links(K, size, pd.Series({"steel": "b", "cars": "a"})))
    ([0, 0], [1, 0])
    """
    codes = list(links.matrix.rows)
    if links.group is None:
        return [0] * len(codes)
    names = links.group.reindex(codes).fillna("–").astype(str)
    many = names.value_counts()
    order = sorted(many.index, key=lambda name: (-many[name], name))
    return [min(order.index(name), len(GROUPS) - 1) for name in names]


@make_once
def network_chart(size: str, *, synthetic: bool = False) -> Spec:
    """Return sectors and links without their data.

    Parameters
    ----------
    size : str
        What the area of a sector says.
    synthetic : bool
        Whether the chart must carry the warning.

    Returns
    -------
    dict
        A Vega-Lite specification. Rows of its data: two a link (``kind`` link, ``id``, ``x``,
        ``y``, ``wide``, ``receiver``, ``source``, ``value``), one a sector (``kind`` sector,
        ``code``, ``sector``, ``x``, ``y``, ``size``, ``root``, ``tone``, ``group``, ``name``). A
        link that is not ``first`` is drawn when one of its ends is chosen or found: ``ends`` has
        their names in small letters, ``partners`` of a sector the codes of those that it has links
        with, and ``around`` their names.

    Examples
    --------
    >>> spec = network_chart("in-strength")
    >>> [layer["mark"]["type"] for layer in spec["layer"]]
    ['trail', 'circle', 'text', 'text']
    """
    hover = alt.selection_point(name="hover", on="pointerover", clear="pointerout", fields=["code"])
    click = alt.selection_point(name="click", on="click", fields=["code"], toggle=False)
    find = alt.param(name="find", value="", bind=alt.binding(input="search", name="Find "))
    flat = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    field = alt.Scale(domain=[-0.03, 1.03], nice=False)
    base = alt.Chart(alt.NamedData(name="rows")).encode(
        x=alt.X("x:Q", axis=flat, scale=field), y=alt.Y("y:Q", axis=flat, scale=field)
    )
    sectors = base.transform_filter(alt.datum.kind == "sector")
    links = (
        base.transform_filter(f"datum.kind === 'link' && (datum.first || {LINKED})")
        .mark_trail()
        .encode(
            detail="id:N",
            order="end:O",
            size=alt.Size("wide:Q", scale=alt.Scale(domain=[0, 1], range=[0.5, 8]), legend=None),
            color=alt.condition(LINKED, alt.value(INK), alt.value(LINK)),
            opacity=alt.condition(
                LINKED, alt.value(0.85), alt.value(alt.ExprRef(f"({ANY}) ? {DIM} * faint : faint"))
            ),
        )
    )
    tips = [
        alt.Tooltip("sector:N", title="sector"),
        alt.Tooltip("size:Q", title=size, format=".4~g"),
        alt.Tooltip("group:N", title="group"),
        alt.Tooltip("from:N", title="draws on"),
        alt.Tooltip("to:N", title="drawn on by"),
    ]
    area = alt.Scale(domain=[0, 1], range=list(AREA), type="linear")
    points = sectors.mark_circle().encode(
        size=alt.Size("root:Q", scale=area, legend=None),
        color=alt.Color("tone:N", scale=None),
        opacity=alt.condition(f"!({ANY}) || {PARTNER}", alt.value(0.95), alt.value(2 * DIM)),
        stroke=alt.condition(NAMED, alt.value("#b3261e"), alt.value("#ffffff")),
        strokeWidth=alt.condition(NAMED, alt.value(4), alt.value(0.8)),
        tooltip=tips,
    )
    # A name that nobody sees must not lie between the mouse and a sector, so it is left out.
    shown = (
        f"datum.kind === 'sector' && (datum.name && (!({ANY}) || {PARTNER}) || "
        f"{NAMED} || chosen === datum.code)"
    )
    # Above its sector, however large that is, and with a rim of paper around it: a hub stands where
    # links are thickest.
    least, most = AREA
    lift = alt.ExprRef(f"-6 - sqrt(({least} + {most - least} * datum.root) / PI)")
    rim, names = (
        base.transform_filter(shown).mark_text(dy=lift, fontSize=10, **ink).encode(text="code:N")
        for ink in ({"stroke": "#ffffff", "strokeWidth": 3, "strokeJoin": "round"}, {"color": INK})
    )
    chart = alt.layer(links, points.add_params(hover, click), rim, names).add_params(
        find, alt.param(name="faint", value=0.38), alt.param(name="chosen", expr=CHOSEN)
    )
    chart = chart.resolve_scale(size="independent", color="independent")
    spec = finish(chart.properties(width=600, height=440), synthetic=synthetic)
    spec["config"]["view"] = {"stroke": GRID}
    return spec
