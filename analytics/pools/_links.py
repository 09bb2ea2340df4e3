"""Verdicts Φ: which industry locates near which, mutual or one way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import square
from ._known import Missing, read_matrix

__all__ = ["Links", "one_way", "read_links"]


@dataclass(frozen=True, slots=True)
class Links:
    """Verdicts of all ordered pairs of industries, j in rows and k in columns.

    Parameters
    ----------
    labels : tuple of str, length N
        Industries.
    linked : scipy.sparse.csr_array, shape (N, N)
        1 where j → k, j locates near k; the diagonal is 0.
    unknown : scipy.sparse.csr_array, shape (N, N)
        1 where there is no verdict; the diagonal is 0, because an industry is no pair.
    """

    labels: tuple[str, ...]
    linked: sparse.csr_array
    unknown: sparse.csr_array


def read_links(phi: Any, *, like: Any = None, missing: Missing = "nan") -> Links:
    """Return verdicts, refused where they are none.

    Parameters
    ----------
    phi : DataFrame, LabelledMatrix, array_like or sparse array, shape (N, N)
        1 (or true) where j → k, 0 where not, NaN where it is not known. The diagonal is 0 or NaN.
    like : object, optional
        The operand beside it, as it was given.
    missing : {"nan", "zero"}
        Whether a verdict that is not known stays so, or is no link.

    Returns
    -------
    Links

    Raises
    ------
    InputError
        If an entry is another number, an industry is linked with itself, or labels of rows and
        columns differ.

    Examples
    --------
    >>> import pandas as pd
    >>> coagg = pd.DataFrame([[None, 0.97], [0.2, None]], ["steel", "cars"], ["steel", "cars"])
    >>> read_links(coagg)
    Traceback (most recent call last):
    spillgraph.core.errors.InputError: phi: row 'steel', column 'cars' holds 0.97; verdicts of 0 \
or 1 are needed. Make them of the index: (coagg >= 0.95).astype(float).where(coagg.notna()).
    >>> phi = (coagg >= 0.95).astype(float).where(coagg.notna())
    >>> read_links(phi).linked.toarray().tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    known, unknown = (square(part) for part in read_matrix(phi, "phi", like=like))
    entries = known.values.tocoo()
    odd = np.flatnonzero(entries.data != 1.0)
    if odd.size:
        at = odd[0]
        raise InputError(
            f"phi: row {show(known.rows[entries.row[at]])}, column "
            f"{show(known.columns[entries.col[at]])} holds {entries.data[at]:g}; verdicts of 0 or "
            "1 are needed. Make them of the index: "
            "(coagg >= 0.95).astype(float).where(coagg.notna())."
        )
    own = np.flatnonzero(known.values.diagonal())
    if own.size:
        raise InputError(
            f"phi: {show(known.rows[own[0]])} is linked with itself; the pools are of other "
            "industries. Set the diagonal to 0."
        )
    gaps = unknown.values.tocoo()
    off = (gaps.row != gaps.col) & (missing == "nan")
    pairs = sparse.coo_array((gaps.data[off], (gaps.row[off], gaps.col[off])), shape=gaps.shape)
    return Links(known.rows, known.values, pairs.tocsr())


def one_way(links: Links) -> Links:
    """Return the links that are not mutual, Φ − Φ∘Φᵀ.

    Where one of the two verdicts is not known, the link is left out if the other one rules it out
    (j ↛ k, or k → j and j → k unknown), and is not known if not.

    Parameters
    ----------
    links : Links
        Verdicts of N industries.

    Returns
    -------
    Links
        Its transpose is Φᵀ − Φ∘Φᵀ.

    Examples
    --------
    >>> import pandas as pd
    >>> names = ["steel", "cars", "glass"]
    >>> phi = pd.DataFrame([[0, 1, 1], [1, 0, 0], [None, 0, 0]], names, names)
    >>> left = one_way(read_links(phi))
    >>> left.linked.toarray().tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    >>> left.unknown.toarray().tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    linked, unknown = links.linked, links.unknown
    back, doubt = linked.T.tocsr(), unknown.T.tocsr()
    open_ends = linked * doubt
    return Links(
        links.labels,
        sparse.csr_array(linked - linked * back - open_ends),
        sparse.csr_array(unknown - unknown * back + open_ends),
    )
