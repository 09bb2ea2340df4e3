"""Hubs as claims: scores of a network against chance, its backbone, its communities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from ...analytics import StockDraws
from ...analytics.hubs import CLAIMED, HubEvidence, above_chance, claims, hubs, settled, verdicts
from ...analytics.inference import has_inverse
from ...analytics.structure import Backbone, Communities, backbone, brokers, communities
from ...core.matrix import LabelledMatrix
from ...core.part_done import part, tell_draws
from ...core.shared import Shared
from ...runs.networks import YearNetworks
from ...runs.records import Source, draw_stock
from ...runs.ultimate import Ultimate
from ._chance import ULTIMATE, Chance, chance_of, claim_of
from ._options import HubOptions
from ._second import Second, second_chance, second_of

__all__ = [
    "Evidence",
    "Job",
    "drawn_from",
    "evidence",
    "jobs_of",
    "networks_of",
    "positive",
    "records_of",
]

#: Ranks rest on so many draws of the records at most, for each is a matrix.
MOST_RECORDS = 499
#: A hub is one at this level, after Holm over all sectors and both in-degrees.
SURE = 0.05
#: Links that a backbone keeps are heavier than chance at this level.
LEVEL = 0.05
#: Roles of brokers whose two ends are not both in the broker's own community.
BETWEEN = ("gatekeeper", "representative", "consultant", "liaison")
#: Sectors up to which communities are looked for again and again, and how many draws of the null
#: take as long: for the bar that shows how far a network is.
MOST_PARTS, AS_DRAWS = 1_000, 1_000
#: Draws of in-degrees alone that take as long as one of all measures.
AS_MANY = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the hubs of one network and year; N sectors.

    Parameters
    ----------
    matrix : LabelledMatrix, shape (N, N)
        The network: rows use, columns are used.
    found : HubEvidence
        Scores, p-values and ranks.
    kept : Backbone
        Its backbone.
    parts : Communities or None
        Its communities; none where no draws were asked for.
    brokers : DataFrame or None, index = code
        How every sector stands between communities, as :func:`spillgraph.analytics.brokers` gives
        it, ``certainty`` that the community is its own, and ``between``, the number of paths that
        leave a community; most of them first.
    claims : DataFrame, index = code
        The claim that is made of each sector, as :func:`spillgraph.analytics.hubs.claims` gives it,
        whether it is a ``hub`` and that is ``settled``, whatever more draws may find; ``p_second``
        under the second null, between what more draws may put it, and of hubs whether they remain
        (``remains``, ``remains_settled``; NA of others, and where the second null is not drawn);
        by how many measures it is above chance, as
        :func:`spillgraph.analytics.hubs.above_chance` gives it.
    sentences : dict of str to str
        A verdict for each sector.
    untested : str
        Why no hub is tested; empty where they are.
    second : Second or None
        The claim under the second null; none where it was not asked for, or no hub is tested.
    """

    matrix: LabelledMatrix
    found: HubEvidence
    kept: Backbone
    parts: Communities | None
    brokers: pd.DataFrame | None
    claims: pd.DataFrame
    sentences: dict[str, str]
    untested: str = ""
    second: Second | None = None

    @property
    def draws(self) -> int:
        """How many draws the claim is held against; 0 where p is exact, or nothing is tested."""
        return int(self.claims["draws"].max()) if len(self.claims) else 0


def networks_of(
    year: YearNetworks, wanted: tuple[str, ...], ultimate: Callable[[YearNetworks], Ultimate]
) -> dict[str, LabelledMatrix]:
    """Return the networks of a year by name, rows receivers, without what is negative.

    Parameters
    ----------
    year : YearNetworks
        A report year.
    wanted : tuple of str
        Names; those that the year does not have are left out.
    ultimate : callable
        Takes a year with S; returns its ultimate shares.
    """
    matrices = year.matrices()
    if year.production is not None and set(ULTIMATE) & set(wanted):
        matrices |= _ultimate(ultimate(year))
    return {name: positive(matrices[name]) for name in wanted if name in matrices}


def _ultimate(ultimate: Ultimate) -> dict[str, LabelledMatrix]:
    """Return UDS as it is, an industry depending on whose sales its output is; UCS turned round."""
    found = {}
    if ultimate.uds is not None:
        found["UDS"] = _turned(ultimate.uds, ultimate.uds.values)
    if ultimate.ucs is not None:
        found["UCS"] = _turned(ultimate.ucs, ultimate.ucs.values.T.tocsr())
    return found


def _turned(M: LabelledMatrix, values: sparse.csr_array) -> LabelledMatrix:
    return LabelledMatrix.build(M.name, sparse.csr_array(values), M.rows, unit=M.unit, year=M.year)


def positive(M: LabelledMatrix) -> LabelledMatrix:
    """Return M without negative entries, which centralities cannot take.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit.
    """
    if not (M.values.data < 0).any():
        return M
    return replace(M, values=M.values.maximum(0.0).tocsr())


