"""The door to a database: statements go through it with the names of a namespace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction, Result, Transaction

from ..namespace import Namespace

__all__ = ["Named"]


@dataclass(frozen=True, slots=True)
class Named:
    """A transaction that takes statements with the schema's names.

    Parameters
    ----------
    transaction : neo4j.Transaction or neo4j.ManagedTransaction
        It gets them with the names of the namespace.
    namespace : Namespace
        The namespace.
    """

    transaction: Transaction | ManagedTransaction
    namespace: Namespace

    def run(
        self, statement: str, parameters: Mapping[str, Any] | None = None, **values: Any
    ) -> Result:
        """Run a statement, as the driver's transaction does."""
        named = self.namespace.translate(statement)
        return self.transaction.run(named, dict(parameters or {}), **values)
