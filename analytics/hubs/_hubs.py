"""Hubs as statistical claims: scores against chance, with ranks that say how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from ...core.errors import InputError, show
from ...core.labelled import MatrixLike
from ...core.matrix import LabelledMatrix
from ...core.numbers import MOST_DRAWS, whole_number
from ...core.part_done import part, tell_draws
from ..inference import StockDraws, benjamini_hochberg, holm
from ..linalg._labels import Vector, by_label, require_flows, require_same_labels, square
from ..nulls import LARGE, NULLS, SUMS, Null, null_named
from ._evidence import EXACT, HubEvidence
from ._large import TOO_LARGE, require_feasible
from ._network import Network
from ._poisson_binomial import upper_tail
from ._pvalues import Tally
from ._ranking import FEWEST, from_missing, from_records, ranks, require_shape, thinned
from ._scores import Chunk, function_of, scores_of

__all__ = ["USUAL", "hubs"]

#: Measures of hubs(), if none are named.
USUAL = (
    "in_strength",
    "in_degree_2",
    "in_degree_4",
    "pagerank",
    "katz_bonacich",
    "eigenvector",
    "authority",
)
#: Measures of how a sector draws on others, not of how they draw on it.
OF_RECEIVERS = ("out_strength", "out_degree_2", "out_degree_4", "hub", "k_core_out", "s_core_out")
# Entries this close, of the largest, are those of one network.
SAME = 1e-6
#: Why there is no p-value where a null of chains was asked for draws, and had none.
NO_DRAW = "in none of the networks drawn do chains end"
#: Why nobody survives, and nobody does not.
NO_LINK = "the backbone keeps no link"
# Networks with missing links that ranks are taken of.
MISSING_DRAWS = 199
#: What rows and columns of UDS and UCS are.
UPSTREAM = ("upstream", "downstream")


def hubs(
    matrix: MatrixLike,
    measures: Sequence[str] | None = None,
    null: str | Null | StockDraws = "strength",
    draws: int = 999,
    seed: int = 0,
    *,
    output: Any = None,
    records: StockDraws | Iterable[Chunk] | None = None,
    missing: float = 0.1,
    missing_draws: int = MISSING_DRAWS,
    backbone: MatrixLike | None = None,
    survives: pd.Series[bool] | pd.DataFrame | None = None,
    katz_alpha: float | None = None,
) -> HubEvidence:
    """Measure every sector, and say against which chance and how sure.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (N, N)
        Flows or shares, not negative; rows receivers, columns sources. Of the matrices that are
        upstream × downstream one called ``UDS`` is taken as it is, for an industry depends on those
        who use its output, and one called ``UCS`` is turned round, for users depend on whom they
        buy from: a hub is then a column in both. Draws and backbones of UCS are
        ``[downstream, upstream]``, too.
    measures : sequence of str, optional
        Names of :data:`spillgraph.core.measures.MEASURES`. Default: in-strength, in-degrees at 2%
        and 4%, PageRank, Katz–Bonacich, eigenvector, authority; above 3,000 sectors those of them
        that are feasible.
    null : str, Null or StockDraws, default "strength"
        A name of :data:`spillgraph.analytics.nulls.NULLS`, or draws of the same matrix, for
        instance of :func:`spillgraph.analytics.permute_citations`, in the order of its rows or
        with labels of their own. Of a matrix called ``psi``, ``U``, ``V``, ``UDS`` or ``UCS`` no
        name: shuffled itself it is no chance, so give what draws what it is made of,
        :func:`~spillgraph.analytics.nulls.null_of_psi`, ``null_of_uds`` or ``null_of_ucs``.
    draws : int, default 999
        Networks drawn from the null. After Holm p is at least N/(draws + 1): for 5% with N
        industries 20 N − 1 draws are needed.
    seed : int, default 0
        Same seed, same numbers.
    output : pandas.Series, shape (N,), optional
        Gross output, for ``upstreamness``.
    records : StockDraws or iterable of ndarray, optional
        Bootstrap draws of the same matrix from the records behind it. Ranks then have confidence
        sets of 95% (:func:`spillgraph.analytics.rank_intervals`).
    missing : float, default 0.1
        Without records: the chance that a link is missing. ``rank_low`` and ``rank_high`` are then
        where the rank is in 95% of networks with links missing at random. 0: no intervals.
    missing_draws : int, default 199
        Networks with missing links.
    backbone : LabelledMatrix of bool, shape (N, N), optional
        The links that a backbone keeps. An industry survives if, by these links alone, its rank
        is not below ``rank_high`` (its rank, where there is no interval).
    survives : pandas.Series of bool, shape (N,), or DataFrame, shape (N, measures), optional
        Instead of ``backbone``: which industries survive by another rule, for instance the column
        ``survives`` of :func:`spillgraph.analytics.survivors`; a frame has a column a measure.
    katz_alpha : float, optional
        As in :func:`spillgraph.analytics.hub_table`.

    Returns
    -------
    HubEvidence
        With a table by measure and industry. A measure that the null keeps has no p but a reason
        in ``why``; so has one that is not defined. Where the null leaves no choice, p is 1.
        In-degrees under ``spread`` have exact p-values, by convolution.

    Raises
    ------
    InputError
        If receivers and sources differ, an entry is negative or not finite, a measure or null is
        not known or not feasible, labels differ, a number is out of bounds, or a sum over chains
        is to be shuffled itself.

    References
    ----------
    Davison & Hinkley (1997), *Bootstrap Methods and their Application*, §4.2.5 (p is never 0);
    those of :func:`spillgraph.analytics.draw_null` for the nulls.

    Examples
    --------
    >>> M = pd.DataFrame(
    ...     [[0, 5, 1, 0], [4, 0, 1, 2], [6, 1, 0, 1], [5, 2, 1, 0]], list("abcd"), list("abcd")
    ... )
    >>> found = hubs(M, ["in_strength", "pagerank"], draws=99, missing_draws=19)
    >>> found.table.loc["in_strength", ["score", "rank", "p"]].to_dict("list")
    {'score': [15.0, 8.0, 3.0, 3.0], 'rank': [1, 2, 3, 3], 'p': [nan, nan, nan, nan]}
    >>> found.table.loc[("in_strength", "a"), "why"]
    "kept by the null 'strength': it is the same in every draw"
    """
    draws = whole_number(draws, "draws", 1, MOST_DRAWS)
    missing_draws = whole_number(missing_draws, "missing_draws", 1, MOST_DRAWS)
    seed = whole_number(seed, "seed")
    _require_share(missing)
    network, law = _checked(matrix, null, output, katz_alpha)
    large, labels = network.large, network.matrix.rows
    if measures is None:
        measures = [name for name in USUAL if not (large and name in TOO_LARGE)]
    names = list(dict.fromkeys([measures] if isinstance(measures, str) else measures))
    if not names:
        raise InputError("hubs: at least one measure is needed.")
    scores = pd.DataFrame(index=list(labels))
    for name in names:
        function_of(name)
    if large:
        require_feasible(names, len(labels))
    for name in names:
        scores[name] = function_of(name)(network)
    more = 0 if records is None and missing == 0 else missing_draws
    with part(0.0, draws / (draws + more)):
        tests, count = _test(network, law, names, scores, draws, seed)
    with part(draws / (draws + more), 1.0):
        intervals, told = _intervals(network, names, scores, records, missing, missing_draws, seed)
    kept = None if backbone is None else _backbone(network, backbone)
    lasting = None if survives is None else _lasting(survives, kept, names, labels)
    place = {name: ranks(scores[name].to_numpy()) for name in names}
    table = pd.concat(
        [
            _part(name, labels, scores[name].to_numpy(), place[name], tests[name], intervals, count)
            for name in names
        ]
    )
    table.insert(len(table.columns) - 1, "survives", _survival(table, kept, lasting, names))
    if kept is not None and not _linked(kept, "in_strength").any():
        table["why"] = [f"{why}; {NO_LINK}" if why else NO_LINK for why in table["why"]]
    sentence = law.sentence if isinstance(law, Null) else "Draws given by the caller."
    called = law.name if isinstance(law, Null) else "given"
    return HubEvidence(table, network.matrix.name, called, sentence, count, seed, told)


def _checked(
    matrix: MatrixLike, null: str | Null | StockDraws, output: Any, katz_alpha: float | None
) -> tuple[Network, Null | StockDraws]:
    """Return what is measured, and the law it is held against."""
    M = square(matrix)
    if M.name == "UCS" and M.axes == UPSTREAM:
        M = replace(M, values=sparse.csr_array(M.values.T), axes=UPSTREAM[::-1])
    require_flows(M)
    if output is not None:
        output = by_label(output, M.rows, "output")
    given = not isinstance(null, str | Null) and isinstance(null, Iterable)
    law: Null | StockDraws = null if given else null_named(null)  # type: ignore[assignment]
    if isinstance(law, Null) and law.made is not None:
        _require_made(M, law)
    if isinstance(law, Null) and law.name in NULLS and M.name in SUMS:
        _refuse_shuffling(M.name, law.name)
    if isinstance(law, Null) and len(M.rows) > LARGE and law.draw_sparse is None:
        raise InputError(
            f"null {law.name!r}: {len(M.rows):,} sectors are too many for it, for {law.dense_only}."
        )
    return Network(M, katz_alpha, output), law


def _require_made(M: LabelledMatrix, law: Null) -> None:
    """Refuse a chance that is one of another network: another year, or turned round."""
    labels, made = M.rows, np.asarray(law.made)
    (drawn,) = _given(StockDraws(law.labels, iter([made[None]])), M)
    own = np.asarray(drawn)[0]
    values = M.values.toarray()
    gap = np.abs(values - own)
    if gap.max() <= SAME * own.max():
        return
    i, j = np.unravel_index(gap.argmax(), gap.shape)
    raise InputError(
        f"hubs: null {law.name!r} is the chance of another network than {M.name}: row "
        f"{show(labels[i])}, column {show(labels[j])} is {values[i, j]:.6g} here, and "
        f"{own[i, j]:.6g} by what the null draws. Give it what this matrix is made of (the same "
        "year, not turned round)."
    )


def _refuse_shuffling(name: str, null: str) -> None:
    """Refuse to shuffle sums over chains, and say what to draw instead."""
    given = {"UDS": "uds(FLOW, final", "UCS": "ucs(FLOWCOST, primary"}
    given |= {"psi": "psi(S, W", "V": "psi(None, W"}
    way = given.get(name, "psi(S, None")
    raise InputError(
        f"hubs: {name} is a sum over chains, and its rows resemble each other by chance alone, so "
        f"null {null!r} cannot shuffle {name} itself: what it is made of is drawn. Give "
        f"null=null_of_{way}, {null!r}) of spillgraph.analytics.nulls."
    )


def _part(
    name: str,
    labels: tuple[str, ...],
    score: Vector,
    place: Vector,
    test: tuple[Vector, NDArray[np.object_]],
    intervals: dict[str, tuple[Vector, Vector]],
    count: int,
) -> pd.DataFrame:
    """Return the rows of a measure."""
    p, why = test
    exact = np.array([str(each).startswith(EXACT) for each in why])
    low, high = intervals.get(name, (np.full(len(labels), np.nan),) * 2)
    columns = {
        "score": score,
        "rank": _places(place),
        "p": p,
        "p_holm": holm(p),
        "q": benjamini_hochberg(p),
        "draws": np.where(np.isnan(p) | exact, 0, count),
        "rank_low": _places(low),
        "rank_high": _places(high),
        "why": why,
    }
    index = pd.MultiIndex.from_product([[name], labels], names=["measure", "industry"])
    return pd.DataFrame(columns, index=index)


def _require_share(missing: float) -> None:
    if not 0 <= missing < 1:
        raise InputError(f"hubs: the share of missing links must be in [0, 1), got {missing:g}.")


def _test(
    network: Network,
    law: Null | StockDraws,
    names: list[str],
    scores: pd.DataFrame,
    draws: int,
    seed: int,
) -> tuple[dict[str, tuple[Vector, NDArray[np.object_]]], int]:
    """p-values of every measure, and why there are none."""
    N = len(network.matrix.rows)
    reasons = _reasons(law, names)
    exact = [] if network.large else [each for each in names if _is_exact(law, each)]
    moving = [each for each in names if each not in reasons and each not in exact]
    first: Chunk = network.matrix.values
    if not network.large:
        first = network.matrix.values.toarray()[None]
    observed = {name: each[0] for name, each in scores_of(first, moving, network).items()}
    tally = Tally(network, moving, observed)
    if moving:
        drawn = _draws(network, law, draws, np.random.default_rng([seed, 0]))
        tally.add(tell_draws(drawn, draws))
    tests: dict[str, tuple[Vector, NDArray[np.object_]]] = {}
    for name in names:
        why = np.full(N, reasons.get(name, ""), dtype=object)
        p = np.full(N, np.nan)
        if name in exact:
            p, why[:] = _exact(network, name, scores[name].to_numpy()), EXACT
        elif name in moving:
            p, moved = tally.p(name)
            why[~moved] = "every network that the null allows gives this score"
            if isinstance(law, Null) and not tally.draws:
                p, why[:] = np.full(N, np.nan), NO_DRAW
        undefined = scores[name].isna().to_numpy()
        if name in observed:
            undefined = undefined | np.isnan(observed[name])
        p = np.where(undefined, np.nan, p)
        why[undefined] = "the measure is not defined here"
        tests[name] = p, why
    return tests, tally.draws


def _reasons(law: Null | StockDraws, names: list[str]) -> dict[str, str]:
    """Say which measures a null does not move."""
    if not isinstance(law, Null):
        return {}
    same = f"kept by the null {law.name!r}: it is the same in every draw"
    return {name: same for name in names if name in law.keeps}


def _draws(
    network: Network, law: Null | StockDraws, draws: int, rng: np.random.Generator
) -> Iterable[Chunk]:
    values = network.matrix.values
    if isinstance(law, Null):
        if law.labels:
            drawn = StockDraws(law.labels, law.draw(values.toarray(), rng, draws))
            return _given(drawn, network.matrix)
        if network.large and law.draw_sparse is not None:
            return law.draw_sparse(values, rng, draws)
        return law.draw(values.toarray(), rng, draws)
    return _required(_given(law, network.matrix), network)


def _required(chunks: Iterable[Chunk], network: Network) -> Iterator[Chunk]:
    """Pass on the draws of a caller, each looked at."""
    for chunk in chunks:
        require_shape(chunk, network, "null")
        yield chunk


def _given(draws: StockDraws | Iterable[Chunk], M: LabelledMatrix) -> Iterable[Chunk]:
    """Bring draws with labels of their own to the order of the matrix."""
    if not isinstance(draws, StockDraws) or draws.labels == M.rows:
        return draws
    what = f"those of matrix {M.name}"
    require_same_labels(pd.Index(draws.labels), M.rows, "draws", what, "draw from the same sectors")
    order = pd.Index(draws.labels).get_indexer(pd.Index(M.rows))
    return (chunk[:, order][:, :, order] for chunk in draws)


def _is_exact(law: Null | StockDraws, name: str) -> bool:
    return isinstance(law, Null) and law.name == "spread" and name in ("in_degree_2", "in_degree_4")


def _exact(network: Network, name: str, counts: Vector) -> Vector:
    """A sector's chance to be one of the c_i large ones of i is c_i/(N − 1), i by i."""
    N = len(counts)
    number = function_of(name.replace("in_", "out_"))(network)
    if N == 1:
        return np.ones(1)
    chances = np.repeat(number[:, None] / (N - 1), N, axis=1)
    np.fill_diagonal(chances, 0.0)
    return upper_tail(counts, chances)


