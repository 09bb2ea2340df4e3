"""Maps of sites, as the page draws them and as plates: kilometres on equal axes."""

from __future__ import annotations

import math

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
SIZES, OPACITIES = (14, 120, 50), (0.6, 0.9, 1.0)
#: Places of a group that are drawn, at most; of more a sample is.
MOST_OTHERS, MOST_COMPARED = 2_000, 1_000
#: In the longer side of a map: the coarsest step of a place, the finest one of an outline, and the
#: margin around all of them.
FINEST, COARSEST, MARGIN = 1 / 2_000, 1 / 500, 0.03
#: Nine tenths of the sites lie between these quantiles of a coordinate; what is farther beyond them
#: than so much of their distance would leave the others a dot, and is counted in the legend.
MOST, BEYOND = (0.05, 0.95), 0.75
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
        sites far outside of where most are, as wrong coordinates put them, are left out; the legend
        says both.
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
    rows: list[Spec] = [
        {"ring": ring, "at": at, "x": x, "y": y}
        for ring, (xs, ys) in enumerate(block.get("outline", ()))
        for at, (x, y) in enumerate(zip(xs, ys, strict=True))
    ]
    rows += [
        {"group": group, "rank": rank, "x": x, "y": y}
        for rank, group in enumerate(block["groups"])
        for x, y in zip(block["x"][rank], block["y"][rank], strict=True)
    ]
    spec = site_chart(site_map.axes)
    spec.pop("title")
    (left, right), (bottom, top) = block["ends"]
    step = SIDE / max(right - left, top - bottom)
    for side, ends in (("x", [left, right]), ("y", [bottom, top])):
        spec["encoding"][side]["scale"]["domain"] = ends
    for channel in ("color", "shape"):
        scale = spec["layer"][1]["encoding"][channel]["scale"]
        scale |= {"domain": block["groups"], "range": scale["range"][: len(block["groups"])]}
    for layer in spec["layer"]:
        layer.pop("data", None)
    spec |= {"width": step * (right - left), "height": step * (top - bottom)}
    spec["data"] = {"values": rows}
    view = mark_synthetic(spec, synthetic=setting.synthetic)
    note = f"{site_map.caption} {spots.note}".rstrip()
    title = ": ".join(block["title"])
    return draw_plate(view, title, note, synthetic=setting.synthetic)


def pick_spots(places: pd.DataFrame, digits: int, most: int) -> pd.DataFrame:
    """Return distinct places, a sample of them if they are many.

    Parameters
    ----------
    places : pandas.DataFrame, N rows
        ``x`` and ``y``, km.
    digits : int
        Decimals that a map can show: places that agree in them are one.
    most : int
        Places to return, at most.

    Returns
    -------
    pandas.DataFrame
        ``x`` and ``y``, each place once; the same places give the same sample.

    Examples
    --------
    >>> near = pd.DataFrame({"x": [0.0, 0.01, 3.0], "y": [1.0, 1.0, 2.0]})
    >>> pick_spots(near, 1, 10).to_numpy().tolist()
    [[0.0, 1.0], [3.0, 2.0]]
    >>> len(pick_spots(near, 1, 1))
    1
    """
    cells = places[["x", "y"]].to_numpy(dtype=np.float64).round(digits) + 0.0  # no −0
    distinct: pd.DataFrame = pd.DataFrame(cells, columns=["x", "y"]).drop_duplicates()
    if len(distinct) <= most:
        return distinct
    chosen = np.random.default_rng(len(distinct)).choice(len(distinct), most, replace=False)
    sample: pd.DataFrame = distinct.iloc[np.sort(chosen)]
    return sample


def _ends(spots: Spots) -> list[list[float]]:
    """Return where a map ends to the left, right, below and above.

    That is around its outline, or around where most sites are.
    """
    if len(spots.outline):
        points = np.concatenate(spots.outline)
        return _box(points.min(axis=0), points.max(axis=0))
    every = pd.concat([frame[["x", "y"]] for frame in spots.places.values()])
    low, high = every.min().to_numpy(float), every.max().to_numpy(float)
    inner, outer = every.quantile(MOST[0]).to_numpy(float), every.quantile(MOST[1]).to_numpy(float)
    reach = np.where(outer > inner, BEYOND * (outer - inner), np.inf)
    return _box(np.maximum(low, inner - reach), np.minimum(high, outer + reach))


def _box(low: np.ndarray, high: np.ndarray) -> list[list[float]]:
    """Return ends with a margin, and with sides that are not too unlike."""
    longer = float((high - low).max()) or 1.0
    half = np.maximum((high - low) / 2, FLATTEST * longer / 2) + MARGIN * longer
    middle = (low + high) / 2
    return [
        [float(f"{a - h:.6g}"), float(f"{a + h:.6g}")] for a, h in zip(middle, half, strict=True)
    ]


