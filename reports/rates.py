"""Shares of ordered groups, as the page shows them and as a plate."""

from __future__ import annotations

from typing import Literal

import altair as alt

from .charts import COLOURS, INK, Spec, finish
from .figures import Figure, Setting
from .kit import Rates
from .plate_style import draw_plate, heading, mark_synthetic, picture_of

__all__ = ["draw_rates", "rates_plate"]

#: Of a panel, in pixels of the page.
WIDTH, HEIGHT = 330, 210


def rates_plate(rates: Rates, setting: Setting) -> str:
    """Draw shares of groups side by side.

    Parameters
    ----------
    rates : Rates
        What is to be drawn.
    setting : Setting
        Whether the data are invented.

    Returns
    -------
    str
        SVG; the dashed line is the share in all groups together.
    """
    note = f"{rates.caption} The dashed line is the share in all of them."
    return draw_plate(
        _chart(rates, setting, "hconcat"), rates.title, note, synthetic=setting.synthetic
    )


def draw_rates(rates: Rates, setting: Setting) -> Figure | None:
    """Draw shares of groups for the page, as a picture whose numbers the caption says.

    Its panels are one below the other, to be read on a telephone, too.

    Parameters
    ----------
    rates : Rates
        What is to be drawn.
    setting : Setting
        Whether the data are invented.

    Returns
    -------
    Figure or None
        ``None`` if there is no group.
    """
    if not rates.series:
        return None
    spoken = "; ".join(
        f"{title}: "
        + ", ".join(
            f"{_spoken(str(name))} {row.share:.1%} of {int(row.n):,}"
            for name, row in table.iterrows()
        )
        for title, table in rates.series.items()
    )
    caption = f"{rates.caption} The dashed line is the share in all of them. {spoken}."
    image = picture_of(_chart(rates, setting, "vconcat"), rates.title, synthetic=setting.synthetic)
    return Figure(f"figure-{rates.name}", rates.title, caption, image=image)


def _spoken(name: str) -> str:
    """Return what a group is called, its second line in brackets."""
    first, _, second = name.partition(" | ")
    return f"{first} ({second})" if second else first


def _chart(rates: Rates, setting: Setting, along: Literal["hconcat", "vconcat"]) -> Spec:
    """Return panels side by side or in a column, all on one scale that begins at 0."""
    highest = max(float(table[["share", "mean"]].max().max()) for table in rates.series.values())
    top = float(f"{1.15 * max(highest, 0.001):.3g}")
    panels: list[Spec] = []
    config: Spec = {}
    for title, table in rates.series.items():
        rows = [
            {"group": f"{name} | n = {int(row.n):,}", "share": float(row.share)}
            for name, row in table.iterrows()
        ]
        spec = _panel(
            [str(row["group"]) for row in rows], rates.axis, top, float(table["mean"].iloc[0])
        )
        config = spec.pop("config")
        view: Spec = {"width": WIDTH, "height": HEIGHT, "data": {"values": rows}}
        view |= {"layer": spec["layer"]}
        panels.append(mark_synthetic(view, synthetic=setting.synthetic) | heading(title))
    return {"config": config, along: panels, "spacing": 30}


def _panel(groups: list[str], axis: str, top: float, mean: float) -> Spec:
    """Return points over their groups, which say how many each is of, and the line of all."""
    base = alt.Chart(alt.NamedData(name="rows")).encode(
        x=alt.X(
            "group:O",
            title=None,
            scale=alt.Scale(domain=groups),
            axis=alt.Axis(
                labelAngle=0, labelExpr="split(datum.label, ' | ')", labelLimit=0, domain=False
            ),
        ),
        y=alt.Y(
            "share:Q",
            scale=alt.Scale(domain=[0, top], nice=False),
            axis=alt.Axis(title=axis, format=".2~%", tickCount=5, domain=False),
        ),
    )
    line = base.mark_rule(strokeDash=[4, 3], color=INK).encode(y=alt.datum(mean), x=alt.value(0))
    line = line.encode(x2=alt.value("width"))
    joined = base.mark_line(color=COLOURS[1], strokeWidth=1.5)
    points = base.mark_circle(color=COLOURS[1], size=70, opacity=1)
    return finish(alt.layer(line, joined, points), synthetic=False)
