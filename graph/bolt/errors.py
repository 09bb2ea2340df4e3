"""What a graph server or its driver complains of, as one sentence with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from ...core.errors import InputError, QueryError, SpillgraphError, StoreError
from .address import Address, Login

__all__ = ["first_line", "plainly"]

_SECURITY = "Neo.ClientError.Security."
_READ_ONLY = ("ReadOnly", "Database.WriteOnReadOnlyAccessDatabase")


@contextmanager
def plainly(address: Address, login: Login, *, querying: bool = False) -> Iterator[None]:
    """Turn every error of server and driver into one of ours; none holds the password.

    Parameters
    ----------
    address, login
        Named in messages.
    querying : bool
        A user's statement runs: what the server finds wrong with it is the statement's fault.

    Raises
    ------
    InputError
        If address, credentials or database are wrong; QueryError for a faulty statement.
    StoreError
        If the server does not answer, refuses, or fails.
    """
    try:
        yield
    except (Neo4jError, DriverError) as error:
        raise _ours(error, address, login, querying) from error
    except OSError as error:
        raise _silent(address, error) from error


def _ours(
    error: Neo4jError | DriverError, address: Address, login: Login, querying: bool
) -> SpillgraphError:
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return _silent(address, error)
    if isinstance(error, ConfigurationError):
        return InputError(f"store {address}: {first_line(error)}.")
    if not isinstance(error, Neo4jError):
        return StoreError(f"the driver of {address} failed: {first_line(error)}")
    code = error.code or ""
    if code.endswith("DatabaseNotFound"):
        return InputError(
            f"there is no database {address.database or login.database!r} at {address.server}; "
            "name another one behind the address (neo4j://HOST/DATABASE) or in NEO4J_DATABASE."
        )
    if isinstance(error, AuthError) or code.startswith(_SECURITY):
        return _refused(code, error, address, login)
    if code.endswith("AccessMode") or (querying and code.startswith("Neo.ClientError.Statement.")):
        return QueryError(f"the statement cannot run: {first_line(error)}")
    if any(each in code for each in _READ_ONLY):
        return StoreError(
            f"{address} takes no writing: the database is read-only, or this is a read replica; "
            "ask for one that can be written to."
        )
    if "MemoryPool" in code or "OutOfMemory" in code:
        return StoreError(
            f"{address} ran out of memory: {first_line(error)} Give the server more "
            "(NEO4J_HEAP in docker-compose.yml), then run the same command again to go on."
        )
    return StoreError(f"{address} failed: {first_line(error)} ({code})")


def _silent(address: Address, error: Exception) -> StoreError:
    return StoreError(
        f"no graph server answers at {address.server} ({first_line(error).rstrip('.')}). Is it "
        "running, and is the address right? Then run the same command again to go on where it was."
    )


def _refused(code: str, error: Neo4jError, address: Address, login: Login) -> SpillgraphError:
    what = code.removeprefix(_SECURITY)
    if what == "AuthenticationRateLimit":
        return InputError(
            f"{address.server} refused too many wrong passwords; wait some seconds, then try again."
        )
    if what == "CredentialsExpired":
        return InputError(
            f"the password of {login.username!r} at {address.server} has to be changed first "
            "(ALTER CURRENT USER SET PASSWORD …)."
        )
    if what == "Unauthorized" or isinstance(error, AuthError):
        return InputError(
            f"{address.server} refuses user {login.username!r}: wrong name or password. They come "
            "from NEO4J_USERNAME and NEO4J_PASSWORD, or from the file NEO4J_CREDENTIALS."
        )
    return StoreError(
        f"user {login.username!r} lacks a right in {address}: {first_line(error).rstrip('.')}. Ask "
        "its administrator for it."
    )


def first_line(error: BaseException) -> str:
    """Return the first line of an error's own words.

    Examples
    --------
    >>> first_line(ValueError("one\\ntwo"))
    'one'
    """
    text = str(getattr(error, "message", None) or error).strip()
    return text.splitlines()[0].strip() if text else type(error).__name__
