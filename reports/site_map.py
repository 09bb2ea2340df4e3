"""Maps of sites, as the page draws them and as plates: kilometres on equal axes."""

from __future__ import annotations

from collections.abc import Iterable

import altair as alt
import numpy as np
import pandas as pd

from .charts import GRID, INK, Spec, finish, make_once
from .figures import Figure, Setting, key_controls
from .kit import Key, SiteMap, Spots
from .plate_style import draw_plate, mark_synthetic

__all__ = ["draw_site_map", "pick_spots", "site_chart", "site_map_plate"]

#: Of the groups in their order: others, and the two that are compared, told apart without colour.
TONES = ("#9aa4af", "#e08e0b", "#1c5a8a")
SHAPES = ("circle", "circle", "triangle-up")
#: The first of two is the larger one, so that it is seen below the other at the same place.
SIZES, OPACITIES = (14, 120, 42), (0.6, 0.9, 1.0)
#: Places of a group that are drawn, at most; of more a sample is.
MOST_OTHERS, MOST_COMPARED = 2_000, 1_000
#: So much of the longer side is the finest step of a place, and the margin around all of them.
FINEST, MARGIN = 1 / 2_000, 0.03
#: The shorter side of a map in the longer one, at least: sites on a line would leave no map.
FLATTEST = 0.3
#: Pixels of a plate's longer side.
SIDE = 560


def draw_site_map(site_map: SiteMap, setting: Setting) -> Figure | None:
    """Draw maps of sites for the page; ``None`` if there are none.

    Parameters
    ----------
    site_map : SiteMap
        What is to be drawn.
    setting : Setting
        Whether the data are invented.

    Returns
    -------
    Figure or None
        A group with more than 2,000 places (one that is compared: 1,000) is drawn as a sample, and
        its legend says so.
    """
    if not site_map.series:
        return None
    payload: Spec = {
        "kind": "sites",
        "title": site_map.title,
        "chart": site_chart(site_map.axes, synthetic=setting.synthetic),
        "blocks": {"|".join(key): _block(spots) for key, spots in site_map.series.items()},
    }
    controls = tuple(key_controls(site_map.choice, site_map.series, site_map.periods))
    name = f"figure-{site_map.name}"
    return Figure(name, site_map.title, site_map.caption, controls, payload)


def site_map_plate(site_map: SiteMap, setting: Setting, key: Key) -> str:
    """Draw the map of one choice and year.

    Parameters
    ----------
    site_map : SiteMap
        What is to be drawn.
    setting : Setting
        Whether the data are invented.
    key : tuple of str
        Which of its series.

    Returns
    -------
    str
        SVG, of the same places as on the page.
    """
    spots = site_map.series[key]
    block = _block(spots)
    rows = [
        {"group": group, "rank": rank, "x": x, "y": y}
        for rank, group in enumerate(block["groups"])
        for x, y in zip(block["x"][rank], block["y"][rank], strict=True)
    ]
    spec = site_chart(site_map.axes)
    config, encoding = spec.pop("config"), spec["encoding"]
    (left, right), (bottom, top) = block["ends"]
    step = SIDE / max(right - left, top - bottom)
    for side, ends in (("x", [left, right]), ("y", [bottom, top])):
        encoding[side]["scale"]["domain"] = ends
    for channel in ("color", "shape"):
        scale = encoding[channel]["scale"]
        scale |= {"domain": block["groups"], "range": scale["range"][: len(block["groups"])]}
    layer = {key: spec[key] for key in ("mark", "transform", "encoding")}
    layer["data"] = {"values": rows}
    view: Spec = {"width": step * (right - left), "height": step * (top - bottom)}
    view = mark_synthetic(view | {"layer": [layer]}, synthetic=setting.synthetic)
    note = f"{site_map.caption} {spots.note}".rstrip()
    title = ": ".join(block["title"])
    return draw_plate(view | {"config": config}, title, note, synthetic=setting.synthetic)


def pick_spots(places: pd.DataFrame, step: float, most: int) -> pd.DataFrame:
    """Return distinct places on a grid, a sample of them if they are many.

    Parameters
    ----------
    places : pandas.DataFrame, N rows
        ``x`` and ``y``, km.
    step : float
        Of the grid, km: what lies nearer is one dot.
    most : int
        Places to return, at most.

    Returns
    -------
    pandas.DataFrame
        ``x`` and ``y``, each place once; the same places give the same sample.

    Examples
    --------
    >>> near = pd.DataFrame({"x": [0.0, 0.01, 3.0], "y": [1.0, 1.0, 2.0]})
    >>> pick_spots(near, 0.1, 10).to_numpy().tolist()
    [[0.0, 1.0], [3.0, 2.0]]
    >>> len(pick_spots(near, 0.1, 1))
    1
    """
    digits = max(0, -int(np.floor(np.log10(step))))
    grid = (np.round(places[["x", "y"]] / step) * step).round(digits) + 0.0  # no −0
    distinct = grid.drop_duplicates(ignore_index=True)
    if len(distinct) <= most:
        return distinct
    chosen = np.random.default_rng(len(distinct)).choice(len(distinct), most, replace=False)
    return distinct.iloc[np.sort(chosen)]


