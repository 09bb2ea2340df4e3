"""Names of one study's nodes and edges in a store that holds several studies.

A study with a namespace has labels, relationship types, notes and a lock of its own:
``steel_Firm`` and ``steel_CITES`` in the namespace ``steel``. Statements are written with the plain
names everywhere; a store puts those of its namespace in their place at its one door to the
database. A name in back-ticks stays as it is written: so one reaches what others keep there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..core.errors import InputError, show
from ..queries.cypher import tokenize
from ..queries.kinds import kind_tokens
from .schema import EDGES, MARK, NODES, WRITER

__all__ = ["PLAIN", "Namespace", "kind_in_any", "namespaces_among", "no_study", "require_namespace"]

_NAME = re.compile(r"[a-z][a-z0-9]{0,30}", re.ASCII)
_KINDS = frozenset({node.name for node in NODES} | {edge.name for edge in EDGES})
#: What is translated: kinds of the schema, and the labels that a server has beside them.
_TRANSLATED = _KINDS | {MARK, WRITER}
#: The node that every graph of ours has.
_NOTE = "LoadedBatch"


def require_namespace(name: str) -> str:
    """Return a name that can be a namespace; it becomes a part of statements.

    Parameters
    ----------
    name : str
        As a user writes it.

    Raises
    ------
    InputError
        If it is not of 1 to 31 small letters and digits, a letter first; or if its names could be
        taken for kinds of the schema, as ``in_INDUSTRY`` is by a store that does not mind capitals.

    Examples
    --------
    >>> require_namespace("steel")
    'steel'
    >>> require_namespace("Steel-1")
    Traceback (most recent call last):
    ...
    spillgraph.core.errors.InputError: a namespace is 1 to 31 small letters and digits, a letter \
first, e.g. "steel"; not 'Steel-1'.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "a namespace is 1 to 31 small letters and digits, a letter first, e.g. "
            f'"steel"; not {show(name)}.'
        )
    taken = {kind.casefold(): kind for kind in _KINDS}
    for kind in sorted(_KINDS):
        if f"{name}_{kind}".casefold() in taken:
            other = taken[f"{name}_{kind}".casefold()]
            raise InputError(
                f"the namespace {name!r} would have {name}_{kind}, which the embedded store cannot "
                f"tell from {other}; choose another name."
            )
    return name


@dataclass(frozen=True, slots=True)
class Namespace:
    """How a study's kinds are called in a store; without a name as in the schema.

    Parameters
    ----------
    name : str
        The namespace, or nothing.

    Raises
    ------
    InputError
        See :func:`require_namespace`.
    """

    name: str = ""

    def __post_init__(self) -> None:
        """Hold the name to its form: it becomes a part of statements."""
        if self.name:
            require_namespace(self.name)

    def stored(self, kind: str) -> str:
        """Return what a kind of the schema is called in the store.

        Examples
        --------
        >>> Namespace("steel").stored("Firm"), Namespace().stored("Firm")
        ('steel_Firm', 'Firm')
        """
        return f"{self.name}_{kind}" if self.name else kind

    def kind(self, stored: str) -> str | None:
        """Return the kind of the schema that has a name in the store, in any capitals; else None.

        Examples
        --------
        >>> steel = Namespace("steel")
        >>> steel.kind("steel_Firm"), steel.kind("Firm"), Namespace().kind("cites")
        ('Firm', None, 'CITES')
        """
        return _by_stored(self).get(stored.casefold())

    def translate(self, statement: str, *, any_case: bool = False) -> str:
        """Return a statement with this namespace's names in the place of the schema's.

        Strings, comments, parameters, variables, properties, keys of maps, functions and every
        name in back-ticks stay as they are, and so do kinds that the schema does not have.

        Parameters
        ----------
        statement : str
            Cypher, with the schema's names.
        any_case : bool
            Whether the store reads ``firm`` as ``Firm``.

        Raises
        ------
        QueryError
            When a string, a back-ticked name or a comment is not closed.

        Examples
        --------
        >>> Namespace("steel").translate("MATCH (f:Firm)-[:CITES]->(:`Firm`) RETURN 'Firm' AS Firm")
        "MATCH (f:steel_Firm)-[:steel_CITES]->(:`Firm`) RETURN 'Firm' AS Firm"
        """
        return _translate(self, statement, any_case) if self.name else statement

    def at(self, place: object) -> str:
        """Return a place, for messages, with the namespace where there is one.

        Examples
        --------
        >>> Namespace("steel").at("neo4j://localhost"), Namespace().at("g.lbug")
        ("neo4j://localhost (namespace 'steel')", 'g.lbug')
        """
        return f"{place} (namespace {self.name!r})" if self.name else str(place)


