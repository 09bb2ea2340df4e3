"""What an object store answers, within a limit of time, and what is wrong where it does not."""

from __future__ import annotations

import errno
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from ...core.errors import InputError, StudyError, nearest, show
from .address import scheme_of

__all__ = ["LISTED", "NoSuchObject", "answered", "opened"]

_Found = TypeVar("_Found")
#: Seconds for which a store may say nothing and send nothing.
ANSWER = 60.0
#: Seconds for a list, which comes in a thousand objects at a time, and is handed over as a whole.
LISTED = 600.0
#: Seconds between two looks at what has come.
_BEAT = 0.2

#: Schemes whose packages the extra brings.
_OURS = ("s3", "s3a", "http", "https")
#: What most stores are called; fsspec knows others.
_STORES = ("abfs", "az", "ftp", "gs", "hdfs", "http", "https", "oci", "oss", "s3", "sftp", "webdav")
#: Schemes that fsspec knows and that are no stores.
_NO_STORES = ("file", "local")
#: What the packages call errors that are about credentials, and about nobody who answers.
_CREDENTIALS = re.compile(r"Credential|ProfileNotFound|TokenRetrieval|SSO|ClientAuthentication")
_CUT = re.compile(r"ClientPayloadError|IncompleteRead|ContentLengthError")
_SILENT = re.compile(r"Timeout|Connect|gaierror|ServerDisconnected")
#: Errors of our disk, and of no store.
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE)
#: What sets credentials, by scheme.
_HOW = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for a public bucket "
    "FSSPEC_S3_ANON=true",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}
_HOW |= {"s3a": _HOW["s3"], "gcs": _HOW["gs"], "abfs": _HOW["az"], "abfss": _HOW["az"]}


class NoSuchObject(StudyError):
    """There is nothing at the address."""


def opened(address: str, key: str, name: str) -> tuple[Any, str]:
    """Return the file system of an address, and the place in it; nobody is asked yet.

    Parameters
    ----------
    address : str
        The address.
    key, name : str
        Place in the study file, and the address as it stands there, for messages.

    Returns
    -------
    tuple of (fsspec.AbstractFileSystem, str)

    Raises
    ------
    StudyError
        If its package is not installed, or no scheme is called so.
    """
    scheme = scheme_of(address)
    if "::" in address or scheme in _NO_STORES or not address.partition("://")[2].strip("/"):
        raise StudyError(
            f"key '{key}': {show(name, 400)} is no address of an object; write a path for a file "
            "of this machine, and the address alone for a packed one, which is read as it is."
        )
    try:
        import fsspec
        from fsspec.registry import known_implementations
    except ImportError:
        raise StudyError(_lacks(key, name, "fsspec", scheme)) from None
    if scheme not in {*known_implementations, *fsspec.registry}:
        raise StudyError(
            f"key '{key}': no object store is called {show(scheme)}. {nearest(scheme, _STORES)}"
        )
    try:
        # What a session of Python has seen there an hour ago may be another file now.
        said = fsspec.config.conf.get(scheme, {})
        options = _limits(scheme, said)
        store, place = fsspec.core.url_to_fs(scheme + address[len(scheme) :], **options)
        store.invalidate_cache()
    except ImportError as error:
        names = (each.name for each in _chain(error) if isinstance(each, ImportError))
        package = next(filter(None, names), f"that reads {scheme}://")
        raise StudyError(_lacks(key, name, package, scheme)) from None
    except Exception as error:  # of whatever package: it takes the environment's word for all
        raise StudyError(f"key '{key}': {_why(error, name, address)}") from None
    return store, place