def _intervals(
    network: Network,
    names: list[str],
    scores: pd.DataFrame,
    records: StockDraws | Iterable[Chunk] | None,
    missing: float,
    missing_draws: int,
    seed: int,
) -> tuple[dict[str, tuple[Vector, Vector]], str]:
    """Between which places each sector is, and what that rests on."""
    if records is not None:
        chunks = _given(records, network.matrix)
        sets, count = from_records(network, names, chunks, scores)
        if count < FEWEST:
            few = f"Ranks: without intervals, for they take {FEWEST} draws of the records, got "
            return {}, f"{few}{count}."
        return sets, "Ranks: 95% confidence sets from bootstrap draws of the records."
    if missing == 0:
        return {}, "Ranks: without intervals."
    chunks = tell_draws(
        thinned(network, missing, missing_draws, np.random.default_rng([seed, 1])), missing_draws
    )
    return (
        from_missing(network, names, chunks, scores),
        f"Ranks: where they are in 95% of {missing_draws} networks in which {missing:.0%} of the "
        "links are missing at random; no records are behind them.",
    )


def _backbone(network: Network, backbone: MatrixLike) -> Network:
    """Return the network of the links that a backbone keeps."""
    M = network.matrix
    if isinstance(backbone, pd.DataFrame):
        backbone = backbone.astype(np.float64)
    links = square(backbone, "backbone", like=M).aligned_to(M.rows)
    values = sparse.csr_array(M.values.multiply(links.values.astype(bool)))
    kept = LabelledMatrix(f"backbone of {M.name}", values, M.rows, M.rows, unit=M.unit)
    return Network(kept, network.katz_alpha, network.output)


