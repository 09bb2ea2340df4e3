"""Queries as files: a header that declares them, and a loader that holds them to it.

A file starts with its declaration in comments, in this order::

    // question: Which firms of an industry are cited most by other firms?
    // note: A firm's citations of its own patents are left out.
    // param industry: string — fine industry code, e.g. C39
    // param limit: integer = 10 — how many firms
    // column firm: string — the firm's id
    // column citations: float — citations received from other firms

A line that starts with ``//`` and three blanks or more goes on with the line above.

Columns declare their types because not every store knows them: in one that types each value
by itself, a sum over nothing is a whole number and a column of nulls is of no type at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..core.errors import QueryError, nearest
from .cypher import column_names, parameters_of
from .values import COLUMN_TYPES, TYPES, cast

__all__ = ["Column", "Parameter", "Query", "list_queries", "load_query", "parse_query"]

_ORDER = ("question", "note", "param", "column")
_LINE = re.compile(r"// (?P<key>\w+)(?: (?P<name>[^:]*))?: (?P<rest>\S.*)")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_PARAM = re.compile(r"(?P<kind>\w+)(?: = (?P<default>.*?))? — (?P<meaning>\S.*)")
_COLUMN = re.compile(r"(?P<kind>\w+) — (?P<meaning>\S.*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: name, type (see ``values.TYPES``), default and meaning.

    A default of None means that the parameter must be given.
    """

    name: str
    type: str
    default: object | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the result: name, type (see ``values.COLUMN_TYPES``) and meaning.

    A value may be null whatever its type.
    """

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """One statement with its declaration.

    Attributes
    ----------
    name : str
        The file's name without ``.cypher``.
    question : str
        What it answers.
    parameters : tuple of Parameter
        In the order of the header.
    columns : tuple of Column
        In the order of the result.
    text : str
        The statement, without the header.
    notes : tuple of str
        What a reader of the answer must know, such as what a self-citation counts for.
    """

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    text: str
    notes: tuple[str, ...] = ()

    def bind(self, values: Mapping[str, object]) -> dict[str, object]:
        """Return the values to send: cast to their types, with defaults filled in.

        Parameters
        ----------
        values : mapping of str to object
            Texts from a command line, or Python values.

        Returns
        -------
        dict of str to object
            One value a parameter, in the order of the header.

        Raises
        ------
        QueryError
            For an unknown name, a missing parameter or a value of another type.

        Examples
        --------
        >>> query = load_query("top_cited_firms")
        >>> query.bind({"industry": "C39", "limit": "5"})
        {'industry': 'C39', 'limit': 5}
        """
        known = [parameter.name for parameter in self.parameters]
        for name in values:
            if name not in known:
                raise QueryError(
                    f"query {self.name!r} has no parameter {name!r}. {nearest(name, known)}"
                )
        return {parameter.name: self._value(parameter, values) for parameter in self.parameters}

    def _value(self, parameter: Parameter, values: Mapping[str, object]) -> object:
        wanted = TYPES[parameter.type][1]
        if parameter.name not in values:
            if parameter.default is None:
                raise QueryError(
                    f"query {self.name!r} needs parameter {parameter.name!r} "
                    f"({parameter.meaning}): give {wanted}"
                )
            # a list is copied, so that no caller can change the declaration
            return cast(parameter.default, parameter.type)
        value = values[parameter.name]
        try:
            return cast(value, parameter.type)
        except (ValueError, TypeError):
            raise QueryError(
                f"query {self.name!r}: parameter {parameter.name!r} ({parameter.meaning}) "
                f"is of type {parameter.type}, got {value!r}: give {wanted}"
            ) from None


def parse_query(name: str, source: str) -> Query:
    """Read a query file's text and hold the statement to its declaration.

    Parameters
    ----------
    name : str
        Name of the query, for messages.
    source : str
        The file: header and statement.

    Returns
    -------
    Query
        With the statement's text stripped of the header.

    Raises
    ------
    QueryError
        For an unknown header key, keys out of order, an unknown type, an undeclared or
        unused parameter, or columns that are not the declared ones in the declared order.

    Examples
    --------
    >>> text = '''// question: How many firms are there?
    ... // column firms: integer — number of firms
    ... MATCH (f:Firm) RETURN count(*) AS firms'''
    >>> query = parse_query("firms", text)
    >>> query.text
    'MATCH (f:Firm) RETURN count(*) AS firms'
    >>> query.columns
    (Column(name='firms', type='integer', meaning='number of firms'),)
    """
    header, body = _split(source)
    entries: dict[str, list[tuple[str, str]]] = {key: [] for key in _ORDER}
    reached = 0
    for line in header:
        key, entry = _header_line(name, line)
        if _ORDER.index(key) < reached:
            raise QueryError(f"query {name!r}: {line!r} is out of order; {_order_text()}")
        reached = _ORDER.index(key)
        entries[key].append(entry)
    if len(entries["question"]) != 1 or not entries["column"]:
        raise QueryError(
            f"query {name!r} needs one line '// question: ...' and a line "
            f"'// column NAME: TYPE — ...' for every column; {_order_text()}"
        )
    query = Query(
        name,
        entries["question"][0][1],
        tuple(_parameter(name, *entry) for entry in entries["param"]),
        tuple(_column(name, *entry) for entry in entries["column"]),
        body,
        tuple(text for _, text in entries["note"]),
    )
    _check(query)
    return query


def _order_text() -> str:
    return f"the header's order is {', '.join(_ORDER)}"


def _split(source: str) -> tuple[list[str], str]:
    """Return the header's lines, continuations joined, and the statement."""
    lines = source.splitlines()
    end = next((i for i, line in enumerate(lines) if not line.startswith("//")), len(lines))
    header: list[str] = []
    for line in lines[:end]:
        if header and line.startswith("//   "):
            header[-1] += " " + line[2:].strip()
        else:
            header.append(line.rstrip())
    return header, "\n".join(lines[end:]).strip()


