"""Write the generated parts of the manual: input tables, graph, queries, capabilities.

Each part stands in its page between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the text
around it is written by hand. Run it after a change of a declaration::

    python docs/generate.py

``tests/docs`` compares the pages with what this script would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from spillgraph.capabilities import QUESTIONS, load
from spillgraph.core.measures import MEASURES
from spillgraph.graph.schema import EDGES, NODES, Property
from spillgraph.ingest.checks.rows import OUT_OF_RANGE
from spillgraph.ingest.contract import TABLES, Column, Table
from spillgraph.queries import Query, list_queries

__all__ = ["EXAMPLES", "FROM_THE_RUN", "PAGES", "example", "losses", "reasons", "updated"]

DOCS = Path(__file__).parent

#: Values for the example commands; they exist in every sample economy.
EXAMPLES: dict[str, str] = {
    "classification": "csrc78",
    "first_industry": "C39",
    "first_region": '"Agglomeration 01"',
    "firm": "F000001",
    "industry": "C39",
    "receiver": "16",
    "region": '"Agglomeration 01"',
    "second_industry": "C26",
    "second_region": '"Agglomeration 02"',
    "source": "20",
    "target": "io37",
}

#: Parameters that must be given, and that the folder of a run gives.
FROM_THE_RUN = {"run", "year"}


def updated(text: str) -> str:
    """Return a page with its generated parts made anew.

    Examples
    --------
    >>> "CITES" in updated("<!-- generated: edges -->\\n<!-- end -->")
    True
    """

    def replace(match: re.Match[str]) -> str:
        return f"<!-- generated: {match[1]} -->\n\n{PARTS[match[1]]()}\n\n<!-- end -->"

    pattern = r"<!-- generated: ([\w-]+) -->\n.*?<!-- end -->"
    return re.sub(pattern, replace, text, flags=re.DOTALL)


def _rows(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# -- input tables --------------------------------------------------------------------------------


def _tables() -> str:
    return "\n\n".join(_table(table) for table in TABLES)


def _table(table: Table) -> str:
    repeated = {
        "refuse": "rows that share it stop the run, unless `repeat` says what they are",
        "first": "of rows that share it the first stays, unless `repeat` says otherwise",
    }
    facts = [f"- Key: {_codes(table.key)}; {repeated[table.repeat]}."]
    if table.whole:
        facts.append("- A refused row stops the run.")
    if table.levels:
        facts.append("- Its codes are those of the target: no concordance carries levels over.")
    if table.tags:
        facts.append(f"- The study file must say: {_codes(table.tags)}.")
    if table.pairs:
        ways = " or ".join(
            f"{_codes(pair)} in {table.column(pair[0]).unit}" for pair in table.pairs
        )
        facts.append(f"- Of {ways} the files have one pair; both, or none, is an error.")
    if table.measure is not None:
        facts.append(f"- Sum that is checked at every level: `{table.measure}`.")
        if not table.column(table.measure).required:
            facts.append(
                f"- Without a column `{table.measure}` every row is one, and rows with one key "
                "add up."
            )
    if table.uncounted:
        facts.append(
            f"- A column `{table.uncounted}` is not read: every row is one. `columns = "
            f'{{ {table.uncounted} = "" }}` says that this is known.'
        )
    kept = [column for column in table.columns if column.keep]
    if kept:
        facts.append(f'- With `unmatched = "keep"`: {"; ".join(map(_keeping, kept))}.')
    columns = _rows(
        ("column", "type", "unit", "required", "meaning"),
        (
            (f"`{c.name}`", c.type, c.unit or "–", "yes" if c.required else "no", _meaning(c))
            for c in table.columns
        ),
    )
    return "\n\n".join(
        [
            f"### {table.name}",
            f"{table.meaning}.",
            "\n".join(facts),
            columns,
            f"Refused when: {'; '.join(reasons(table))}.",
            *([f"Left empty when: {'; '.join(losses(table))}."] if losses(table) else []),
        ]
    )


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _keeping(column: Column) -> str:
    end = "as it is" if column.required else "with the field empty"
    return f"a row whose `{column.name}` finds nothing is loaded {end}"


def _meaning(column: Column) -> str:
    notes = [column.meaning]
    if column.refers:
        notes.append(f"an `id` of table {column.refers}")
    if column.code:
        notes.append(f"a code of the `{column.code}`")
    return "; ".join(notes)


def reasons(table: Table) -> list[str]:
    """Return why a row of the table can be refused, in the words of the rejects file.

    Examples
    --------
    >>> from spillgraph.ingest.contract import table
    >>> reasons(table("patents"))[:3]
    ['id is missing', 'id is not readable text', 'firm is not in table firms']
    """
    found = []
    for column in table.columns:
        found += [] if table.soft(column) else _of_column(table, column)
        if column.refers:
            found.append(f"{column.name} is not in table {column.refers}")
        elif column.code:
            found.append(f"{column.name} is not in the list of industries")
    if table.distinct:
        found.append(f"{' and '.join(table.distinct)} are the same")
    if table.either:
        one, other = table.either
        found.append(f"{one} is missing")
        found += [f"{one} and {each} are both given" for each in (other, "last_year")]
    return [*found, "repeats the key of an earlier row", "the row cannot be taken apart: …"]


def losses(table: Table) -> list[str]:
    """Return why a value of an accepted row can be left empty, in the words of the values file.

    Examples
    --------
    >>> from spillgraph.ingest.contract import table
    >>> losses(table("patents"))[:2]
    ['firm is not readable text', 'quality is not a number']
    """
    return [
        reason
        for column in table.columns
        if table.soft(column)
        for reason in _of_column(table, column)
    ]


def _of_column(table: Table, column: Column) -> Iterator[str]:
    name = column.name
    if not table.soft(column) and not column.strict:
        yield f"{name} is missing"
    if column.type == "string":
        yield f"{name} is not readable text"
    if column.type == "float":
        yield f"{name} is not a number"
        yield f"{name} is not finite"
        if column.maximum is None:
            yield f"{name} {OUT_OF_RANGE}"
    if column.type == "year":
        yield f"{name} is not a year"
        if column.within:
            yield f"{name} is outside FIRST to LAST"
    if column.minimum is not None:
        yield (
            f"{name} is negative" if column.minimum == 0 else f"{name} is below {column.minimum:g}"
        )
    if column.maximum is not None:
        yield f"{name} is above {column.maximum:g}"
    if column.positive:
        yield f"{name} is not above 0"


# -- graph model ---------------------------------------------------------------------------------


def _picture() -> str:
    lines = [f"    {start} -->|{edge.name}| {end}" for edge in EDGES for start, end in edge.ends]
    return "\n".join(["```mermaid", "graph LR", *lines, "```"])


def _nodes() -> str:
    parts = []
    for node in NODES:
        text = f"### {node.name}\n\n{node.meaning}. Key: `{node.key}`."
        parts.append(f"{text}\n\n{_properties(node.properties)}")
    return "\n\n".join(parts)


def _edges() -> str:
    parts = []
    for edge in EDGES:
        ends = ", ".join(f"({start})→({end})" for start, end in edge.ends)
        text = f"### {edge.name}\n\n{edge.meaning}. Joins {ends}."
        parts.append(f"{text}\n\n{_properties(edge.properties)}" if edge.properties else text)
    return "\n\n".join(parts)


def _properties(properties: tuple[Property, ...]) -> str:
    return _rows(
        ("property", "type", "unit", "meaning"),
        ((f"`{p.name}`", p.type, p.unit or "–", p.meaning) for p in properties),
    )


# -- queries -------------------------------------------------------------------------------------


def _contents() -> str:
    return _rows(
        ("query", "question"),
        ((f"[{q.name}](#{q.name})", q.question) for q in list_queries()),
    )


def _queries() -> str:
    return "\n\n".join(_query(query) for query in list_queries())


def _query(query: Query) -> str:
    parts = [f"### {query.name}", query.question]
    parts += ["\n".join(f"- {note}" for note in query.notes)] if query.notes else []
    if query.parameters:
        parts.append(
            _rows(
                ("parameter", "type", "default", "meaning"),
                ((f"`{p.name}`", p.type, _default(p.default), p.meaning) for p in query.parameters),
            )
        )
    parts.append(
        _rows(
            ("column", "type", "meaning"),
            ((f"`{c.name}`", c.type, c.meaning) for c in query.columns),
        )
    )
    parts.append(f"```sh\n{example(query)}\n```")
    return "\n\n".join(parts)


def _default(value: object) -> str:
    if value is None:
        return "must be given"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def example(query: Query) -> str:
    """Return a command that asks the query to a run of the sample economy.

    Examples
    --------
    >>> from spillgraph.queries import load_query
    >>> example(load_query("top_cited_firms"))
    'spillgraph query top_cited_firms --param industry=C39 --store results'
    """
    shown = [
        parameter.name
        for parameter in query.parameters
        if parameter.default is None or parameter.name in EXAMPLES
    ]
    given = [f"--param {name}={EXAMPLES[name]}" for name in shown if name not in FROM_THE_RUN]
    return " ".join([f"spillgraph query {query.name}", *given, "--store results"])


# -- measures ------------------------------------------------------------------------------------


def _measures() -> str:
    return _rows(
        ("column", "of", "formula", "high means", "parameter", "NaN when"),
        (
            (
                f"`{each.name}`",
                "any matrix, on request"
                if each.on_request
                else ", ".join("ψ" if name == "psi" else name for name in each.of),
                each.formula,
                each.reading,
                each.parameter,
                each.undefined,
            )
            for each in MEASURES
        ),
    )


# -- capabilities --------------------------------------------------------------------------------


def _capabilities() -> str:
    def row(name: str) -> tuple[str, ...]:
        capability = load(name)
        files = [f"`{name}/`", *([f"`{name}.json`"] if capability.values else [])]
        asked = "in every run" if capability.always else f"`spillgraph {name}`, `[{name}]`"
        return f"[{name}]({name}.md)", QUESTIONS[name], asked, ", ".join(files)

    return _rows(("capability", "question", "asked by", "files"), map(row, QUESTIONS))


PARTS: dict[str, Callable[[], str]] = {
    "capabilities": _capabilities,
    "measures": _measures,
    "tables": _tables,
    "picture": _picture,
    "nodes": _nodes,
    "edges": _edges,
    "query-contents": _contents,
    "queries": _queries,
}

PAGES = ("tables.md", "model.md", "queries.md", "hubs.md", "outputs.md")


if __name__ == "__main__":
    for page in PAGES:
        path = DOCS / page
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"wrote docs/{page}")
