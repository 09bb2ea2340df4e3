"""What is an address and no path, and what an address in a study file may not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...core.errors import StudyError

__all__ = ["is_address", "require_no_secrets", "scheme_of"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)")
#: A name with a password, or anything else, before the host. What stands before the account of
#: Azure is a container.
_PASSWORD = re.compile(r"://[^/@\s]*:(?!\d+/)[^@\s]*@")
_USER = re.compile(r"^(?!(abfss?|az|adl|wasbs?)://)[\w+.-]+://[^/@]*@", re.IGNORECASE)
#: Keys by which an address is signed: who has it may read the object.
_SIGNED = re.compile(
    r"(://|\$\{)\S*[?&](x-(amz|goog)-\w+|sig|signature|awsaccesskeyid|(access_?|id_?)?token|api_?key|"
    r"password|secret)=",
    re.IGNORECASE,
)


def is_address(name: str) -> bool:
    """Return whether a name is an address, as ``s3://bucket/table.csv``, and no path.

    Examples
    --------
    >>> is_address("s3://bucket/table.csv"), is_address("tables/table.csv")
    (True, False)
    """
    return bool(_SCHEME.match(name))


def scheme_of(address: str) -> str:
    """Return what stands before ``://``, in small letters.

    Examples
    --------
    >>> scheme_of("S3://bucket/table.csv")
    's3'
    """
    match = _SCHEME.match(address)
    return match[0].lower() if match else ""


def require_no_secrets(value: Any, key: str = "") -> None:
    """Refuse a text of the study file in which a password stands, without repeating it.

    Parameters
    ----------
    value : object
        What the study file says: a text, or tables and lists of them.
    key : str
        Its place in the study file.

    Raises
    ------
    StudyError
        If an address names a user or a password, or is signed.

    Examples
    --------
    >>> require_no_secrets({"file": "s3://bucket/table.csv"})
    >>> require_no_secrets({"tables": {"firms": {"file": "https://me:secret@host/firms.csv"}}})
    Traceback (most recent call last):
    ...
    spillgraph.core.errors.StudyError: key 'tables.firms.file': a user or a password stands in the \
address. Take it out: whoever gets the study file would have it. Credentials are read from the \
environment.
    """
    for place, text in _texts(value, key):
        if _PASSWORD.search(text) or _USER.search(text):
            raise StudyError(
                f"key '{place}': a user or a password stands in the address. Take it out: whoever "
                "gets the study file would have it. Credentials are read from the environment."
            )
        if _SIGNED.search(text):
            raise StudyError(
                f"key '{place}': the address is signed, which is as good as a password. Put it "
                "into a variable of the environment, and write ${VARIABLE} here."
            )


def _texts(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Yield every text with its place."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, key)
