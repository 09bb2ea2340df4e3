"""Knowledge pools: what those have near which an industry locates, or that locate near it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ...core.errors import InputError, nearest, show
from ...core.labelled import MatrixLike
from ...core.labels import text_labels
from ..linalg._labels import require_kind
from ._cells import require_not_negative
from ._known import Missing, read_values, require_missing
from ._links import one_way, read_links
from ._pool import add_up

__all__ = ["knowledge_pools"]


def knowledge_pools(
    phi: MatrixLike,
    values: pd.DataFrame,
    *,
    mutual: Literal["include", "exclude"] = "include",
    missing: Missing = "nan",
) -> pd.DataFrame:
    """Return the outward and the inward pool of each industry, of one region and year.

    The outward pool Φx is what those industries have near which j locates (active
    coagglomeration), the inward pool Φᵀx what those have that locate near j (passive). Of patents
    it is the size of the knowledge pool, of patent values its quality, of output the economies of
    scale outside of the industry, of employment the labour pool.

    Parameters
    ----------
    phi : DataFrame, LabelledMatrix, array_like or sparse array, shape (N, N)
        Verdicts ``phi[j, k]``: 1 where j → k, 0 where not; NaN where there is none, which needs a
        frame or an array. The diagonal is 0 or NaN. Another threshold is another Φ.
    values : pandas.DataFrame, shape (N, V)
        A column for each quantity, not negative, rows joined by label; NaN where it is not known.
    mutual : {"include", "exclude"}
        All links; or only those that are one way, Φ − Φ∘Φᵀ outward and Φᵀ − Φ∘Φᵀ inward. A link of
        which it is not known whether it is mutual is not known.
    missing : {"nan", "zero"}
        A pool is not known if it has a verdict that is not, or a link with an industry whose value
        is not (``nan``); or there is no link, and nothing in it (``zero``).

    Returns
    -------
    pandas.DataFrame, shape (N, 2V)
        ``{column}_outward`` and ``{column}_inward`` of each column, in its unit. 0 where an
        industry has no link.

    Raises
    ------
    InputError
        If labels differ, an entry of Φ is neither 0 nor 1, an industry is linked with itself, or a
        value is negative, infinite or a text.

    Notes
    -----
    Exact: Σ_j outward_j = Σ_k x_k · #{j: j → k}; pools of a sum are sums of pools; where Φ is
    symmetric, outward and inward pools are equal, and both are 0 without mutual pairs.

    References
    ----------
    Chen and Liu (2025), *Frontiers of Economics in China* 20(3), 344–375, equations (2) and (3);
    §4.2.2 on mutual pairs. Their Φ is 1 where Coagg_{j→k} ≥ 0.95 (0.90 and 0.99 in §4.2.1).

    Examples
    --------
    Steel locates near cars and glass, glass near steel.

    >>> names = ["steel", "cars", "glass"]
    >>> phi = pd.DataFrame([[0, 1, 1], [0, 0, 0], [1, 0, 0]], names, names)
    >>> values = pd.DataFrame({"patents": [40, 100, 5]}, names)
    >>> knowledge_pools(phi, values).rename_axis(None)
           patents_outward  patents_inward
    steel            105.0             5.0
    cars               0.0            40.0
    glass             40.0            40.0
    >>> knowledge_pools(phi, values, mutual="exclude").to_numpy().tolist()
    [[100.0, 0.0], [0.0, 40.0], [0.0, 0.0]]
    """
    require_missing(missing)
    if mutual not in ("include", "exclude"):
        raise InputError(
            f"mutual: got {show(mutual)}. {nearest(str(mutual), ('include', 'exclude'))}"
        )
    require_kind(values, pd.DataFrame, "values: industries by quantities")
    links = read_links(phi, like=values, missing=missing)
    if mutual == "exclude":
        links = one_way(links)
    names = text_labels(values.columns, "values, columns")
    columns = [
        read_values(values.iloc[:, v], links.labels, f"values {show(name)}")
        for v, name in enumerate(names)
    ]
    if columns:
        require_not_negative(np.column_stack(columns), links.labels, names, "values")
    inward, doubt = links.linked.T.tocsr(), links.unknown.T.tocsr()
    pools = {}
    for name, x in zip(names, columns, strict=True):
        pools[f"{name}_outward"] = add_up(links.linked, links.unknown, x, missing)
        pools[f"{name}_inward"] = add_up(inward, doubt, x, missing)
    return pd.DataFrame(pools, pd.Index(links.labels, name="label"))