def _lasting(
    survives: pd.Series[bool] | pd.DataFrame,
    kept: Network | None,
    names: list[str],
    labels: tuple[str, ...],
) -> dict[str, Vector]:
    """Return what the caller says of survival, by measure."""
    if kept is not None:
        raise InputError("hubs: give a backbone or what survives it, not both.")
    columns = {
        name: survives[name] if isinstance(survives, pd.DataFrame) else survives
        for name in names
        if not isinstance(survives, pd.DataFrame) or name in survives
    }
    return {
        name: by_label(column.astype(np.float64), labels, "survives")
        for name, column in columns.items()
    }


def _survival(
    table: pd.DataFrame,
    kept: Network | None,
    lasting: dict[str, Vector] | None,
    names: list[str],
) -> Any:
    """Say which ranks last in the backbone; NA where nothing is known."""
    parts = []
    for name in names:
        rows = table.loc[name]
        place = rows["rank"].to_numpy(dtype=np.float64, na_value=np.nan)
        if kept is not None:
            high = rows["rank_high"].to_numpy(dtype=np.float64, na_value=np.nan)
            there = ranks(function_of(name)(kept))
            linked = _linked(kept, name)
            part = pd.array((there <= np.fmax(high, place)) & linked, dtype="boolean")
            if not linked.any():
                part[:] = pd.NA  # a backbone without links says nothing of anybody
        else:
            given = (lasting or {}).get(name, np.full(len(place), np.nan))
            part = pd.array(given, dtype="boolean")
        part[np.isnan(place)] = pd.NA
        parts.append(part)
    return pd.array(np.concatenate([part.astype(object) for part in parts]), dtype="boolean")


def _linked(kept: Network, name: str) -> NDArray[np.bool_]:
    """Say who has a link to others in a backbone, on the side that a measure looks at."""
    rows, columns = kept.matrix.values.nonzero()
    ends = (rows if name in OF_RECEIVERS else columns)[rows != columns]
    return np.isin(np.arange(len(kept.matrix.rows)), ends)


def _places(values: Vector) -> Any:
    return pd.array(values, dtype="Float64").astype("Int64")
