"""A data frame of R's own file format; the package that reads it is an extra."""

from __future__ import annotations

import warnings
from importlib import import_module
from pathlib import Path

import pandas as pd

from ...core.errors import InputError, show_some
from ..files.damaged import readable

__all__ = ["read_rdata"]


def read_rdata(path: Path, file: str) -> pd.DataFrame:
    """Return the one data frame of an ``.RData`` file.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.

    Returns
    -------
    pandas.DataFrame
        Factors as texts.

    Raises
    ------
    InputError
        If the package ``rdata`` is not installed, the file is damaged, or holds no data frame, or
        several.
    """
    try:
        rdata = import_module("rdata")
    except ImportError as error:
        raise InputError(
            f"{file}: R's data files are read by the package rdata, which is an extra: pip install "
            "'spillgraph[r]'. The same table as a Stata or CSV file needs nothing."
        ) from error
    with warnings.catch_warnings(), readable(file):
        warnings.simplefilter("ignore")  # of classes that are data frames all the same
        try:
            found = rdata.read_rda(path)
        except (OSError, EOFError):
            raise
        except Exception as error:
            raise InputError(
                f"{file}: this is no R data file, or it is damaged ({error}); fetch it again."
            ) from error
    frames = {name: value for name, value in found.items() if isinstance(value, pd.DataFrame)}
    if len(frames) != 1:
        there = show_some([str(name) for name in found])
        raise InputError(
            f"{file}: one data frame is needed, and there are {len(frames):,} among {there}. Save "
            "that alone in R: save(wiot, file = …)."
        )
    (frame,) = frames.values()
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    return frame.astype(dict.fromkeys(texts, "str")).reset_index(drop=True)