def drawn_from(M: LabelledMatrix) -> pd.Series[float]:
    """Return what all others draw from each sector: column sums without own links.

    Parameters
    ----------
    M : LabelledMatrix, shape (N, N)
        Any unit; rows receivers.
    """
    sums = np.asarray(M.values.sum(axis=0)).ravel() - M.values.diagonal()
    return pd.Series(sums, list(M.rows))


@dataclass(frozen=True, slots=True)
class Job:
    """A network and year whose hubs are tested, with all that this takes.

    Parameters
    ----------
    name : str
        The network.
    matrix : LabelledMatrix, shape (N, N)
        The network, rows receivers.
    year : Shared of YearNetworks
        The report year.
    source : Shared of Source, or None
        The records behind the citations; none where no draws were asked for.
    ultimate : Ultimate or None
        The ultimate shares of the year, for networks of these.
    options : HubOptions
        Networks, null, draws, seed.
    names : dict of str to str
        Names of the sectors, by code.
    """

    name: str
    matrix: LabelledMatrix
    year: Shared[YearNetworks]
    source: Shared[Source] | None
    ultimate: Ultimate | None
    options: HubOptions
    names: dict[str, str]

    @property
    def called(self) -> str:
        """What messages call it."""
        return f"{self.year.value.year}, {self.name}"


def jobs_of(
    year: YearNetworks,
    options: HubOptions,
    names: Mapping[str, str],
    source: Shared[Source] | None,
    ultimate: Callable[[YearNetworks], Ultimate],
    share: Callable[[YearNetworks], Shared[YearNetworks]] = Shared,
) -> list[Job]:
    """Return the networks of a year as jobs that know nothing of each other.

    Parameters
    ----------
    year : YearNetworks
        A report year.
    options : HubOptions
        Networks, null, draws, seed.
    names : mapping of str to str
        Names of the sectors, by code.
    source : Shared of Source, or None
        The records behind the citations; none where no draws were asked for.
    ultimate : callable
        Takes a year with S; returns its ultimate shares.
    share : callable
        Puts the year where workers find it.
    """
    matrices = networks_of(year, options.networks, ultimate)
    shared = share(year) if matrices else None
    return [
        Job(
            name,
            M,
            shared,
            source,
            ultimate(year) if name in ULTIMATE else None,
            options,
            dict(names),
        )
        for name, M in matrices.items()
        if shared is not None and len(M.rows) > 1
    ]


def evidence(job: Job) -> Evidence:
    """Test the hubs of a network and year; every draw follows from the seed, the year and the kind.

    Parameters
    ----------
    job : Job
        The network.
    """
    name, M, year, options = job.name, job.matrix, job.year.value, job.options
    chance = chance_of(name, M, year, options, lambda _: job.ultimate)
    output = year.weights.get("gross output")
    kept = backbone(M, "disparity", side="receiver", alpha=LEVEL)
    drawn = options.drawn
    records, lost = None, [0]
    if drawn and job.source is not None:
        rng = np.random.default_rng([options.seed, year.year, *b"hubs"])
        records = _with_inverse(records_of(name, year, options, job.source.value, rng), lost)
    other = None
    if drawn and not chance.untested:
        other = second_chance(name, M, year, options, lambda _: job.ultimate)
    more = chance.of_claim if chance.of_claim > chance.draws else 0
    steps = [AS_MANY * chance.draws, more, 0 if other is None else other.of_claim]
    steps += [AS_MANY * AS_DRAWS]
    ends = np.cumsum([0, *steps]) / sum(steps)
    with part(ends[0], ends[1]):
        found = hubs(
            M,
            None if drawn else CLAIMED,  # exact under ``spread``: no draw is needed
            StockDraws(M.rows, iter(())) if chance.untested else chance.null,
            max(1, chance.draws),
            options.seed,
            output=None if output is None else output.reindex(list(M.rows)),
            records=records,
            missing=0.1 if drawn else 0.0,
            # Without places that draws leave open nobody can say who keeps his.
            backbone=kept.matrix if drawn else None,
        )
    if more:
        with part(ends[1], ends[2]):
            found = found.with_tests_of(claim_of(M, chance, options))
    if chance.untested:
        found = _without_test(found, chance)
    if records is not None:
        found = replace(found, ranks=_of_records(found.ranks, job.source))
    if lost[0]:
        many = f"{lost[0]:,} draws" if lost[0] > 1 else "1 draw"
        found = replace(found, ranks=f"{found.ranks} Left out: {many} without an inverse of I − W.")
    second = None
    if other is not None:
        with part(ends[2], ends[3]):
            second = second_of(M, other, options)
    parts = None
    if drawn and len(M.rows) <= MOST_PARTS and M.values.nnz:
        with part(ends[3], 1.0):
            parts = communities(M, seed=options.seed)
    between = None if parts is None else _brokers(kept, parts)
    held = None if second is None else second.found
    sentences = verdicts(found, job.names, claim=CLAIMED, second=held)
    claimed = _with_second(claims(found), held).join(above_chance(found, SURE))
    return Evidence(M, found, kept, parts, between, claimed, sentences, chance.untested, second)


