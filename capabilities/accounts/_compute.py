"""All that S says of every sector, in every report year; with W, extraction from both networks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from ...analytics.leontief import (
    Extraction,
    JointExtraction,
    StructuralDecomposition,
    derive_final_demand,
    extract,
    extract_both,
    extraction_losses_both,
    structural_decomposition,
    total_requirements,
)
from ...core.errors import LISTED, InputError, join_words, nearest, show
from ...core.matrix import LabelledMatrix
from ...ingest.study import Study
from ...runs.capability import Checked, Context
from ...runs.networks import MOST_ELEMENTS, YearNetworks
from ...runs.ultimate import Ultimate, ultimate_shares
from ._capital import Capital, capital_of, capital_use, check_capital
from ._options import AccountsOptions
from ._origins import origins_of
from ._trade import refuse_trade, require_countries, trade_of
from ._vectors import vectors_of

__all__ = ["Accounts", "YearAccounts", "check", "compute", "missing", "refuse"]


@dataclass(frozen=True, slots=True)
class YearAccounts:
    """The accounts of a year; N sectors.

    Parameters
    ----------
    vectors : pandas.DataFrame, N rows indexed by code
        As :func:`~spillgraph.analytics.leontief.industry_vectors` gives them; their attributes say
        what of output upstreamness is of.
    direct : LabelledMatrix, shape (N, N)
        S, [user, supplier].
    total : LabelledMatrix or None, shape (N, N)
        U = (I − S)⁻¹; none above 3,000 sectors.
    ultimate : Ultimate
        UDS and UCS.
    both : pandas.DataFrame or None, N rows indexed by code
        What the others lose if the sector leaves both networks; none without W.
    extracted : Extraction or None
        What is lost if the sectors that were named leave.
    extracted_both : JointExtraction or None
        The same of both networks.
    doubts : tuple of str
        What is to be known of the vectors.
    trade : pandas.DataFrame or None, C (C − 1) rows indexed by exporter and importer
        Value added in trade between C countries, where the study says enough.
    capital : Capital or None
        Stocks and rental costs of capital, where the study says what was bought.
    with_capital : Ultimate or None
        UDS and UCS with capital goods among deliveries and rental costs among costs, where every
        capital good is called as the sector that makes it.
    origins : pandas.DataFrame or None, indexed by code and origin
        Inputs by country of origin, where sectors have countries.
    country : pandas.Series or None, indexed by code
        Those countries.
    """

    vectors: pd.DataFrame
    direct: LabelledMatrix
    total: LabelledMatrix | None
    ultimate: Ultimate
    both: pd.DataFrame | None
    extracted: Extraction | None
    extracted_both: JointExtraction | None
    doubts: tuple[str, ...] = ()
    trade: pd.DataFrame | None = None
    capital: Capital | None = None
    with_capital: Ultimate | None = None
    origins: pd.DataFrame | None = None
    country: pd.Series[str] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """All that must be known before any number of the year."""
        capital = self.capital.notes if self.capital else ()
        more = self.with_capital.notes if self.with_capital else ()
        beside = [f"With capital goods, {note}" for note in more if note not in self.ultimate.notes]
        return (*self.doubts, *self.ultimate.notes, *capital, *beside)


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was computed.

    Parameters
    ----------
    years : dict of int to YearAccounts
        By report year.
    changes : dict of (int, int) to StructuralDecomposition
        What changed output between two report years of which there are tables, in money.
    money : str
        Its unit.
    """

    years: dict[int, YearAccounts]
    changes: dict[tuple[int, int], StructuralDecomposition]
    money: str


def missing(study: Study) -> str:
    """Return what a study lacks.

    Parameters
    ----------
    study : Study
        The study.
    """
    return "" if study.trade_from else "it needs deliveries and gross output, of which S is made"


def refuse(study: Study, options: AccountsOptions) -> None:
    """Refuse to split trade of a study that does not say final use by country.

    Parameters
    ----------
    study : Study
        The study.
    options : AccountsOptions
        What is asked.
    """
    if options.value_added_in_trade:
        refuse_trade(study)


def check(checked: Checked, options: AccountsOptions) -> None:
    """Refuse to extract a sector that there is not, or all of them, before anything is loaded.

    So are sectors without a country where value added in trade is asked for, and capital flows
    without a life or a rate.

    Parameters
    ----------
    checked : Checked
        The tables.
    options : AccountsOptions
        Sectors to be extracted.
    """
    if options.value_added_in_trade:
        require_countries(checked)
    check_capital(checked, options)
    labels = checked.economy.labels
    strangers = [code for code in options.codes if code not in labels]
    if strangers:
        raise InputError(
            f"[accounts] extract: there is no sector {show(strangers[0])}. "
            f"{nearest(strangers[0], labels)}"
        )
    if options.codes and not set(labels) - set(options.codes):
        raise InputError("[accounts] extract: all sectors are to leave; leave some.")


