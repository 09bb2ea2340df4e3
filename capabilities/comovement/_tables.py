"""The files of comovement: tables 1 to 4 of the source, breadth, and plain values."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...runs.capability import Tables
from ...runs.plain import columns, number
from ._compute import Level, Moving

__all__ = ["MEANINGS", "pairs", "tables", "values"]

MEANINGS = {
    "rd_share": "long-run share in R&D: mean of the annual shares, 0 to 1",
    "output_share": "long-run share in output: mean of the annual shares, 0 to 1",
    "correlation": "correlation of growth of R&D with growth of output, −1 to 1",
    "p": "two-sided p-value of the correlation, for independent years",
    "years": "years of growth that the two series have in common",
    "actual": "moment of the growth of the aggregates, in squares of the unit of growth",
    "estimated": "within + cross, in squares of the unit of growth",
    "within": "part of variances, or of R&D with the output of the same industry",
    "cross": "part of covariances of different industries",
    "share": "cross ÷ estimated",
    "mean_correlation": "mean correlation of different industries, −1 to 1",
    "dropped": "pairs left out: fewer than three common years",
    "covered": "weight of the pairs that are in, 1 where none was left out",
    "R_comove": "its R&D with the output of all others, weighted, in squares of the unit of growth",
    "R_fraction": "R_comove ÷ cross",
    "Y_comove": "its output with the R&D of all others, weighted, in squares of the unit of growth",
    "Y_fraction": "Y_comove ÷ cross",
    "P_R": "other industries with whose output its R&D is correlated above 0",
    "P_Y": "other industries with whose R&D its output is correlated above 0",
    "C_R": "mean correlation of its R&D with the output of others, −1 to 1",
    "C_Y": "mean correlation of its output with the R&D of others, −1 to 1",
}


def tables(moving: Moving) -> Tables:
    """Return tables 1 to 4 of the source and the numbers of its figure 1.

    Parameters
    ----------
    moving : Moving
        What was computed.
    """
    parts = {name: level.decomposition.table for name, level in moving.levels.items()}
    files = {"decomposition": pd.concat(parts, names=["level", "moment"])}
    for name, level in moving.levels.items():
        end = "" if name == "industries" else f"_{name}"
        files[f"shares{end}"] = own(level)
        files[f"correlations{end}"] = pairs(level)
        files[f"comovement{end}"] = level.comovement.table.rename_axis(index="code")
        files[f"breadth{end}"] = breadth(level)
    return files


def own(level: Level) -> pd.DataFrame:
    """Return shares, and what an industry's R&D has to do with its own output."""
    found = level.correlations
    table = level.shares.assign(correlation=found.own)
    for name, frame in (("p", found.p), ("years", found.years)):
        diagonal = [frame.loc[code, code] for code in frame.index]
        table[name] = pd.Series(diagonal, frame.index)
    return table.rename_axis(index="code")


def pairs(level: Level) -> pd.DataFrame:
    """Return a row for R&D of one industry and output of another, or of the same."""
    found = level.correlations
    C = found.C.copy()
    for code, value in found.own.items():
        C.loc[code, code] = value
    frames = {"correlation": C, "p": found.p, "years": found.years}
    return pd.concat({name: frame.stack() for name, frame in frames.items()}, axis=1)


def breadth(level: Level) -> pd.DataFrame:
    """Return how many others, and how strongly, by side."""
    found = level.correlations
    columns_of = {name: getattr(found, name) for name in ("P_R", "P_Y", "C_R", "C_Y")}
    return pd.DataFrame(columns_of).rename_axis(index="code")


def values(moving: Moving) -> dict[str, Any]:
    """Return plain values for comovement.json.

    Parameters
    ----------
    moving : Moving
        What was computed.
    """
    levels = {
        name: {
            "decomposition": {
                str(moment): {str(key): number(value) for key, value in row.items()}
                for moment, row in level.decomposition.table.iterrows()
            },
            "industries": columns(own(level).join(level.comovement.table).join(breadth(level))),
            "dropped": level.correlations.dropped,
        }
        for name, level in moving.levels.items()
    }
    return {
        "growth": moving.growth,
        "first": moving.first,
        "last": moving.last,
        "correlation": number(moving.correlation),
        "gaps": {
            side: {str(code): int(count) for code, count in counts[counts > 0].items()}
            for side, counts in (("filled", moving.filled), ("left", moving.left))
        },
        **levels,
    }
