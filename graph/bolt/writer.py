"""One writer at a time on a server: whoever writes holds a lock on one node.

The node is never committed. A transaction that stays open as long as the store holds the lock, so
the server itself lets go of it when the writer ends, however it ends: nothing is left behind that
somebody would have to remove.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from neo4j import Driver, Session, Transaction
from neo4j.exceptions import DriverError, Neo4jError

from ...core.errors import StoreLockedError

__all__ = ["LABEL", "Writer"]

LABEL = "SpillgraphWriter"

#: How long a second writer waits for the first before it is told.
_PATIENCE_S = 1.0
_TAKE = f"MERGE (w:{LABEL} {{id: 1}}) SET w.since = datetime()"


class Writer:
    """The right to write to one database.

    Parameters
    ----------
    driver : neo4j.Driver
        The connection.
    database : str or None
        The database.
    name : str
        Its address, for messages.
    """

    def __init__(self, driver: Driver, database: str | None, name: str) -> None:
        self._open: Callable[[], Session] = lambda: driver.session(database=database)
        self._name = name
        self._session: Session | None = None
        self._transaction: Transaction | None = None

    def hold(self) -> None:
        """Make sure that we are the writer; also after the server was away for a moment.

        Raises
        ------
        StoreLockedError
            If another process writes.
        neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError
            If the server fails.
        """
        if self._transaction is not None:
            try:
                self._transaction.run("RETURN 1").consume()
                return
            except (Neo4jError, DriverError):
                self.release()
        with self._open() as session:  # a managed transaction waits for a server that restarts
            session.execute_read(lambda transaction: transaction.run("RETURN 1").consume())
        self._session = self._open()
        try:
            # The limit is for taking the lock, but it holds for the whole transaction: a first
            # one finds out whether the lock is free, a second one without a limit keeps it.
            with self._session.begin_transaction(timeout=_PATIENCE_S) as trial:
                trial.run(_TAKE).consume()
                trial.rollback()
            self._transaction = self._session.begin_transaction()
            self._transaction.run(_TAKE).consume()
        except Neo4jError as error:
            self.release()
            if (error.code or "").startswith("Neo.ClientError.Transaction."):
                raise StoreLockedError(
                    f"another process writes to {self._name}; wait until it ends, or name "
                    "another database."
                ) from None
            raise

    def release(self) -> None:
        """Let go. Doing it twice, or after the server is gone, is allowed."""
        for held in (self._transaction, self._session):
            if held is not None:
                with suppress(Neo4jError, DriverError, OSError):
                    held.close()
        self._transaction = self._session = None