def compute(context: Context, options: AccountsOptions) -> Accounts:
    """Compute the accounts of every report year.

    Parameters
    ----------
    context : Context
        The run.
    options : AccountsOptions
        Sectors to be extracted.

    Raises
    ------
    InputError
        If a sector to be extracted is not known.
    ClosedClassError
        If sectors sell to each other alone, or buy from each other alone.
    """
    found = {}
    years = [year for year in context.result.years if year.production is not None]
    with context.steps.step("accounts") as progress:
        for number, year in enumerate(years):
            progress(str(year.year), number / len(years))
            trade = trade_of(context, year, asked=options.value_added_in_trade)
            plain = _of_year(year, options, context.ultimate(year), trade)
            origins, country = origins_of(context, year) or (None, None)
            capital, use = capital_of(context, year.year, options), None
            if capital is not None:
                use, why = capital_use(context, year, capital)
                capital = replace(capital, notes=(*capital.notes, *filter(None, [why])))
            found[year.year] = replace(
                plain,
                capital=capital,
                with_capital=None if use is None else ultimate_shares(year, use),
                origins=origins,
                country=country,
            )
            told = set(found[year.year].ultimate.doubts)  # by whoever has formed them
            for note in found[year.year].notes:
                if note not in told:
                    context.warn(f"{year.year}: {note}")
        changes, left = _changes(context, years)
        for text in left:
            context.warn(text)
    return Accounts(found, changes, context.result.study.about.money)


def _of_year(
    year: YearNetworks, options: AccountsOptions, ultimate: Ultimate, trade: pd.DataFrame | None
) -> YearAccounts:
    assert year.production is not None
    S = year.production.S
    if "gross output" not in year.weights:
        raise InputError(f"accounts: gross output of {year.year} is not known of every sector.")
    x = year.weights["gross output"]
    f = derive_final_demand(S, x)
    both = extracted = together = None
    if options.codes:
        extracted = extract(S, f, options.codes)
    if year.innovation is not None:
        W, leak = year.innovation.W, year.innovation.leak
        both = extraction_losses_both(S, W, own_leak=leak)
        if options.codes:
            together = extract_both(S, W, options.codes, own_leak=leak)
    vectors, doubts = vectors_of(year)
    few = len(S.rows) <= MOST_ELEMENTS
    if not few:
        doubts.append(f"Total requirements are not written above {MOST_ELEMENTS:,} sectors.")
    return YearAccounts(
        vectors,
        S,
        total_requirements(S) if few else None,
        ultimate,
        both,
        extracted,
        together,
        tuple(doubts),
        trade,
    )


def _changes(
    context: Context, years: list[YearNetworks]
) -> tuple[dict[tuple[int, int], StructuralDecomposition], list[str]]:
    """Decompose the change of output between report years that have a table of their own.

    And say between which it is not.
    """
    output = context.result.economy.output
    found: dict[tuple[int, int], StructuralDecomposition] = {}
    left: list[str] = []
    if output is None:
        return found, left
    known = set(output.index.get_level_values("year"))
    own = [year for year in years if year.trade is not None and year.year in known]
    without = [str(year.year) for year in years if year not in own]
    if without and len(years) > 1:
        left.append(
            f"The change of output is not decomposed for {join_words(without)}: it takes "
            "deliveries and gross output of the year itself."
        )
    for before, after in pairwise(own):
        S0, f0 = _demand(before, output)
        S1, f1 = _demand(after, output)
        if set(S0.rows) == set(S1.rows):
            found[before.year, after.year] = structural_decomposition(S0, f0, S1, f1)
            continue
        odd = sorted(set(S0.rows) ^ set(S1.rows))
        more = [f"{len(odd) - LISTED:,} more"] if len(odd) > LISTED else []
        left.append(
            f"The change of output between {before.year} and {after.year} is not decomposed: "
            f"{join_words([*map(show, odd[:LISTED]), *more])} "
            f"{'are sectors' if odd[1:] else 'is a sector'} in only one of the years."
        )
    return found, left


def _demand(year: YearNetworks, output: pd.DataFrame) -> tuple[LabelledMatrix, pd.Series[float]]:
    """Return S and final demand in money: what of output is not sold as an input."""
    assert year.production is not None
    S = year.production.S
    x = output["gross_output"].xs(year.year, level="year").reindex(list(S.rows))
    return S, derive_final_demand(S, x.fillna(0.0).astype(float))
