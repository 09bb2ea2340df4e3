"""Histograms side by side, as the page shows them and as a plate: one drawing for both."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from .charts import COLOURS, Spec, finish
from .figures import Figure, Setting
from .kit import Histograms
from .plate_style import draw_plate, heading, mark_synthetic, picture_of

__all__ = ["bin_counts", "draw_histograms", "histograms_plate"]

#: Of a panel, in pixels of the page.
WIDTH, HEIGHT = 300, 190


def bin_counts(histograms: Histograms) -> pd.DataFrame:
    """Count how many sectors of each panel lie in each bin.

    Parameters
    ----------
    histograms : Histograms
        What is to be drawn.

    Returns
    -------
    DataFrame of int, shape (bins, panels)
        The index is the lower edge.

    Examples
    --------
    >>> given = pd.Series([0.0, 0.4, 1.0, float("nan")])
    >>> bin_counts(Histograms("h", "", "", "", {"R&D": given}, [0.0, 0.5, 1.0]))["R&D"].tolist()
    [2, 1]
    """
    edges = np.asarray(histograms.edges, dtype=np.float64)
    counts = {
        title: np.histogram(values.dropna().to_numpy(dtype=np.float64), edges)[0]
        for title, values in histograms.series.items()
    }
    return pd.DataFrame(counts, pd.Index(edges[:-1], name="low"))


def histograms_plate(histograms: Histograms, setting: Setting) -> str:
    """Draw histograms side by side.

    Parameters
    ----------
    histograms : Histograms
        What is to be drawn.
    setting : Setting
        Whether the data are invented.

    Returns
    -------
    str
        SVG; the height of a bar is the share of the panel's sectors in its bin.
    """
    return draw_plate(
        _chart(histograms, setting),
        histograms.title,
        histograms.caption,
        synthetic=setting.synthetic,
    )


def draw_histograms(histograms: Histograms, setting: Setting) -> Figure:
    """Draw histograms for the page, as a picture: there is nothing to choose in them.

    Parameters
    ----------
    histograms : Histograms
        What is to be drawn.
    setting : Setting
        Whether the data are invented.

    Returns
    -------
    Figure
    """
    chart = _chart(histograms, setting)
    image = picture_of(chart, histograms.title, synthetic=setting.synthetic)
    counts = bin_counts(histograms)
    bins = zip(histograms.edges, histograms.edges[1:], strict=False)
    told = [f"{low:g} to {high:g}" for low, high in bins]
    spoken = "; ".join(
        f"{title} "
        + ", ".join(f"{text}: {n}" for text, n in zip(told, counts[title], strict=True) if n)
        for title in counts
    )
    caption = f"{histograms.caption} Numbers of sectors: {spoken}."
    return Figure(f"figure-{histograms.name}", histograms.title, caption, image=image)


def _chart(histograms: Histograms, setting: Setting) -> Spec:
    """Return panels side by side, all on one scale."""
    counts = bin_counts(histograms)
    shares = counts / counts.sum().where(counts.sum() > 0, 1)
    top = float(f"{1.05 * max(shares.to_numpy().max(initial=0.0), 0.01):.3g}")
    edges = [float(edge) for edge in histograms.edges]
    ticks = alt.Axis(title=histograms.axis, values=edges, format="~g", labelOverlap=True)
    across = alt.Scale(domain=[edges[0], edges[-1]], nice=False)
    x = alt.X("low:Q", bin="binned", scale=across, axis=ticks)
    axis = alt.Axis(title="share of sectors", format="%", tickCount=4, domain=False)
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    bar = alt.Chart(alt.NamedData(name="rows")).mark_bar(color=COLOURS[1], binSpacing=1)
    bar = bar.encode(x=x, x2="high:Q", y=y)
    spec = finish(bar, synthetic=False)
    config, panels = spec.pop("config"), []
    layer = {key: spec[key] for key in ("mark", "encoding")}
    for title, column in shares.items():
        rows = [
            {"low": low, "high": high, "share": float(f"{share:.4g}")}
            for low, high, share in zip(edges, edges[1:], column, strict=False)
        ]
        view: Spec = {"width": WIDTH, "height": HEIGHT, "data": {"values": rows}, "layer": [layer]}
        panels.append(mark_synthetic(view, synthetic=setting.synthetic) | heading(str(title)))
    return {"config": config, "hconcat": panels, "spacing": 24}
