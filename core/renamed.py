"""Names of the last release: each still works, and warns of what it is called now."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["old_names"]


def old_names(package: str, renamed: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for a package, which finds what has another name now.

    Parameters
    ----------
    package : str
        The package's own name.
    renamed : mapping of str to str
        From each old name to the new one.

    Returns
    -------
    callable
        From an old name to the object; it warns (``DeprecationWarning``), and raises
        ``AttributeError`` for a name that never was.

    Examples
    --------
    >>> find = old_names("spillgraph.core.renamed", {"former_names": "old_names"})
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     find("former_names") is old_names
    True
    >>> print(caught[0].message)
    spillgraph.core.renamed.former_names is now called old_names; the old name will be removed.
    """

    def find(name: str) -> Any:
        if name not in renamed:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        text = f"{package}.{name} is now called {renamed[name]}; the old name will be removed."
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return getattr(sys.modules[package], renamed[name])

    return find
