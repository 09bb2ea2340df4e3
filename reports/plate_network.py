"""Networks as plates draw them: one layer and year, still."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from .charts import Spec
from .figures import Setting
from .kit import Key, Links, Network
from .network import GROUPS, MOST_INK, MOST_NAMED, link_rows, network_chart, told_of_grey, tones_of
from .plate_style import draw_plate, mark_synthetic, title_of

__all__ = ["network_plate"]

#: Of the drawing, in pixels of the page.
WIDE, HIGH = 820, 600


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
        SVG. Up to 45 sectors all carry codes, of more the largest.
    """
    links = network.series[key]
    ends = _link_ends(links, places)
    size = links.size.reindex(list(links.matrix.rows)).fillna(0.0)
    named = set(size.nlargest(MOST_NAMED).index)
    roots = size.to_numpy(dtype=np.float64) / (float(size.max()) or 1.0)
    sectors = [
        {"kind": "sector", "code": code, "sector": setting.label(code), "name": code in named}
        | {"x": places[code][0], "y": places[code][1], "root": float(root), "tone": GROUPS[tone]}
        for code, root, tone in zip(links.matrix.rows, roots, tones_of(links), strict=True)
    ]
    spec: Spec = network_chart(str(links.size.name or "size"))
    spec["layer"][1].pop("params", None)
    del spec["title"], spec["params"]
    spec |= {"width": WIDE, "height": HIGH, "data": {"values": [*ends, *sectors]}}
    _without_mouse(spec, min(0.38, MOST_INK / math.sqrt(max(1, len(ends) / 2))))
    whole = mark_synthetic(spec, synthetic=setting.synthetic)
    note = f"{network.caption} A link is wide at its source and narrow at its receiver."
    note += told_of_grey(network)
    title = title_of(network.title, network.choice, key)
    return draw_plate(whole, title, note, synthetic=setting.synthetic)


def _link_ends(links: Links, places: Mapping[str, tuple[float, float]]) -> list[Spec]:
    """Return the two ends of every link, wide at its source."""
    rows = link_rows(links)
    values = rows["value"].to_numpy(dtype=np.float64)
    wide = np.sqrt(values / values.max()) if len(values) else values
    return [
        {"kind": "link", "id": k, "end": end, "x": places[code][0], "y": places[code][1]}
        | {"wide": 0.0 if end else float(wide[k]), "receiver": receiver, "source": source}
        for k, (receiver, source) in enumerate(zip(rows["receiver"], rows["source"], strict=True))
        for end, code in enumerate((source, receiver))
    ]


def _without_mouse(spec: Spec, faint: float) -> None:
    """Take what depends on a mouse or a search out of a specification."""
    links, sectors, *names = (layer["encoding"] for layer in spec["layer"])
    for encoding, channel in ((links, "color"), (sectors, "stroke")):
        encoding[channel] = {"value": encoding[channel]["value"]}
    links["opacity"] = {"value": faint}
    sectors["strokeWidth"] = {"value": 0.8}
    for text in names:
        text["opacity"] = {"condition": {"test": "datum.name", "value": 1}, "value": 0}
    for layer in spec["layer"]:
        layer.pop("data", None)
