"""Where a graph server is, and who may use it: the address and the credentials.

An address names scheme, host, port and database, and never a secret: it goes into run.json and
into messages. Credentials come from the environment, or from a file that the environment names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from ...core.errors import InputError

__all__ = [
    "SCHEMES",
    "Address",
    "Login",
    "login",
    "parse_address",
    "read_sessions",
    "redact",
    "require_no_secret",
]

#: ``neo4j`` asks the server for its cluster, ``bolt`` takes this one machine; ``+s`` encrypts and
#: checks the certificate, ``+ssc`` encrypts and takes any.
SCHEMES = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})

_KEYS = ("NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")


@dataclass(frozen=True, slots=True)
class Address:
    """Address of a server, and the database on it (None: the user's own default)."""

    server: str
    database: str | None

    def __str__(self) -> str:
        return f"{self.server}/{self.database}" if self.database else self.server


@dataclass(frozen=True, slots=True)
class Login:
    """Who connects. The password is no part of what is printed."""

    username: str
    password: str = field(repr=False)
    database: str | None = None


def require_no_secret(text: str) -> None:
    """Refuse an address with a user or a password, without a word of it in the message.

    Raises
    ------
    InputError
        If there is an ``@`` anywhere: a password may hold the characters that end a host's name.
    """
    if "@" in unquote(text):
        raise InputError(
            "the store's address holds a user or a password; leave them out and set "
            "NEO4J_USERNAME and NEO4J_PASSWORD, or NEO4J_CREDENTIALS with the path of a file."
        )


def redact(text: str) -> str:
    """Return what a message may show of an address that is refused: any part may be a secret.

    Examples
    --------
    >>> redact("neo4j://neo4j:secret")
    'neo4j:…'
    """
    scheme, colon, _ = text.partition(":")
    return f"{scheme}:…" if colon else "…"


def parse_address(text: str) -> Address:
    """Take a server's address apart.

    Parameters
    ----------
    text : str
        ``SCHEME://HOST[:PORT][/DATABASE]``.

    Returns
    -------
    Address

    Raises
    ------
    InputError
        If it is of another form, holds a user or a password, or anything behind a question mark:
        no setting of the driver is taken from there.

    Examples
    --------
    >>> parse_address("neo4j://localhost:7687/patents")
    Address(server='neo4j://localhost:7687', database='patents')
    >>> str(parse_address("bolt://localhost/patents")), str(parse_address("bolt://localhost"))
    ('bolt://localhost/patents', 'bolt://localhost')
    """
    require_no_secret(text)
    parts = _split(unquote(text))
    database = parts.path.strip("/")
    known = parts.scheme in SCHEMES and parts.hostname and "/" not in database
    if not known or parts.query or parts.fragment:
        raise InputError(
            f"store {redact(text)!r} is not the address of a server; write SCHEME://HOST:PORT or "
            "SCHEME://HOST:PORT/DATABASE, e.g. neo4j://localhost:7687, and nothing behind it."
        )
    return Address(urlunsplit((parts.scheme, parts.netloc, "", "", "")), database or None)


def _split(text: str) -> SplitResult:
    """Split an address; of one that cannot be split, or whose host has no name, nothing is left."""
    try:
        parts = urlsplit(text)
        _ = parts.port  # reading it checks it
        (parts.hostname or "").encode("idna")  # as the driver does it: two dots, a word too long
    except ValueError:  # a UnicodeError, too
        return urlsplit("")
    return parts


def login(environ: Mapping[str, str] = os.environ) -> Login:
    """Return the credentials of the environment, or of the file that it names.

    Parameters
    ----------
    environ : mapping of str to str
        ``NEO4J_USERNAME`` (default neo4j), ``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``. What is not
        there is looked for in the file ``NEO4J_CREDENTIALS``, lines of ``NAME=VALUE`` with the
        same names: the form in which Aura hands them out.

    Returns
    -------
    Login

    Raises
    ------
    InputError
        If there is no password, or the file cannot be read.

    Examples
    --------
    >>> login({"NEO4J_PASSWORD": "secret"})
    Login(username='neo4j', database=None)
    """
    known = (
        dict(_read_file(Path(environ["NEO4J_CREDENTIALS"])))
        if environ.get("NEO4J_CREDENTIALS")
        else {}
    )
    known |= {key: environ[key] for key in _KEYS if environ.get(key)}
    if "NEO4J_PASSWORD" not in known:
        raise InputError(
            "the graph server needs a password: set NEO4J_PASSWORD (and NEO4J_USERNAME, if it is "
            "not neo4j), or NEO4J_CREDENTIALS with the path of a file that holds them."
        )
    user = known.get("NEO4J_USERNAME", "neo4j")
    return Login(user, known["NEO4J_PASSWORD"], known.get("NEO4J_DATABASE"))


def read_sessions(environ: Mapping[str, str] = os.environ) -> int:
    """Return how many statements may run on the server at a time.

    Parameters
    ----------
    environ : mapping of str to str
        ``SPILLGRAPH_SESSIONS``; without it 2, which leaves the server to others, too.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is not a number from 1 to 64.

    Examples
    --------
    >>> read_sessions({}), read_sessions({"SPILLGRAPH_SESSIONS": "4"})
    (2, 4)
    """
    text = environ.get("SPILLGRAPH_SESSIONS") or "2"
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise InputError(f"SPILLGRAPH_SESSIONS is {text!r}; give a number from 1 to 64.")
    return int(text)


def _read_file(path: Path) -> list[tuple[str, str]]:
    """Read lines of NAME=VALUE; messages name the line and never quote it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # an editor's mark may begin it
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InputError(f"NEO4J_CREDENTIALS: {path} cannot be read: {why}.") from None
    pairs = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"NEO4J_CREDENTIALS: {path}, line {number}: write NAME=VALUE.")
        pairs.append((name.strip(), _unquote(value.strip())))
    return [(name, value) for name, value in pairs if name in _KEYS and value]


def _unquote(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if quoted else value
