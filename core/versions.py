"""What decides digits: the versions of this package, of its code, and of what it computes with."""

from __future__ import annotations

import hashlib
import importlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

from threadpoolctl import threadpool_info

__all__ = ["differences", "processor", "versions"]

#: Packages that cells compute with; numba is there or not, and takes other ways where it is.
PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "duckdb",
    "pyarrow",
    "igraph",
    "leidenalg",
    "numba",
)
#: Rooms whose code cells run through.
ROOMS = ("analytics", "capabilities", "core", "graph", "ingest", "runs")
NONE = "none"


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python, of this package and of those that it computes with.

    A checkout keeps its version while its code changes, so a digest of the code stands beside it.

    Returns
    -------
    dict of str to str
        By name; ``none`` of a package that is not installed.

    Examples
    --------
    >>> list(versions())[:3]
    ['python', 'spillgraph', 'numpy']
    """
    found = {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "spillgraph": f"{_version('spillgraph')} (code {_digest_of_code()})",
    }
    return found | {name: _version(name) for name in PACKAGES}


def differences(there: dict[str, str]) -> str:
    """Say in which versions another place differs from this one.

    Parameters
    ----------
    there : dict of str to str
        What :func:`versions` gives there.

    Returns
    -------
    str
        Empty if it does not.

    Examples
    --------
    >>> differences(versions() | {"numpy": "1.0"}).startswith("numpy 1.0, here ")
    True
    >>> differences(versions())
    ''
    """
    here = versions()
    return "; ".join(
        f"{name} {there.get(name, NONE)}, here {here.get(name, NONE)}"
        for name in {**here, **there}
        if there.get(name) != here.get(name)
    )


def processor() -> str:
    """Name the kind of processor, as BLAS sees it: others may come to other last digits."""
    importlib.import_module("scipy.linalg")  # which brings a BLAS of its own beside numpy's
    kinds = {each.get("architecture") or "" for each in threadpool_info()}
    return " ".join([platform.machine(), *sorted(kinds - {""})])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return NONE


def _digest_of_code() -> str:
    home = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((home / room).rglob("*.py")):
            digest.update(path.relative_to(home).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
