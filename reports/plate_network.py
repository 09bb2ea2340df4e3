"""Networks as plates draw them: one layer and year, still."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from .charts import Spec
from .figures import Setting
from .kit import Key, Network
from .network import GROUPS, MOST_INK, network_chart, told_of_grey, tones_of
from .network_links import HIGH, WIDE, drawn_first, link_rows, named_first, told_of_waiting
from .plate_style import draw_plate, mark_synthetic, title_of

__all__ = ["network_plate"]


def network_plate(
    network: Network, setting: Setting, key: Key, places: Mapping[str, tuple[float, float]]
) -> str:
    """Draw the network of one layer and year.

    Parameters
    ----------
    network : Network
        What is to be drawn.
    setting : Setting
        Names of the sectors, and whether the data are invented.
    key : tuple of str
        Which of its series.
    places : mapping of str to tuple of float
        Of every sector, as :func:`~spillgraph.reports.network.places_of` gives them.

    Returns
    -------
    str
        SVG. Up to 45 sectors all carry codes, of more those that lead; of many links the strongest
        of every sector are drawn, and the note says how many are not.
    """
    links = network.series[key]
    rows = link_rows(links)
    first = drawn_first(rows)
    ends = _link_ends(rows, first, places)
    size = links.size.reindex(list(links.matrix.rows)).fillna(0.0)
    named = set(named_first(links, places))
    roots = size.to_numpy(dtype=np.float64) / (float(size.max()) or 1.0)
    sectors = [
        {"kind": "sector", "code": code, "sector": setting.label(code), "name": code in named}
        | {"x": places[code][0], "y": places[code][1], "root": float(root), "tone": GROUPS[tone]}
        for code, root, tone in zip(links.matrix.rows, roots, tones_of(links), strict=True)
    ]
    spec: Spec = network_chart(str(links.size.name or "size"))
    del spec["title"], spec["params"]
    spec |= {"width": WIDE, "height": HIGH, "data": {"values": [*ends, *sectors]}}
    _without_mouse(spec, min(0.38, MOST_INK / math.sqrt(max(1, len(ends) / 2))))
    whole = mark_synthetic(spec, synthetic=setting.synthetic)
    note = f"{network.caption} A link is wide at its source and narrow at its receiver."
    note += f" {told}" if (told := told_of_waiting(first)) else ""
    note += told_of_grey(network)
    title = title_of(network.title, network.choice, key)
    return draw_plate(whole, title, note, synthetic=setting.synthetic)


def _link_ends(
    rows: pd.DataFrame, first: np.ndarray, places: Mapping[str, tuple[float, float]]
) -> list[Spec]:
    """Return the two ends of every link that is drawn, wide at its source."""
    values = rows["value"].to_numpy(dtype=np.float64)
    wide = (np.sqrt(values / values.max()) if len(values) else values)[first]
    rows = rows[first]
    return [
        {"kind": "link", "id": k, "end": end, "x": places[code][0], "y": places[code][1]}
        | {"wide": 0.0 if end else float(wide[k]), "receiver": receiver, "source": source}
        for k, (receiver, source) in enumerate(zip(rows["receiver"], rows["source"], strict=True))
        for end, code in enumerate((source, receiver))
    ]


def _without_mouse(spec: Spec, faint: float) -> None:
    """Take what depends on a mouse or a search out of a specification."""
    links, sectors, *names = spec["layer"]
    for layer, kept in (
        (links, "datum.kind === 'link'"),
        *((each, "datum.name") for each in names),
    ):
        layer["transform"] = [{"filter": kept}]
    for layer, channel in ((links, "color"), (sectors, "stroke")):
        layer["encoding"][channel] = {"value": layer["encoding"][channel]["value"]}
    links["encoding"]["opacity"] = {"value": faint}
    sectors["encoding"]["opacity"] = {"value": 0.95}
    sectors["encoding"]["strokeWidth"] = {"value": 0.8}
    sectors.pop("params", None)
    for layer in spec["layer"]:
        layer.pop("data", None)
