"""What a graph server or its driver complains of, as one sentence with a remedy."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    WriteServiceUnavailable,
)

from ...core.errors import InputError, QueryError, SpillgraphError, StoreError
from .address import Address, Login

__all__ = ["first_line", "translate_errors"]

_SECURITY = "Neo.ClientError.Security."


@contextmanager
def translate_errors(address: Address, login: Login, *, querying: bool = False) -> Iterator[None]:
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
        raise _translate(error, address, login, querying) from error
    except OSError as error:
        raise _no_answer_error(address, error) from error


def _translate(
    error: Neo4jError | DriverError, address: Address, login: Login, querying: bool
) -> SpillgraphError:
    if isinstance(error, Neo4jError):
        return _translate_server_error(error, address, login, querying)
    if isinstance(error, WriteServiceUnavailable):
        return _read_only_error(address)
    if isinstance(error, ServiceUnavailable | SessionExpired):
        return _no_answer_error(address, error)
    if isinstance(error, ConfigurationError):
        return InputError(f"store {address}: {first_line(error).rstrip('.')}.")
    return StoreError(f"the driver of {address} failed: {first_line(error)}")


def _translate_server_error(
    error: Neo4jError, address: Address, login: Login, querying: bool
) -> SpillgraphError:
    code = error.code or ""
    if code.endswith("DatabaseNotFound"):
        return InputError(
            f"there is no database {address.database or login.database!r} at {address.server}; "
            "name another one behind the address (neo4j://HOST/DATABASE) or in NEO4J_DATABASE."
        )
    if isinstance(error, AuthError) or code.startswith(_SECURITY):
        return _refusal_error(code, error, address, login)
    if code.endswith("AccessMode") or (querying and code.startswith("Neo.ClientError.Statement.")):
        return QueryError(f"the statement cannot run: {first_line(error)}")
    if "ReadOnly" in code:
        return _read_only_error(address)
    if code.endswith("DatabaseUnavailable"):
        return StoreError(
            f"the database of {address} is not available: it starts, stops, or is damaged (the "
            "server's log says more). Run the same command again when it is."
        )
    if "MemoryPool" in code or "OutOfMemory" in code:
        return StoreError(
            f"{address} ran out of memory: {first_line(error).rstrip('.')}. Give the server more "
            "(NEO4J_HEAP in docker-compose.yml), then run the same command again to go on."
        )
    return StoreError(f"{address} failed: {first_line(error)} ({code})")


def _read_only_error(address: Address) -> StoreError:
    return StoreError(
        f"{address} accepts no writes: the database is read-only, or this machine of a cluster "
        "only reads (neo4j:// instead of bolt:// finds the one that writes)."
    )


def _no_answer_error(address: Address, error: Exception) -> StoreError:
    cause = _root(error)
    if isinstance(cause, ssl.SSLError):
        return StoreError(
            f"{address.server}: no encrypted connection ({_why(cause)}). For a server that does "
            "not encrypt write bolt or neo4j, and for one whose certificate cannot be verified "
            "+ssc instead of +s."
        )
    return StoreError(
        f"no graph server answers at {address.server} ({_why(cause)}). Is it running, and is the "
        "address right? Then run the same command again to go on where it was."
    )


def _root(error: BaseException) -> BaseException:
    """Return the cause of all: the driver wraps it, and a group of them when it asks a cluster."""
    inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__
    return error if inner is None else _root(inner)


def _why(cause: BaseException) -> str:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return cause.verify_message
    if isinstance(cause, ssl.SSLError) and cause.reason:
        return cause.reason.replace("_", " ").lower()
    return (getattr(cause, "strerror", None) or first_line(cause)).rstrip(".")


def _refusal_error(code: str, error: Neo4jError, address: Address, login: Login) -> SpillgraphError:
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
    # The driver's own errors have a message, too, which says nothing.
    text = str(error.message if isinstance(error, Neo4jError) else error).strip()
    return text.splitlines()[0].strip() if text else type(error).__name__
