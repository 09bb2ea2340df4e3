"""Networks on disk: names, scores and all layers of a year come back, receiver to source."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import igraph
import networkx
import numpy as np
import pandas as pd
import pytest
from spillgraph.core.errors import InputError
from spillgraph.core.matrix import LabelledMatrix
from spillgraph.graph import network_files
from spillgraph.graph.matrix_files import save_matrix
from spillgraph.graph.network_files import NETWORK_WRITERS, network_of, write_network

CODES = ["01", "C26", "10-12", "A.1"]
NAMES = {"01": "R&D <\"'> 农业", "C26": "bell\x07rings", "10-12": ""}
SCORES = pd.DataFrame(
    {"W_in_strength": [0.1 + 0.2, 1 / 3, 0.0, 1e-300], "S_upstreamness": [1.5, np.nan, 2.0, 1e17]},
    index=CODES,
)


def layers() -> dict[str, LabelledMatrix]:
    """S and W that share some pairs and not others, and the ψ of both."""
    random = np.random.default_rng(3)
    S, W = (0.2 * random.random((4, 4)) * (random.random((4, 4)) < 0.5) for _ in range(2))
    np.fill_diagonal(W, 0.0)
    psi = np.linalg.inv(np.eye(4) - S) @ np.linalg.inv(np.eye(4) - W)
    psi[0, 3] = 0.0
    made = {"W": (W, "share"), "S": (S, "share of gross output"), "psi": (psi, "% per %")}
    return {n: LabelledMatrix.build(n, M, CODES, unit=unit) for n, (M, unit) in made.items()}


def entries(edges: list[tuple[str, str, dict]], layer: str) -> np.ndarray:
    """Entry i, j is the number of the layer on the edge from i to j."""
    M = np.zeros((4, 4))
    for receiver, source, about in edges:
        value = about.get(layer)
        M[CODES.index(receiver), CODES.index(source)] = 0.0 if value is None else value
    return np.nan_to_num(M)


def test_the_layers_differ_in_direction() -> None:
    """An edge that is turned round would be seen."""
    for matrix in layers().values():
        M = matrix.values.toarray()
        assert (M != M.T).any()


@pytest.mark.parametrize("ending", NETWORK_WRITERS)
def test_networkx_reads_every_layer_score_and_name(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"network_2020.{ending}"
    made = layers()
    write_network(network_of(2020, made, NAMES, SCORES), path)
    read = networkx.read_graphml if ending == "graphml" else networkx.read_gexf
    graph = read(path)
    assert graph.is_directed() and list(graph) == CODES
    for name, matrix in made.items():
        np.testing.assert_array_equal(
            entries(list(graph.edges(data=True)), name), matrix.values.toarray()
        )
    np.testing.assert_array_equal(
        entries(list(graph.edges(data=True)), "weight"), made["psi"].values.toarray()
    )
    assert [graph.nodes[code]["label"] for code in CODES] == [NAMES["01"], "bell rings", *CODES[2:]]
    for name in SCORES:
        known = {code: x for code, x in SCORES[name].items() if np.isfinite(x)}
        assert {c: about[name] for c, about in graph.nodes(data=True) if name in about} == known
    if ending == "graphml":
        about = json.loads(graph.graph["about"])
        assert about["edges"] == "from receiver to source" and about["weight"] == "psi"


def test_igraph_reads_every_layer_score_and_name(tmp_path: Path) -> None:
    path = tmp_path / "network_2020.graphml"
    made = layers()
    write_network(network_of(2020, made, NAMES, SCORES), path)
    graph = igraph.Graph.Read_GraphML(str(path))
    ids = graph.vs["id"]
    edges = [(ids[e.source], ids[e.target], e.attributes()) for e in graph.es]
    for name, matrix in made.items():
        np.testing.assert_array_equal(entries(edges, name), matrix.values.toarray())
    assert graph.vs["label"][0] == NAMES["01"]
    assert graph.vs["W_in_strength"] == SCORES["W_in_strength"].tolist()
    # What is called in-strength is the sum of the weights of the edges that come in.
    weights = [value if value == value else 0.0 for value in graph.es["W"]]
    np.testing.assert_allclose(
        graph.strength(mode="in", weights=weights), made["W"].values.toarray().sum(axis=0)
    )


def test_gexf_says_the_direction_and_names_every_column(tmp_path: Path) -> None:
    path = tmp_path / "network_2020.gexf"
    write_network(network_of(2020, layers(), NAMES, SCORES), path)
    root = ElementTree.parse(path).getroot()
    space = {"g": root.tag[1:].partition("}")[0]}
    about = root.findtext("g:meta/g:description", namespaces=space)
    assert about is not None and json.loads(about)["edges"] == "from receiver to source"
    titles = {each.get("title") for each in root.iterfind(".//g:attribute", space)}
    assert {*SCORES, "code", "W", "S", "psi"} <= titles
    assert {each.get("label") for each in root.iterfind(".//g:node", space)} >= {NAMES["01"]}


@pytest.mark.parametrize("ending", NETWORK_WRITERS)
def test_the_same_network_is_the_same_file(tmp_path: Path, ending: str) -> None:
    for name in ("a", "b"):
        write_network(network_of(2020, layers(), NAMES, SCORES), tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert b"lastmodified" not in (tmp_path / f"a.{ending}").read_bytes()


def test_the_weight_is_that_of_the_first_layer_there_is() -> None:
    without = {name: matrix for name, matrix in layers().items() if name != "psi"}
    graph = network_of(2020, without, {}, pd.DataFrame())
    np.testing.assert_array_equal(
        entries(list(graph.edges(data=True)), "weight"), without["W"].values.toarray()
    )


@pytest.mark.parametrize("ending", NETWORK_WRITERS)
def test_a_notice_is_the_name_of_the_network_and_a_column_of_its_nodes(
    tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"network_2020.{ending}"
    write_network(network_of(2020, layers(), NAMES, SCORES, "INVENTED <&>"), path)
    read = networkx.read_graphml if ending == "graphml" else networkx.read_gexf
    graph = read(path)
    assert graph.name == "INVENTED <&> Networks of 2020"
    assert {about["notice"] for _, about in graph.nodes(data=True)} == {"INVENTED <&>"}
    if ending == "graphml":
        assert json.loads(graph.graph["about"])["notice"] == "INVENTED <&>"
        held = igraph.Graph.Read_GraphML(str(path))
        assert held["name"] == graph.name and set(held.vs["notice"]) == {"INVENTED <&>"}
    write_network(network_of(2020, layers(), NAMES, SCORES), path)
    assert b"notice" not in path.read_bytes() and read(path).name == "Networks of 2020"


def test_hostile_codes_are_the_ids_of_valid_xml(tmp_path: Path) -> None:
    codes = ['<&">', "农业 ]]>", "a'b\\c"]
    W = LabelledMatrix.build("W", np.eye(3)[[1, 2, 0]] / 3, codes, unit="share")
    for ending, read in (("graphml", networkx.read_graphml), ("gexf", networkx.read_gexf)):
        path = tmp_path / f"network_1.{ending}"
        write_network(network_of(1, {"W": W}, {}, pd.DataFrame()), path)
        graph = read(path)
        assert list(graph) == codes and graph.edges[codes[0], codes[1]]["W"] == 1 / 3
    held = igraph.Graph.Read_GraphML(str(tmp_path / "network_1.graphml"))
    assert held.vs["code"] == codes  # of an & in an id igraph makes &#38;
    bell = LabelledMatrix.build("W", [[0.5]], ["a\x07"])
    with pytest.raises(InputError, match=r"'a\\x07' holds a sign that GraphML and GEXF cannot"):
        network_of(1, {"W": bell}, {}, pd.DataFrame())


def test_layers_and_scores_of_other_sectors_are_refused() -> None:
    other = LabelledMatrix.build("S", np.eye(4) / 2, ["01", "C26", "10-12", "B"])
    with pytest.raises(InputError, match="matrices S and W of 2020 are of different sectors"):
        network_of(2020, {"W": layers()["W"], "S": other}, {}, pd.DataFrame())
    for odd in (SCORES.iloc[:3], pd.concat([SCORES, SCORES.iloc[:1]])):
        with pytest.raises(InputError, match="hub tables of 2020 and its matrices"):
            network_of(2020, layers(), {}, odd)


def test_too_many_pairs_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(network_files, "MOST_EDGES", 3)
    with pytest.raises(InputError, match=r"networks of 2020 have \d+ pairs.*parquet"):
        network_of(2020, layers(), {}, pd.DataFrame())


def test_one_matrix_carries_names_too(tmp_path: Path) -> None:
    (_, path) = save_matrix(layers()["W"], tmp_path / "W_2020", ["graphml"], NAMES)
    graph = networkx.read_graphml(path)
    assert graph.nodes["01"]["label"] == NAMES["01"] and graph.nodes["10-12"]["label"] == "10-12"