def _ends(spots: Spots) -> list[list[float]]:
    """Return where a map ends to the left, right, below and above."""
    every = pd.concat([frame[["x", "y"]] for frame in spots.places.values()])
    low, high = every.min().to_numpy(float), every.max().to_numpy(float)
    longer = float((high - low).max()) or 1.0
    half = np.maximum((high - low) / 2, FLATTEST * longer / 2) + MARGIN * longer
    middle = (low + high) / 2
    return [
        [float(f"{a - h:.6g}"), float(f"{a + h:.6g}")] for a, h in zip(middle, half, strict=True)
    ]


def _block(spots: Spots) -> Spec:
    """Return the places of each group, what it is called, and the ends of the map."""
    ends = _ends(spots)
    step = max(right - left for left, right in ends) * FINEST
    groups, across, up = [], [], []
    for k, (group, places) in enumerate(spots.places.items()):
        picked = pick_spots(places, step, MOST_COMPARED if k else MOST_OTHERS)
        groups.append(group + _told(places, step, picked))
        across.append(picked["x"].tolist())
        up.append(picked["y"].tolist())
    block: Spec = {"groups": groups, "x": across, "y": up, "ends": ends}
    block["title"] = list(_two(spots.title))
    return block | ({"note": spots.note} if spots.note else {})


def _two(title: str) -> Iterable[str]:
    """Return what stands before a colon and behind it, for a narrow page a line each."""
    return (part.strip() for part in title.split(":", 1))


def _told(places: pd.DataFrame, step: float, picked: pd.DataFrame) -> str:
    """Return how many sites a group has, and how many places of them are drawn if not all."""
    every = len(pick_spots(places, step, len(places) + 1))
    drawn = "" if every == len(picked) else f", {len(picked):,} of {every:,} places drawn"
    return f" ({len(places):,}{drawn})"


@make_once
def site_chart(axes: tuple[str, str], *, synthetic: bool = False) -> Spec:
    """Return a map of sites without its data.

    Parameters
    ----------
    axes : tuple of str
        Titles of the axes.
    synthetic : bool
        Whether the chart must carry the warning.

    Returns
    -------
    dict
        A Vega-Lite specification; its rows have ``x``, ``y`` (km), ``group`` and ``rank`` (0: all
        other sites). Who draws it sets width, height and the domains of all scales.

    Examples
    --------
    >>> sorted(site_chart(("km to the east", "km to the north"))["encoding"])
    ['color', 'opacity', 'shape', 'size', 'x', 'y']
    """
    look: Spec = {"tickCount": 6, "domain": False, "ticks": False, "gridColor": GRID}
    sides = [
        channel(
            f"{field}:Q",
            title=title,
            scale=alt.Scale(nice=False, zero=False),
            axis=alt.Axis(format=",~r", labelOverlap=True, **look),
        )
        for channel, field, title in ((alt.X, "x", axes[0]), (alt.Y, "y", axes[1]))
    ]
    key: Spec = {"title": None, "orient": "top", "symbolOpacity": 1, "symbolSize": 70}
    legend = alt.Legend(**key)
    chart = (
        alt.Chart(alt.NamedData(name="rows"))
        .mark_point(filled=True, stroke="#ffffff", strokeWidth=0.4)
        .transform_calculate(
            area=f"{list(SIZES)}[datum.rank]", ink=f"{list(OPACITIES)}[datum.rank]"
        )
        .encode(
            x=sides[0],
            y=sides[1],
            color=alt.Color("group:N", scale=alt.Scale(range=list(TONES)), legend=legend),
            shape=alt.Shape("group:N", scale=alt.Scale(range=list(SHAPES)), legend=legend),
            size=alt.Size("area:Q", scale=None),
            opacity=alt.Opacity("ink:Q", scale=None),
        )
    )
    spec = finish(chart, synthetic=synthetic)
    spec["config"]["view"] = {"stroke": INK, "strokeOpacity": 0.4}
    return spec