def _header_line(name: str, line: str) -> tuple[str, tuple[str, str]]:
    match = _LINE.fullmatch(line)
    if not match:
        raise QueryError(f"query {name!r}: cannot read the header line {line!r}")
    key, label, rest = match["key"], match["name"], match["rest"]
    if key not in _ORDER:
        raise QueryError(f"query {name!r}: unknown header key {key!r}. {nearest(key, _ORDER)}")
    if key in {"param", "column"}:
        if not _NAME.fullmatch(label or ""):
            raise QueryError(
                f"query {name!r}: {line!r} needs a name of small letters, digits and _"
            )
    elif label is not None:
        raise QueryError(f"query {name!r}: {key} takes no name; write '// {key}: ...'")
    return key, (label or "", rest)


def _require_type(
    what: str, match: re.Match[str] | None, rest: str, forms: str, types: Collection[str]
) -> re.Match[str]:
    """Hold a declaration to its form and its type to the known ones."""
    if not match:
        raise QueryError(f"{what} is declared as {rest!r}; write {forms}")
    if match["kind"] not in types:
        raise QueryError(
            f"{what} has unknown type {match['kind']!r}. {nearest(match['kind'], types)}"
        )
    return match


def _column(query: str, name: str, rest: str) -> Column:
    what = f"query {query!r}: column {name!r}"
    match = _require_type(what, _COLUMN.fullmatch(rest), rest, "'TYPE — meaning'", COLUMN_TYPES)
    return Column(name, match["kind"], match["meaning"])


def _parameter(query: str, name: str, rest: str) -> Parameter:
    what = f"query {query!r}: parameter {name!r}"
    forms = "'TYPE — meaning' or 'TYPE = DEFAULT — meaning'"
    match = _require_type(what, _PARAM.fullmatch(rest), rest, forms, TYPES)
    kind, default = match["kind"], match["default"]
    if default is None:
        return Parameter(name, kind, None, match["meaning"])
    if len(default) > 1 and default[0] == default[-1] == '"':
        default = default[1:-1]
    try:
        return Parameter(name, kind, cast(default, kind), match["meaning"])
    except (ValueError, TypeError):
        raise QueryError(
            f"query {query!r}: default {default!r} of parameter {name!r} is not {TYPES[kind][1]}"
        ) from None


def _check(query: Query) -> None:
    """Hold the statement to the header: parameters and columns, each once, none missing."""
    for what, names in (
        ("parameter", [parameter.name for parameter in query.parameters]),
        ("column", [column.name for column in query.columns]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise QueryError(f"query {query.name!r} declares {what} {twice[0]!r} twice")
    declared = {parameter.name for parameter in query.parameters}
    used = parameters_of(query.text)
    for name in sorted(used - declared):
        raise QueryError(
            f"query {query.name!r} uses ${name}, which its header does not declare. "
            f"{nearest(name, declared)}"
        )
    for name in sorted(declared - used):
        raise QueryError(f"query {query.name!r} declares parameter {name!r} and never uses it")
    wanted = [column.name for column in query.columns]
    returned = column_names(query.text)
    if not returned:
        raise QueryError(f"query {query.name!r} has no RETURN; declared columns: {wanted}")
    for names in returned:
        if names != wanted:
            raise QueryError(
                f"query {query.name!r} returns the columns {names}, its header declares {wanted}; "
                "name every column with AS, in the declared order"
            )


def _stems(folder: str) -> Iterator[str]:
    for entry in files("spillgraph.queries").joinpath(folder).iterdir():
        if entry.name.endswith(".cypher"):
            yield entry.name.removesuffix(".cypher")


@cache
def load_query(name: str) -> Query:
    """Load a query of the library, or an internal statement, by its name.

    Parameters
    ----------
    name : str
        The file's name without ``.cypher``.

    Returns
    -------
    Query
        Checked against its declaration.

    Raises
    ------
    QueryError
        When there is no such query (with the nearest name) or its file is faulty.

    Examples
    --------
    >>> [column.name for column in load_query("top_cited_firms").columns]
    ['firm', 'name', 'citations', 'citing_firms']
    """
    for folder in ("library", "internal"):
        if name in _stems(folder):  # names only, so no path can be smuggled in
            entry = files("spillgraph.queries").joinpath(folder, f"{name}.cypher")
            return parse_query(name, entry.read_text(encoding="utf-8"))
    raise QueryError(f"there is no query {name!r}. {nearest(name, _stems('library'))}")


def list_queries() -> list[Query]:
    """Return the queries of the library, by name; internal statements are left out.

    Returns
    -------
    list of Query
        Each checked against its declaration.

    Examples
    --------
    >>> "top_cited_firms" in [query.name for query in list_queries()]
    True
    """
    return [load_query(name) for name in sorted(_stems("library"))]