def _limits(scheme: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by which no wait of a package is longer than ours, nor a whole file's limited.

    What the environment says (``FSSPEC_S3`` and the like) goes before them.
    """
    if scheme in ("s3", "s3a"):
        limits = {"connect_timeout": ANSWER / 4, "read_timeout": ANSWER}
        # One stream: parts side by side are held in memory, and seen when all of them are there.
        options: dict[str, Any] = {"max_concurrency": 1, "config_kwargs": limits}
    elif scheme in ("http", "https"):
        from aiohttp import ClientTimeout

        whole = ClientTimeout(total=None, sock_connect=ANSWER / 4, sock_read=ANSWER)
        options = {"client_kwargs": {"timeout": whole, "trust_env": True}}  # proxies
    else:
        return {}
    return {
        name: value | said.get(name, {}) if isinstance(value, dict) else said.get(name, value)
        for name, value in options.items()
    }


def _lacks(key: str, name: str, package: str, scheme: str) -> str:
    what = '"spillgraph[remote]"' if scheme in _OURS or package == "fsspec" else package
    return (
        f"key '{key}': {show(name, 400)} lies on an object store, and the package {package} is not "
        f"installed, by which it is read: pip install {what}, or name a copy on this machine."
    )


def answered(
    name: str,
    address: str,
    call: Callable[..., _Found],
    *arguments: Any,
    moved: Callable[[], int] = lambda: 0,
    tell: Callable[[int], None] = lambda bytes_: None,
    patience: float = 0.0,
    **more: Any,
) -> _Found:
    """Return what a store answers, or say in one sentence why it does not.

    Parameters
    ----------
    name, address : str
        The address as the study file has it, for messages, and what it stands for, which no message
        repeats.
    call : callable
        Asks the store; with the arguments behind it.
    moved : callable
        Says how many bytes have come: as long as they do, the store answers.
    tell : callable
        Called with the same, again and again.
    patience : float
        Seconds to wait, if more than :data:`ANSWER`.

    Raises
    ------
    InputError
        If there are no credentials or they do not suffice, there is no such object, or nothing came
        for :data:`ANSWER` seconds.
    OSError
        If our own disk is full or broken.
    """
    future: Future[_Found] = Future()

    def ask() -> None:
        try:
            future.set_result(call(*arguments, **more))
        except BaseException as error:
            future.set_exception(error)

    # By itself, and not waited for at the end of the program: a store that hangs would hold it.
    threading.Thread(target=ask, daemon=True).start()
    came, since = 0, time.monotonic()
    while not wait([future], min(_BEAT, ANSWER)).done:
        if (now := moved()) != came:
            came, since = now, time.monotonic()
            tell(came)
        if time.monotonic() - since > max(ANSWER, patience):
            raise InputError(_silent(name))
    try:
        return future.result()
    except OSError as error:
        if error.errno in _DISK:
            raise
        raise _told(error, name, address) from None
    except Exception as error:
        raise _told(error, name, address) from None


def _told(error: Exception, name: str, address: str) -> InputError:
    kind = NoSuchObject if _is_missing(error) else InputError
    return kind(_why(error, name, address))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was raised from: packages make "not found" of much."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        yield error
        seen.add(id(error))
        error = error.__cause__ or error.__context__


def _kinds(error: Exception) -> list[str]:
    return [kind.__name__ for each in _chain(error) for kind in type(each).__mro__]


def _status(error: Exception) -> int | None:
    found = (getattr(each, "status", None) for each in _chain(error))
    return next((each for each in found if isinstance(each, int)), None)


def _is_missing(error: Exception) -> bool:
    """Whether the store has answered that there is nothing."""
    if not isinstance(error, FileNotFoundError):
        return False
    return _status(error) in (None, 404, 410) and not any(map(_SILENT.search, _kinds(error)))


def _why(error: Exception, name: str, address: str) -> str:
    """Say what an error of any package means; of its own words no address is repeated."""
    scheme, shown = scheme_of(address), show(name, 400)
    if any(map(_CREDENTIALS.search, _kinds(error))):
        how = f"; set {_HOW[scheme]}" if scheme in _HOW else ", where its package looks for them"
        return f"{shown}: there are no credentials for {scheme}:// in the environment{how}."
    if isinstance(error, PermissionError) or _status(error) in (401, 403):
        return (
            f"{shown}: the store refuses. The credentials of the environment may not read it, or "
            "are no longer valid."
        )
    if _is_missing(error):
        return f"there is no object {shown}."
    if any(map(_CUT.search, _kinds(error))):
        return (
            f"{shown}: the connection ended before all of it had come. Run again; what has been "
            "brought stays."
        )
    if any(map(_SILENT.search, _kinds(error))):
        return _silent(name)
    words = re.sub(r"\w+://\S+", "…", str(error).replace(address, "…"))[:300]
    return f"{shown}: the store cannot be read ({type(error).__name__}: {words})."


def _silent(name: str) -> str:
    return (
        f"{show(name, 400)}: the store does not answer. Look whether this machine reaches it (the "
        "address of a store of your own: AWS_ENDPOINT_URL), and run again; what has been brought "
        "stays."
    )