#: A study without a namespace: today's names, and those of every graph of earlier versions.
PLAIN = Namespace()


@lru_cache(maxsize=16)
def _by_stored(namespace: Namespace) -> dict[str, str]:
    return {namespace.stored(kind).casefold(): kind for kind in _TRANSLATED}


@lru_cache(maxsize=256)
def _translate(namespace: Namespace, statement: str, any_case: bool) -> str:
    known = {kind.casefold() if any_case else kind: kind for kind in _TRANSLATED}
    parts, end = [], 0
    for token in kind_tokens(tokenize(statement)):
        kind = known.get(token.text.casefold() if any_case else token.text)
        if token.kind == "word" and kind:
            parts += [statement[end : token.start], namespace.stored(kind)]
            end = token.start + len(token.text)
    return "".join([*parts, statement[end:]])


def kind_in_any(name: str) -> str:
    """Return the kind of the schema that a name is in any namespace, or the name itself.

    Examples
    --------
    >>> kind_in_any("steel_CITES"), kind_in_any("cites"), kind_in_any("industry_cites")
    ('CITES', 'CITES', 'INDUSTRY_CITES')
    >>> kind_in_any("ABOUT")
    'ABOUT'
    """
    known = {kind.casefold(): kind for kind in _KINDS}
    whole = name.casefold()
    return known.get(whole) or known.get(whole.partition("_")[2]) or name


def no_study(namespace: Namespace, place: object, there: Sequence[str]) -> InputError:
    """Return the error of a store that holds no study of a namespace, and what to ask it for.

    Parameters
    ----------
    namespace : Namespace
        What was asked for.
    place : object
        The store.
    there : sequence of str
        Namespaces of the studies in it, '' for one without.

    Examples
    --------
    >>> print(no_study(Namespace("cars"), "g.lbug", ["", "steel"]))
    g.lbug holds no study of the namespace 'cars': there is one without a namespace, and of \
'steel'; say which with --namespace NAME.
    """
    wanted = f"of the namespace {namespace.name!r}" if namespace.name else "without a namespace"
    text = f"{place} holds no study {wanted}"
    named = ", ".join(repr(each) for each in there if each)
    held = ["one without a namespace"] if "" in there else []
    held += [f"{'of ' if held else 'one of '}{named}"] if named else []
    if not held:
        return InputError(f"{text}; make one with 'spillgraph run STUDY --out DIR --store PLACE'.")
    remedy = "say which with --namespace NAME" if named else "leave out --namespace"
    return InputError(f"{text}: there is {', and '.join(held)}; {remedy}.")


def namespaces_among(names: Iterable[str]) -> list[str]:
    """Return the namespaces of the studies in a store, by the names of its kinds; '' is none.

    Parameters
    ----------
    names : iterable of str
        Labels, or names of tables.

    Examples
    --------
    >>> namespaces_among(["LoadedBatch", "steel_LoadedBatch", "Firm", "My_LoadedBatch"])
    ['', 'steel']
    """
    ours = (name.removesuffix(_NOTE) for name in names if name.endswith(_NOTE))
    known = {each.removesuffix("_") for each in ours if not each or each.endswith("_")}
    return sorted(each for each in known if not each or _NAME.fullmatch(each))
