"""One contract for every public function: what it takes for a matrix, and what it refuses."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from spillgraph import analytics
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix

CODES = [3514, 685, 31]
LABELS = tuple(map(str, CODES))
VALUES = {
    "S": np.array([[0.2, 0.3, 0.1], [0.1, 0.4, 0.0], [0.05, 0.2, 0.3]]),
    "W": np.array([[0.0, 0.4, 0.1], [0.25, 0.0, 0.5], [0.1, 0.2, 0.0]]),
    "K": np.array([[6.0, 4.0, 1.0], [1.0, 3.0, 2.0], [2.0, 5.0, 4.0]]),
    "Z": np.array([[20.0, 30.0, 10.0], [20.0, 80.0, 0.0], [5.0, 20.0, 30.0]]),
    "Phi": np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]]),
}
VECTORS: dict[str, Any] = {
    "output": [100.0, 200.0, 90.0],
    "weights": [0.5, 0.2, 0.3],
    "country": ["US", "DE", "US"],
    "effective": [11, 6, 11],
}
HALVES = pd.Series({3514: 0.5, 685: 0.5, 31: 0.0})
STEPS = {3514: [0.01, 0.03], 685: [0.02, -0.01], 31: [0.0, 0.04]}
LEVELS = pd.DataFrame(STEPS, index=[2000, 2001]).cumsum() + 1.0
PANEL = pd.DataFrame(STEPS, index=[2001, 2002])
LONG = pd.DataFrame(
    np.random.default_rng(1).normal(size=(40, 3)), index=range(1960, 2000), columns=CODES
)

Form = Callable[[str], Any]
ORDER = [2, 0, 1]


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


def solow(m: Form) -> Any:
    quantity = np.exp(LEVELS)
    inputs = {2000: m("Z"), 2001: m("Z")}
    share = pd.DataFrame(VALUES["S"], CODES, CODES).sum(axis=1)
    both = pd.Series((1 - share) / 2)
    return analytics.tfp_growth(
        quantity, quantity, quantity, inputs, alpha=both, beta=both, s=m("S")
    )


#: Every public function that takes a matrix: with matrices m and vectors v of one form.
TAKE: dict[str, Callable[[Form, Form], Any]] = {
    "account": lambda m, v: analytics.account(m("S"), m("W"), PANEL),
    "accumulate": lambda m, v: analytics.accumulate({2000: m("K"), 2001: m("K")}, 0.5),
    "aggregate_growth": lambda m, v: analytics.aggregate_growth(
        m("S"), m("W"), PANEL, pd.Series(VECTORS["weights"], CODES)
    ),
    "balance_gras": lambda m, v: analytics.balance_gras(m("Z"), v("output"), v("output")).Z,
    "backbone": lambda m, v: analytics.backbone(m("K"), side="receiver", alpha=0.9).matrix,
    "bootstrap_citations": lambda m, v: analytics.bootstrap_citations(
        m("K"), rng(), 5, effective=v("effective")
    ),
    "bootstrap_firms": lambda m, v: analytics.bootstrap_firms(
        m("K"), m("W"), v("country"), rng(), 5
    ),
    "bootstrap_years": lambda m, v: analytics.bootstrap_years(
        {2000: m("K"), 2001: m("K")}, rng(), 5
    ),
    "brokers": lambda m, v: analytics.brokers(m("K"), v("country"))["constraint"],
    "by_source": lambda m, v: analytics.by_source(m("S"), m("W"), PANEL),
    "citation_shares": lambda m, v: analytics.citation_shares(
        m("K"), "patents", patents=v("output")
    ),
    "check_accounts": lambda m, v: (
        analytics.check_accounts(m("Z"), pd.DataFrame({"gross_output": v("output")})).paid.gap
    ),
    "closed_classes": lambda m, v: analytics.closed_classes(m("W")),
    "communities": lambda m, v: analytics.communities(m("K"), runs=3).table["certainty"],
    "decompose_by_border": lambda m, v: analytics.decompose_by_border(m("S"), m("W"), v("country")),
    "default_leak": lambda m, v: analytics.default_leak(m("W")),
    "derive_final_demand": lambda m, v: analytics.derive_final_demand(m("S"), v("output")),
    "directional_proximity": lambda m, v: analytics.directional_proximity(m("K"), "citation"),
    "domar_weights": lambda m, v: analytics.domar_weights(m("S"), v("weights"), v("output")),
    "downstreamness": lambda m, v: analytics.downstreamness(m("S"), v("output"), v("output")),
    "draw_null": lambda m, v: (
        np.concatenate(list(analytics.draw_null(m("W"), draws=5))).ravel().tolist()
    ),
    "draw_sums": lambda m, v: analytics.draw_sums(m("S"), m("K"), v("weights")).values,
    "elements": lambda m, v: analytics.elements(m("S"), m("W")),
    "failure_cascade": lambda m, v: analytics.failure_cascade(
        m("Z"), v("country"), "leontief", [ends(m)[0]]
    ),
    "extract": lambda m, v: analytics.extract(m("S"), v("weights"), ends(m)[0]).loss,
    "extract_both": lambda m, v: analytics.extract_both(m("S"), m("W"), ends(m)[0]).loss,
    "extraction_losses": lambda m, v: analytics.extraction_losses(m("S"), v("weights")),
    "extraction_losses_both": lambda m, v: analytics.extraction_losses_both(
        m("S"), m("W"), v("weights")
    ),
    "filter_output": lambda m, v: analytics.filter_output(LEVELS, m("S"), m("W")),
    "filter_tfp": lambda m, v: analytics.filter_tfp(LEVELS, m("W")),
    "ghosh_multipliers": lambda m, v: analytics.ghosh_multipliers(m("S"), v("output")),
    "hub_breadth": lambda m, v: analytics.hub_breadth(m("W"), m("S")),
    "hub_table": lambda m, v: analytics.hub_table(m("W")),
    "industry_vectors": lambda m, v: analytics.industry_vectors(
        m("S"), v("output"), v("weights"), v("output"), exports=v("weights")
    ),
    "influence": lambda m, v: analytics.influence(m("S"), v("weights")),
    "imports_by_source": lambda m, v: analytics.imports_by_source(m("S"), v("country")),
    "interpolate_shares": lambda m, v: analytics.interpolate_shares(
        {2000: m("S"), 2010: m("S")}, 2004
    ),
    "io_linkage": lambda m, v: analytics.io_linkage(m("S")).pivot(
        index="j", columns="k", values="k_on_j"
    ),
    "knowledge_pools": lambda m, v: analytics.knowledge_pools(
        m("Phi"), pd.DataFrame({"patents": v("output")}), mutual="exclude"
    ),
    "linkages": lambda m, v: analytics.linkages(m("S"), v("output")).drop(columns="kind"),
    "misfit": lambda m, v: analytics.misfit(PANEL, m("S"), m("W"), PANEL).misfit,
    "output_multipliers": lambda m, v: analytics.output_multipliers(m("S")),
    "permute_citations": lambda m, v: analytics.permute_citations(m("K"), rng(), 5, sweeps=12),
    "most_systemic": lambda m, v: (
        analytics.most_systemic(m("Z"), v("country"), "leontief", k=3).table
    ),
    "pool": lambda m, v: analytics.pool(m("W"), v("output")),
    "production_shares": lambda m, v: analytics.production_shares(m("Z"), v("output")),
    "psi": lambda m, v: analytics.psi(m("S"), m("W"), weights=v("weights")),
    "radius_bounds": lambda m, v: analytics.radius_bounds(m("W")),
    "reciprocity": lambda m, v: analytics.reciprocity(m("Phi")),
    "require_leakage": lambda m, v: analytics.require_leakage(m("W")),
    "rewiring": lambda m, v: analytics.rewiring(LEVELS, {2000: m("W"), 2001: m("W")}),
    "spatial_rho": lambda m, v: analytics.spatial_rho(LONG, m("W")).rho,
    "spectral_radius": lambda m, v: analytics.spectral_radius(m("W")),
    "strongest_paths": lambda m, v: list(
        analytics.strongest_paths(m("S"), m("W"), *ends(m)).paths["strength"]
    ),
    "structural_decomposition": lambda m, v: analytics.structural_decomposition(
        m("S"), v("weights"), m("S"), v("output"), m("W"), m("W")
    ),
    "survivors": lambda m, v: survivors_of(m("K")),
    "sweeps_needed": lambda m, v: analytics.sweeps_needed(m("K"), rng()),
    "systemic_risk": lambda m, v: analytics.systemic_risk(m("Z"), v("country"), "leontief"),
    "tfp_growth": lambda m, v: solow(m),
    "to_igraph": lambda m, v: edges(analytics.to_igraph(m("W"))),
    "to_networkx": lambda m, v: {
        (i, j): w for i, j, w in analytics.to_networkx(m("W")).edges(data="weight")
    },
    "truncation": lambda m, v: list(analytics.truncation(m("S"), m("W"))["captured"]),
    "upstreamness": lambda m, v: analytics.upstreamness(
        m("S"), v("output"), v("weights"), v("weights"), v("weights")
    ),
    "value_added_in_trade": lambda m, v: analytics.value_added_in_trade(
        m("Z"), None, final_demand(m), v("country")
    ),
}
#: Those that take panels, tables or results and no matrix.
OTHERS: dict[str, Callable[[Any], Any]] = {
    "bootstrap_clusters": lambda x: analytics.bootstrap_clusters(
        x, LABELS, ("a",), {"a": "x"}, rng(), 1
    ),
    "carriers": lambda x: analytics.carriers(x, x, "a"),
    "capital_stock": lambda x: analytics.capital_stock(x, 0.0, 0.1),
    "change_of_hubs": analytics.change_of_hubs,
    "comove": lambda x: analytics.comove(x, PANEL, HALVES, HALVES),
    "correlate": lambda x: analytics.correlate(PANEL, x),
    "decompose_cov": lambda x: analytics.decompose_cov(PANEL, x, HALVES, HALVES),
    "degrees_of_freedom": analytics.degrees_of_freedom,
    "draws_to_long": analytics.draws_to_long,
    "fill_gaps": lambda x: analytics.fill_gaps(LEVELS, x),
    "find_cause": analytics.find_cause,
    "find_totals": analytics.find_totals,
    "fit_trend": analytics.fit_trend,
    "imports_apart": lambda x: analytics.imports_apart(x, x),
    "industry_tables": lambda x: analytics.industry_tables(x, x, groups={"a": "b"}),
    "growth_rates": analytics.growth_rates,
    "industry_technology": lambda x: analytics.industry_technology(x, x, industries=["a"]),
    "input_classes": lambda x: analytics.input_classes(x, ["a"]),
    "intervals": lambda x: analytics.intervals(x, x),
    "log_panel": analytics.log_panel,
    "long_run_shares": analytics.long_run_shares,
    "loss_percent": analytics.loss_percent,
    "make_and_use": lambda x: analytics.make_and_use(x, x, industries=["a"]),
    "null_pvalues": lambda x: analytics.null_pvalues(x, x),
    "permute_bundles": lambda x: list(
        analytics.permute_bundles(VALUES["K"], x, rng(), 1)  # type: ignore[arg-type]
    ),
    "rank_intervals": lambda x: analytics.rank_intervals(x, x),
    "redefine": lambda x: analytics.redefine(x, x, x),
    "rental_cost": lambda x: analytics.rental_cost(x, 0.1, pd.Series({"a": 1})),
    "requirements": analytics.requirements,
    "secondary_output": analytics.secondary_output,
    "symmetric_table": lambda x: analytics.symmetric_table(x, final_demand=[], value_added=[]),
    # Printed, [upstream, downstream].
    "ucs": lambda x: analytics.ucs(x, VECTORS["output"]),
    "uds": lambda x: analytics.uds(x, VECTORS["output"]),
    "technology_table": analytics.technology_table,
}
#: Those that take numbers, and refuse what is none in tests of their own.
NUMBERS = {"pv_depreciation"}
# Draws in another order of sectors are other draws.
RANDOM = {
    "communities",
    "bootstrap_citations",
    "bootstrap_firms",
    "bootstrap_years",
    "draw_null",
    "permute_citations",
    "sweeps_needed",
}
WITH_PANEL = {
    "account",
    "aggregate_growth",
    "by_source",
    "filter_output",
    "filter_tfp",
    "misfit",
    "rewiring",
    "spatial_rho",
    "tfp_growth",
}
#: Those in which an entry may be missing: so are the sums that it is in.
WITH_GAPS = {"knowledge_pools", "pool", "reciprocity"}
#: Those whose receivers and sources may be different lists.
RECTANGULAR = {"bootstrap_firms": ("sides", "turned"), "pool": ("sides",)}
TWO_NETWORKS = {
    "account",
    "aggregate_growth",
    "decompose_by_border",
    "by_source",
    "elements",
    "extract_both",
    "extraction_losses_both",
    "filter_output",
    "misfit",
    "psi",
    "strongest_paths",
    "truncation",
}


def ends(m: Form) -> tuple[Any, Any]:
    """Receiver and source, called as the form calls them."""
    if isinstance(m("S"), pd.DataFrame):
        return 3514, 31
    return ("3514", "31") if isinstance(m("S"), LabelledMatrix) else ("0", "2")


def final_demand(m: Form) -> pd.DataFrame:
    """Final demand of two countries, whose sectors are called as the form calls them."""
    receiver = ends(m)[0]
    codes = CODES if receiver == 3514 else LABELS if receiver == "3514" else ["0", "1", "2"]
    table = pd.DataFrame([[30.0, 40.0, 20.0], [10.0, 30.0, 10.0]], ["US", "DE"], CODES)
    return table.set_axis(codes, axis=1)


def survivors_of(K: Any) -> pd.DataFrame:
    return analytics.survivors(K, analytics.backbone(K, own="test")).astype(float)


def edges(graph: Any) -> dict[tuple[str, str], float]:
    names = graph.vs["name"]
    return {(names[e.source], names[e.target]): e["weight"] for e in graph.es}


# -- forms -----------------------------------------------------------------------------------------


def labelled(kind: str) -> LabelledMatrix:
    return LabelledMatrix.build(kind, VALUES[kind], LABELS)


def frame(kind: str) -> pd.DataFrame:
    return pd.DataFrame(VALUES[kind], CODES, CODES)


def permuted(kind: str) -> pd.DataFrame:
    """Rows and columns in other orders, and not in the same; floats for labels on one side."""
    shuffled = frame(kind).iloc[ORDER, ::-1]
    return shuffled.set_axis(shuffled.index.astype(float))


def array(kind: str) -> Any:
    return VALUES[kind]


FORMS: dict[str, Form] = {
    "labelled": labelled,
    "frame": frame,
    "permuted": permuted,
    "array": array,
    "lists": lambda kind: VALUES[kind].tolist(),
    "csr": lambda kind: sparse.csr_array(VALUES[kind]),
    "coo_matrix": lambda kind: sparse.coo_matrix(VALUES[kind]),
}


def series(kind: str) -> pd.Series[Any]:
    return pd.Series(VECTORS[kind], CODES, name=kind).iloc[::-1]


def plain(kind: str) -> Any:
    return list(VECTORS[kind])


def flat(result: Any, codes: dict[str, str]) -> dict[Any, float]:
    """All numbers of a result under the labels they belong to."""
    if isinstance(result, LabelledMatrix):
        result = result.to_frame()
    if isinstance(result, pd.DataFrame):
        return {
            (codes.get(i, i), codes.get(j, j)): v
            for (i, row) in result.iterrows()
            for j, v in row.items()
        }
    if isinstance(result, pd.Series):
        return {codes.get(i, i): v for i, v in result.items()}
    if isinstance(result, analytics.ErrorBounds):
        return {}  # bounds of rounding
    if isinstance(result, analytics.StockDraws):
        names = [codes.get(label, label) for label in result.labels]
        stock = np.concatenate(list(result.chunks))
        return {
            (d, i, j): stock[d, a, b]
            for d in range(len(stock))
            for a, i in enumerate(names)
            for b, j in enumerate(names)
        }
    if dataclasses.is_dataclass(result):
        result = {f.name: getattr(result, f.name) for f in dataclasses.fields(result)}
    if isinstance(result, Mapping):
        nested = {key: flat(value, codes) for key, value in result.items()}
        return {
            (tuple(codes.get(k, k) for k in key) if isinstance(key, tuple) else key, inner): v
            for key, values in nested.items()
            for inner, v in values.items()
        }
    if isinstance(result, list | tuple):
        return {place: float(v) for place, v in enumerate(result) if not isinstance(v, str | list)}
    return {} if result is None else {"": float(result)}


def test_every_public_function_is_held_to_the_contract():
    functions = {n for n in analytics.__all__ if inspect.isfunction(getattr(analytics, n))}
    assert functions == {*TAKE, *OTHERS, *NUMBERS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TAKE)
def test_every_form_gives_the_same_numbers_under_the_same_labels(name: str, form: str):
    if form == "permuted" and name in RANDOM:
        pytest.skip("draws in another order of sectors are other draws")
    bare = form not in ("labelled", "frame", "permuted")
    vectors = plain if bare else series
    if bare and name in WITH_PANEL:
        with pytest.raises(InputError, match="an array has no labels"):
            TAKE[name](FORMS[form], vectors)
        return
    if form == "lists" and name == "draw_sums":
        pytest.skip("a list of arrays is many draws, not one")
    codes = dict(zip("012", LABELS, strict=True)) if bare else {}
    expected = flat(TAKE[name](labelled, series), {})
    found = flat(TAKE[name](FORMS[form], vectors), codes)
    assert found.keys() == expected.keys()
    for key, number in expected.items():
        assert found[key] == pytest.approx(number, rel=1e-9, abs=1e-12, nan_ok=True), key


# -- what is refused -------------------------------------------------------------------------------


def spoilt(change: Callable[[pd.DataFrame], Any]) -> Form:
    return lambda kind: change(frame(kind))


def holding(value: Any) -> Form:
    def change(table: pd.DataFrame) -> pd.DataFrame:
        table = table.astype(object)
        table.loc[685, 31] = value
        return table

    return spoilt(change)


def doubled(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_axis([3514, 685, 685]).set_axis([3514, 685, 685], axis=1)


def other_rows(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_axis([3514, 685, 32])


def turned(kind: str) -> pd.DataFrame:
    names = ("cited", "citing") if kind in "WK" else ("supplier", "user")
    return frame(kind).T.rename_axis(index=names[0], columns=names[1])


FAULTS: dict[str, tuple[Form, str]] = {
    "missing": (holding(np.nan), r"row '685', column '31' holds 'nan'"),
    "NA": (holding(pd.NA), r"row '685', column '31' holds '<NA>'"),
    "infinite": (holding(np.inf), r"row '685', column '31' holds 'inf'"),
    "text": (holding("0,5"), r"row '685', column '31' holds '0,5'"),
    "number as text": (holding("0.5"), r"row '685', column '31' holds '0.5'"),
    "complex": (holding(1j), r"row '685', column '31' holds '1j'"),
    "twice": (spoilt(doubled), r"label '685' occurs twice"),
    "sides": (spoilt(other_rows), r"labels.*'3[12]'"),
    "no label": (spoilt(lambda t: t.set_axis([3514, None, 31])), r"number 2 has no label"),
    "turned": (turned, r"rows are called '(supplier|cited)'.*Turn it round"),
    "none": (lambda kind: None, r"needed.*got a NoneType|needed, got a NoneType"),
    "file name": (lambda kind: f"{kind}.csv", r"got a str"),
    "vector": (lambda kind: [0.1, 0.2, 0.3], r"got an array of shape \(3,\)"),
    "cube": (lambda kind: VALUES[kind][None], r"got an array of shape \(1, 3, 3\)"),
    "result": (
        lambda kind: analytics.citation_shares(labelled("K")),
        r"got a CitationShares; give the matrix in it, for instance its field 'W'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", TAKE)
def test_every_fault_is_one_clear_error(name: str, fault: str):
    form, message = FAULTS[fault]
    if fault in RECTANGULAR.get(name, ()):
        pytest.skip("the sides may differ; of firms by sectors they are no receivers and sources")
    if fault in ("missing", "NA") and name in WITH_GAPS:
        found = flat(TAKE[name](form, series), {})
        assert found != pytest.approx(flat(TAKE[name](holding(0.0), series), {}))
        return
    with pytest.raises(InputError, match=message):
        TAKE[name](form, series)


@pytest.mark.parametrize("name", sorted(TWO_NETWORKS))
def test_exchanged_arguments_are_told_by_their_names(name: str):
    other = {"S": "W", "W": "S"}
    with pytest.raises(InputError, match=r"S: .*called 'W' \(citation shares\).*S comes before W"):
        TAKE[name](lambda kind: labelled(other.get(kind, kind)), series)


@pytest.mark.parametrize("name", sorted(TWO_NETWORKS))
def test_exchanged_frames_are_told_by_the_names_of_their_axes(name: str):
    def exchanged(kind: str) -> pd.DataFrame:
        names = ("user", "supplier") if kind == "W" else ("citing", "cited")
        return frame(kind).rename_axis(index=names[0], columns=names[1])

    with pytest.raises(InputError, match=r"matrix S: .*'citing'.*flows of goods are needed"):
        TAKE[name](exchanged, series)


@pytest.mark.parametrize("name", sorted(TWO_NETWORKS - WITH_PANEL))
@pytest.mark.parametrize("bare", ["S", "W"])
def test_an_array_beside_labels_is_refused(name: str, bare: str):
    def mixed(kind: str) -> Any:
        return array(kind) if kind == bare else frame(kind)

    with pytest.raises(InputError, match=rf"matrix {bare}: an array has no labels.*'3514', '685'"):
        TAKE[name](mixed, series)


@pytest.mark.parametrize("kind", ["S", "Z", "psi"])
@pytest.mark.parametrize("name", ["citation_shares", "permute_citations", "bootstrap_citations"])
def test_other_matrices_in_place_of_citations_are_refused(name: str, kind: str):
    with pytest.raises(InputError, match=rf"K: .*called '{kind}'"):
        TAKE[name](lambda _: LabelledMatrix.build(kind, VALUES["K"], LABELS), series)


def test_units_that_contradict_are_refused():
    S = LabelledMatrix.build("inputs", VALUES["S"], LABELS, unit="citations")
    with pytest.raises(InputError, match=r"S: the unit .* 'citations'"):
        analytics.psi(S, labelled("W"))
    Z = LabelledMatrix.build("flows", VALUES["Z"], LABELS, unit="million US$")
    assert analytics.production_shares(Z, series("output")).S.rows == LABELS


@pytest.mark.parametrize(
    "name", ["decompose_by_border", "production_shares", "psi", "bootstrap_citations"]
)
def test_series_go_by_label_and_name_what_is_missing(name: str):
    def short(kind: str) -> pd.Series[Any]:
        return series(kind).rename({31: "31 "})

    with pytest.raises(InputError, match=r"missing: '31'; unknown: '31 '"):
        TAKE[name](labelled, short)
    with pytest.raises(InputError, match=r"without labels for 3 sectors|Series with the labels"):
        TAKE[name](labelled, plain)


@pytest.mark.parametrize("value", [None, 3, "x.csv", {"a": 1}])
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_panel_table_or_result_is_refused(name: str, value: Any):
    with pytest.raises(InputError, match=f"got a {type(value).__name__}"):
        OTHERS[name](value)


# -- building --------------------------------------------------------------------------------------


def test_a_frame_keeps_its_labels():
    W = LabelledMatrix.build("W", frame("W"))
    assert W.rows == LABELS and W.to_frame().loc["3514", "685"] == 0.4
    ordered = LabelledMatrix.build("W", frame("W"), ["31", "3514", "685"])
    assert ordered.rows == ordered.columns == ("31", "3514", "685")
    assert ordered.to_frame().loc["3514", "685"] == 0.4
    with pytest.raises(InputError, match=r"missing: '7'; unknown: '31'|missing: '31'; unknown"):
        LabelledMatrix.build("W", frame("W"), ["7", "3514", "685"])
    # Without labels of its own a frame is an array.
    named = LabelledMatrix.build("W", pd.DataFrame(VALUES["W"]), LABELS)
    assert named.rows == LABELS and named.to_frame().loc["3514", "685"] == 0.4


def test_levels_are_joined_and_must_stay_apart():
    pairs = pd.MultiIndex.from_product([["USA", "DEU"], ["C26", 10]])
    S = LabelledMatrix.build("S", pd.DataFrame(np.eye(4) / 2, pairs, pairs))
    assert S.rows == ("USA_C26", "USA_10", "DEU_C26", "DEU_10")
    result = analytics.production_shares(
        pd.DataFrame(np.eye(4), pairs, pairs), pd.Series(2.0, index=pairs)
    )
    assert result.S.rows == S.rows
    alike = pd.MultiIndex.from_tuples([("A_B", "C"), ("A", "B_C")])
    with pytest.raises(InputError, match="'A_B_C' occurs twice"):
        LabelledMatrix.build("S", pd.DataFrame(np.eye(2), alike, alike))


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        (frame("W").reset_index(), "index_col=0"),
        (labelled("W").to_long(), "from_long"),
        (frame("W").iloc[:, :2].join(frame("K").add_prefix("x")), "Reindex"),
    ],
)
def test_a_frame_that_was_read_in_another_way_gets_a_hint(table: pd.DataFrame, hint: str):
    with pytest.raises(InputError, match=hint):
        analytics.spectral_radius(table)


def test_an_edge_list_may_have_numbers_for_labels():
    long = pd.DataFrame({"from": [3514, 31], "to": [685, 685], "n": [2.0, 3.0]})
    M = LabelledMatrix.from_long("K", long["from"], long["to"], long["n"], CODES)
    assert M.to_frame().loc["31", "685"] == 3.0
    with pytest.raises(InputError, match="'99' is not among its labels"):
        LabelledMatrix.from_long("K", [3514, 99], [685, 685], [1, 1], CODES)


def test_a_printed_table_that_was_turned_round_is_refused():
    printed = pd.DataFrame(
        {"a": [1.0, 2.0, 5.0], "b": [3.0, 1.0, 6.0], "homes": [4.0, 7.0, np.nan]},
        index=["a", "b", "wages"],
    )
    options: dict[str, Any] = {"final_demand": ["homes"], "value_added": ["wages"]}
    assert analytics.symmetric_table(printed, **options).gross_output["a"] == 8.0
    axes = {"index": "user", "columns": "supplier"}
    with pytest.raises(InputError, match="printed table rows supply"):
        analytics.symmetric_table(printed.rename_axis(**axes), **options)
    printed.loc["b", "homes"] = np.nan
    with pytest.raises(InputError, match="row 'b', column 'homes' holds 'nan'"):
        analytics.symmetric_table(printed, **options)
    # The flows of make and use come as they are printed: not turned round they are refused.
    flows = pd.DataFrame(VALUES["Z"].T, CODES, CODES).rename_axis(index="supplier", columns="user")
    with pytest.raises(InputError, match="Turn it round"):
        analytics.production_shares(flows, series("output"))
    assert analytics.production_shares(flows.T, series("output")).S.rows == LABELS
