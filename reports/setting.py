"""The setting of a report's figures: its sectors, and what is to be said of its data."""

from __future__ import annotations

from .content import ReportContent
from .figures import Setting

__all__ = ["setting_of"]


def setting_of(content: ReportContent) -> Setting:
    """Return what all figures of a report share.

    Parameters
    ----------
    content : ReportContent
        The report.

    Returns
    -------
    Setting
        With every sector of every year, in the order of the last year.
    """
    found: dict[str, None] = {}
    for result in reversed(content.ordered):
        for matrix in (result.S, result.W, result.psi):
            if matrix is not None:
                found.update(dict.fromkeys((*matrix.rows, *matrix.columns)))
        tables = (result.modes, result.loss, *result.intervals.values())
        series = (result.benefit, result.own_share, *result.contribution.values())
        for values in (*series, *tables):
            if values is not None:
                found.update(dict.fromkeys(map(str, values.index)))
    labels = {code: content.label(code) for code in found}
    return Setting(labels, content.synthetic, content.uncertainty)