def _of_records(ranks: str, source: Shared[Source] | None) -> str:
    """Say of what the records are: a formula, or firms that cite in bundles, leave more open."""
    firms = source is not None and source.value.firms is not None
    kind = "whole citing firms" if firms else "single citations, so that they are rather too narrow"
    return ranks.replace("draws of the records.", f"draws of the records: {kind}.")


def _with_second(claimed: pd.DataFrame, held: HubEvidence | None) -> pd.DataFrame:
    """Say of each sector whether it is a hub, and of each hub whether it remains one."""
    hub = claimed["p_claim"] <= SURE
    ends = ["p_claim", "p_low", "p_high"]
    found = pd.DataFrame(columns=ends) if held is None else claims(held)[ends]
    again = found.reindex(claimed.index).astype(float)
    unknown = again["p_claim"].isna() | ~hub
    return claimed.assign(
        hub=hub,
        settled=settled(claimed, SURE),
        p_second=again["p_claim"],
        p_second_low=again["p_low"],
        p_second_high=again["p_high"],
        remains=(again["p_claim"] <= SURE).astype("boolean").mask(unknown),
        remains_settled=settled(again, SURE).astype("boolean").mask(unknown),
    )


def _without_test(found: HubEvidence, chance: Chance) -> HubEvidence:
    """Return scores and ranks without p-values, and why there are none."""
    why = found.table["why"].mask(found.table["p"].notna(), chance.untested)
    table = found.table.assign(p=np.nan, p_holm=np.nan, q=np.nan, draws=0, why=why)
    return replace(
        found, table=table, null="none", sentence=f"Hubs are not tested, {chance.untested}."
    )


def records_of(
    name: str, year: YearNetworks, options: HubOptions, source: Source, rng: np.random.Generator
) -> StockDraws | None:
    """Return draws of a network from the citations behind it; of others there are none.

    Parameters
    ----------
    name : str
        The network.
    year : YearNetworks
        The report year.
    options : HubOptions
        How many draws; 499 at most.
    source : Source
        The records.
    rng : numpy.random.Generator
        Source of all randomness.
    """
    if year.citations is None or name not in {"W", "citations", "psi"}:
        return None
    choices = source.study.options
    if source.study.has("firm_industries"):
        return None  # a firm is drawn within its industry, and may have several
    if name != "citations" and (choices.normalisation != "row" or choices.rho is not None):
        return None  # draws are divided by rows
    draws = min(options.draws_for(len(year.citations.rows)), MOST_RECORDS)
    stock = draw_stock(source, year.year, year.citations, draws, rng)
    return StockDraws(stock.labels, tell_draws(_drawn(name, year, stock), draws))


def _with_inverse(records: StockDraws | None, lost: list[int]) -> StockDraws | None:
    """Leave out draws without numbers, and count them in ``lost`` when they are read."""
    if records is None:
        return None

    def chunks(records: StockDraws) -> Iterator[np.ndarray]:
        for chunk in records:
            known = np.isfinite(chunk).all(axis=(1, 2))
            lost[0] += int((~known).sum())
            if known.any():
                yield chunk if known.all() else chunk[known]

    return StockDraws(records.labels, chunks(records))


def _drawn(name: str, year: YearNetworks, stock: StockDraws) -> Iterator[np.ndarray]:
    """Turn draws of the stock into draws of the network; NaN where ψ has no inverse."""
    one = np.eye(len(stock.labels))
    U = None
    if name == "psi":
        assert year.production is not None
        S = year.production.S.aligned_to(stock.labels)
        U = np.linalg.inv(one - S.values.toarray())
    for chunk in stock:
        if name == "citations":
            yield chunk
            continue
        totals = chunk.sum(axis=2, keepdims=True)
        W = np.divide(chunk, totals, out=np.zeros_like(chunk), where=totals > 0)
        W *= 1.0 - one
        if U is None:
            yield W
        else:
            known = has_inverse(chunk)
            psi = np.full(chunk.shape, np.nan)
            psi[known] = U @ np.linalg.inv(one - W[known])
            yield psi


def _brokers(kept: Backbone, parts: Communities) -> pd.DataFrame:
    """Return how every sector stands between communities, by the links of the backbone.

    Whole networks link nearly every pair, so that nothing is left to broker.
    """
    table = brokers(kept.matrix, parts).rename_axis(index="code")
    table.insert(1, "certainty", parts.table["certainty"])
    table.insert(2, "between", table[list(BETWEEN)].sum(axis=1))
    order = ["between", "paths"]
    return table.sort_values(order, ascending=False, kind="stable")
