"""ψ of millions of firms, as functions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._calls import warn_of
from .capabilities.studies import read_study
from .runs.firm_psi import FirmNetworks, open_firms
from .runs.steps import Steps

if TYPE_CHECKING:
    from .runs.firm_networks import Dtype

__all__ = ["FirmNetworks", "build_firms", "link_firms", "open_firms"]


def build_firms(
    study: str | Path,
    folder: str | Path,
    *,
    year: int | None = None,
    inputs: float | None = None,
    dtype: Dtype = "float64",
    steps: Steps | None = None,
) -> FirmNetworks:
    """Build W and S between the firms of a study on disk, as ``spillgraph firms`` does, and open
    them.

    Parameters
    ----------
    study : str or Path
        The study file: firms, and what they deliver, or whom they cite.
    folder : str or Path
        A new folder, or networks of firms, which are replaced.
    year : int, optional
        Citations up to it, deliveries of the last year that has any; default: the last.
    inputs : float, optional
        Share of inputs in output, the same for all firms; default: that of each firm's sector.
    dtype : {"float64", "float32"}
        How shares are stored; float32 takes two thirds of the disk, and its error is proven, too.
    steps : Steps, optional
        Shows progress.

    Returns
    -------
    FirmNetworks

    Raises
    ------
    InputError
        If the input cannot be used.
    StoreError
        If the disk is full.
    """
    from .runs.firm_study import networks_of_study

    shown = steps or Steps()
    loaded = read_study(Path(study), steps=shown)
    _, warnings = networks_of_study(
        loaded, Path(folder), shown, year=year, inputs=inputs, dtype=dtype
    )
    warn_of(warnings)
    return open_firms(folder, steps=shown)


def link_firms(folder: str | Path, *, steps: Steps | None = None, **tables: Any) -> FirmNetworks:
    """Build W and S between firms from tables of links as they lie, and open them.

    Parameters
    ----------
    folder : str or Path
        A new folder, or networks of firms, which are replaced.
    steps : Steps, optional
        Shows progress.
    **tables
        ``deliveries``, ``citations``, ``firms``, ``output``, ``inputs``, ``rho``, ``dtype``, as in
        :func:`~spillgraph.runs.firm_tables.networks_of_links`: paths of Parquet or CSV, or frames.

    Returns
    -------
    FirmNetworks

    Raises
    ------
    InputError
        If a table cannot be used.
    StoreError
        If the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> sold = {"buyer": ["cars"], "supplier": ["steel"], "value": [30.0]}
    >>> with tempfile.TemporaryDirectory() as place:
    ...     firms = link_firms(f"{place}/firms", deliveries=pd.DataFrame(sold), inputs=0.5)
    ...     firms.top("contribution", 1)["contribution"].to_dict()
    {'steel': 1.5}
    """
    from .runs.firm_tables import networks_of_links

    shown = steps or Steps()
    networks_of_links(Path(folder), steps=shown, **tables)
    return open_firms(folder, steps=shown)
