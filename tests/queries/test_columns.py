"""The declared types of columns against those that the embedded store knows of itself."""

from __future__ import annotations

from importlib.resources import files

import ladybug
import pyarrow as pa
import pytest
from spillgraph.queries import load_query

NAMES = sorted(
    entry.name.removesuffix(".cypher")
    for folder in ("library", "internal")
    for entry in files("spillgraph.queries").joinpath(folder).iterdir()
    if entry.name.endswith(".cypher")
)
#: A value for every parameter that must be given, by type.
GIVEN = {"string": "f", "integer": 2001, "float": 0.1, "boolean": True, "strings": ["f"]}


def declared(found: pa.DataType) -> str:
    """The name under which a header declares what the store returns."""
    if pa.types.is_integer(found) or (pa.types.is_decimal(found) and found.scale == 0):
        return "integer"
    if pa.types.is_list(found):
        return declared(found.value_type) + "s"
    names = {pa.float64(): "float", pa.string(): "string", pa.bool_(): "boolean"}
    return names.get(found, str(found))


@pytest.mark.parametrize("name", NAMES)
def test_a_column_has_the_type_that_its_header_declares(
    embedded: ladybug.Connection, name: str
) -> None:
    query = load_query(name)
    needed = {p.name: GIVEN[p.type] for p in query.parameters if p.default is None}
    result = embedded.execute(query.text, query.bind(needed))
    assert not isinstance(result, list)
    schema = result.get_as_arrow().schema
    assert [(field.name, declared(field.type)) for field in schema] == [
        (column.name, column.type) for column in query.columns
    ]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("'x'", "string"),
        ("1", "integer"),
        ("sum(1)", "integer"),
        ("1.0", "float"),
        ("true", "boolean"),
        ("['x']", "strings"),
        ("collect(1)", "integers"),
        ("collect(1.0)", "floats"),
    ],
)
def test_a_type_is_known_by_what_the_store_makes_of_it(
    embedded: ladybug.Connection, expression: str, kind: str
) -> None:
    result = embedded.execute(f"RETURN {expression} AS x")
    assert not isinstance(result, list)
    assert declared(result.get_as_arrow().schema.field("x").type) == kind
