"""One writer at a time on a server: whoever writes holds a lock on one node.

The node is never committed. A transaction that stays open as long as the store holds the lock, so
the server itself lets go of it when the writer ends, however it ends: nothing is left behind that
somebody would have to remove.

A transaction cannot ask whether a lock is free: it waits for it. So whoever wants to write tries
with a limit of time first, behind a gate: a lock on a second node, for which two that begin at the
same moment queue. Else one of them might wait for the other's whole run without a word.

A lock can be lost (a server that restarts, a connection that is cut) and somebody else can have
had it before it is taken again. Whoever writes changes notes of batches; so a writer remembers
them as they were after its own last transaction, and goes on only if it finds them so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from neo4j import Driver, Session, Transaction
from neo4j.exceptions import DriverError, Neo4jError

from ...core.errors import StoreError, StoreLockedError
from ..namespace import PLAIN, Namespace
from ..schema import WRITER
from .names import Named
from .pieces import read_notes

__all__ = ["Writer"]

#: How long a second writer waits for the first before it is told.
_PATIENCE_S = 1.0
_TAKE = f"MERGE (w:{WRITER} {{id: $id}}) SET w.since = datetime()"
_LOCK, _GATE = 1, 2
_NOT_FREE = ("TransactionTimedOut", "LockAcquisitionTimeout", "LockClientStopped")


class Writer:
    """The right to write to one database, or to one namespace of it.

    Parameters
    ----------
    driver : neo4j.Driver
        The connection.
    database : str or None
        The database.
    name : str
        Its address, for messages.
    namespace : Namespace
        Each has a lock of its own.
    """

    def __init__(
        self, driver: Driver, database: str | None, name: str, namespace: Namespace = PLAIN
    ) -> None:
        self._open: Callable[[], Session] = lambda: driver.session(database=database)
        self._name = namespace.at(name)
        self._namespace = namespace
        self._session: Session | None = None
        self._transaction: Transaction | None = None
        # Notes as they were after our last transaction (None: we have never been the writer), and
        # as they are if one was committed whose answer got lost.
        self._known: dict[str, int] | None = None
        self._perhaps: dict[str, int] = {}

    def hold(self) -> None:
        """Make sure that we are the writer; also after the server was away for a moment.

        Raises
        ------
        StoreLockedError
            If another process writes.
        StoreError
            If another process has written since we did, or nobody knows who writes.
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
            self._take()
            self._require_unchanged()
        except BaseException as error:
            self.release()
            if _is_lock_conflict(error):
                raise StoreError(
                    f"{self._name} does not say in time whether another process writes to it: it "
                    "is slow, or several processes begin at once. Run the same command again."
                ) from None
            raise

    def _take(self) -> None:
        with self._trial(_GATE, 5 * _PATIENCE_S):
            try:
                with self._trial(_LOCK, _PATIENCE_S):
                    pass
                self._session = self._open()
                # 0 is no limit; without it the server's own would hold (db.transaction.timeout).
                self._transaction = self._session.begin_transaction(timeout=0)
                self._named(self._transaction).run(_TAKE, id=_LOCK).consume()
            except Neo4jError as error:
                if _is_lock_conflict(error):
                    raise StoreLockedError(
                        f"another process writes to {self._name}; wait until it ends, or name "
                        "another database."
                    ) from None
                raise

    @contextmanager
    def _trial(self, id: int, seconds: float) -> Iterator[None]:
        """Hold a lock for a moment; the limit is for taking it and for holding it."""
        with self._open() as session, session.begin_transaction(timeout=seconds) as trial:
            self._named(trial).run(_TAKE, id=id).consume()
            yield
            trial.rollback()

    def _named(self, transaction: Transaction) -> Named:
        return Named(transaction, self._namespace)

    def _require_unchanged(self) -> None:
        assert self._transaction is not None
        current = read_notes(self._named(self._transaction))
        if self._known is not None and current not in (self._known, self._perhaps):
            raise StoreError(
                f"another process has written to {self._name} meanwhile, when the connection was "
                "lost; run the same command again."
            )
        self._known = self._perhaps = current

    def expect(self, transaction: Named) -> None:
        """Note what the graph will hold if this transaction of ours is committed."""
        self._perhaps = read_notes(transaction)

    def confirm(self) -> None:
        """Note that the transaction was committed."""
        self._known = self._perhaps

    def release(self) -> None:
        """Let go. Doing it twice, or after the server is gone, is allowed."""
        for held in (self._transaction, self._session):
            if held is not None:
                with suppress(Neo4jError, DriverError, OSError):
                    held.close()
        self._transaction = self._session = None


def _is_lock_conflict(error: BaseException) -> bool:
    code = error.code if isinstance(error, Neo4jError) else None
    return any(name in (code or "") for name in _NOT_FREE)