def _inside(places: pd.DataFrame, ends: list[list[float]]) -> pd.DataFrame:
    (left, right), (bottom, top) = ends
    return places.loc[places["x"].between(left, right) & places["y"].between(bottom, top)]


def _block(spots: Spots) -> Spec:
    """Return the places of each group, what it is called, and the ends of the map."""
    ends = _ends(spots)
    longer = max(right - left for left, right in ends)
    digits = math.ceil(-math.log10(longer * FINEST))
    groups, across, up = [], [], []
    for k, (group, places) in enumerate(spots.places.items()):
        inside = _inside(places, ends)
        picked = pick_spots(inside, digits, MOST_COMPARED if k else MOST_OTHERS)
        groups.append(f"{group} ({_told(places, inside, picked, digits)})")
        across.append(picked["x"].tolist())
        up.append(picked["y"].tolist())
    block: Spec = {"groups": groups, "x": across, "y": up, "ends": ends}
    if len(spots.outline):
        block["outline"] = [_ring(ring, longer * COARSEST, digits) for ring in spots.outline]
    block["title"] = [part.strip() for part in spots.title.split(":", 1)]
    return block | ({"note": spots.note} if spots.note else {})


def _ring(ring: np.ndarray, step: float, digits: int) -> list[list[float]]:
    """Return x and y of a ring, its steps no finer than can be seen, the first point once more."""
    closed = ring if (ring[0] == ring[-1]).all() else np.concatenate([ring, ring[:1]])
    cell = np.round(closed / step)
    kept = np.r_[True, (cell[1:] != cell[:-1]).any(axis=1)]
    kept[-1] = True
    sides: list[list[float]] = (closed[kept].round(digits) + 0.0).T.tolist()
    return sides


def _told(places: pd.DataFrame, inside: pd.DataFrame, picked: pd.DataFrame, digits: int) -> str:
    """Return how many sites a group has, how many are outside of the map, and what is drawn."""
    said = [f"{len(places):,}"]
    if outside := len(places) - len(inside):
        said.append(f"{outside:,} far outside")
    every = len(pick_spots(inside, digits, len(inside) + 1))
    if every > len(picked):
        said.append(f"{len(picked):,} of {every:,} places drawn")
    return ", ".join(said)


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
        A Vega-Lite specification; its rows have ``x`` and ``y`` (km), and ``group`` and ``rank``
        (0: all other sites), or ``ring`` and ``at`` where they are points of an outline. Who draws
        it sets width, height and the domains of all scales.

    Examples
    --------
    >>> spec = site_chart(("km to the east", "km to the north"))
    >>> sorted(spec["encoding"]), [layer["mark"]["type"] for layer in spec["layer"]]
    (['x', 'y'], ['line', 'point'])
    """
    side: Spec = {"scale": alt.Scale(nice=False, zero=False)}
    look: Spec = {"tickCount": 6, "domain": False, "ticks": False, "gridColor": GRID}
    side["axis"] = alt.Axis(format=",~r", labelOverlap=True, **look)
    x, y = alt.X("x:Q", title=axes[0], **side), alt.Y("y:Q", title=axes[1], **side)
    key: Spec = {"title": None, "orient": "top", "symbolOpacity": 1, "symbolSize": 70}
    legend = alt.Legend(**key)
    rows = alt.Chart(alt.NamedData(name="rows"))
    outline = (
        rows.transform_filter("isDefined(datum.ring)")
        .mark_line(color=INK, strokeWidth=1, opacity=0.6)
        .encode(detail="ring:N", order="at:Q")
    )
    sites = (
        rows.transform_filter("isDefined(datum.rank)")
        .transform_calculate(
            area=f"{list(SIZES)}[datum.rank]", ink=f"{list(OPACITIES)}[datum.rank]"
        )
        .mark_point(filled=True, stroke="#ffffff", strokeWidth=0.4)
        .encode(
            color=alt.Color("group:N", scale=alt.Scale(range=list(TONES)), legend=legend),
            shape=alt.Shape("group:N", scale=alt.Scale(range=list(SHAPES)), legend=legend),
            size=alt.Size("area:Q", scale=None),
            opacity=alt.Opacity("ink:Q", scale=None),
        )
    )
    chart = alt.layer(outline, sites).encode(x=x, y=y)
    spec = finish(chart, synthetic=synthetic)
    spec["config"]["view"] = {"stroke": INK, "strokeOpacity": 0.4}
    return spec
