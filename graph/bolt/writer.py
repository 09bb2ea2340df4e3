"""One writer at a time on a server: whoever writes holds a lock on one node.

The node is never committed. A transaction that stays open as long as the store holds the lock, so
the server itself lets go of it when the writer ends, however it ends: nothing is left behind that
somebody would have to remove.

A transaction cannot ask whether a lock is free: it waits for it. So whoever wants to write tries
with a limit of time first, behind a gate: a lock on a second node, for which two that begin at the
same moment queue. Else one of them might wait for the other's whole run without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from neo4j import Driver, Session, Transaction
from neo4j.exceptions import DriverError, Neo4jError

from ...core.errors import StoreLockedError

__all__ = ["LABEL", "Writer"]

LABEL = "SpillgraphWriter"

#: How long a second writer waits for the first before it is told.
_PATIENCE_S = 1.0
_TAKE = f"MERGE (w:{LABEL} {{id: $id}}) SET w.since = datetime()"
_LOCK, _GATE = 1, 2
_NOT_FREE = ("TransactionTimedOut", "LockAcquisitionTimeout", "LockClientStopped")


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
        try:
            with self._trial(_GATE, 5 * _PATIENCE_S):
                with self._trial(_LOCK, _PATIENCE_S):
                    pass
                self._session = self._open()
                # 0 is no limit; without it the server's own would hold (db.transaction.timeout).
                self._transaction = self._session.begin_transaction(timeout=0)
                self._transaction.run(_TAKE, id=_LOCK).consume()
        except (Neo4jError, DriverError) as error:
            self.release()
            code = error.code if isinstance(error, Neo4jError) else None
            if any(each in (code or "") for each in _NOT_FREE):
                raise StoreLockedError(
                    f"another process writes to {self._name}; wait until it ends, or name "
                    "another database."
                ) from None
            raise

    @contextmanager
    def _trial(self, id: int, seconds: float) -> Iterator[None]:
        """Hold a lock for a moment; the limit is for taking it and for holding it."""
        with self._open() as session, session.begin_transaction(timeout=seconds) as trial:
            trial.run(_TAKE, id=id).consume()
            yield
            trial.rollback()

    def release(self) -> None:
        """Let go. Doing it twice, or after the server is gone, is allowed."""
        for held in (self._transaction, self._session):
            if held is not None:
                with suppress(Neo4jError, DriverError, OSError):
                    held.close()
        self._transaction = self._session = None
