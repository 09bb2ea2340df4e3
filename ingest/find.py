"""Which files a name in the study file stands for: itself, a pattern, a folder, a variable."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote

from ..core.errors import InputError, StudyError, nearest, show
from .remote.address import is_address
from .remote.copies import Objects

__all__ = ["find", "partition_values"]

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")
#: What partitioned writers put in place of a missing value.
_NOTHING = "__HIVE_DEFAULT_PARTITION__"


def find(folder: Path, wanted: str, key: str, objects: Objects) -> tuple[tuple[str, Path], ...]:
    """Return (shown name, path) of each file that a name in the study stands for.

    A name that exists is taken as it is, whatever signs it holds. A folder stands for all files in
    it and below; ``*``, ``?``, ``[…]`` and ``**`` for all files that match. Files and folders whose
    names begin with ``.`` or ``_`` are nobody's data and are left out there. An address, as
    ``s3://bucket/table.csv``, stands for copies of what lies there.

    Parameters
    ----------
    folder : Path
        Where the study file lies.
    wanted : str
        The name.
    key : str
        Place in the study file, for messages.
    objects : Objects
        Finds what lies at addresses, and makes the copies later.

    Raises
    ------
    StudyError
        If there is no such file; the message names the nearest.
    """

    def value(match: re.Match[str]) -> str:
        text = os.environ.get(match[1]) or match[2]
        if text is None:
            raise StudyError(
                f"key '{key}': the environment variable {match[1]} is not set; set it, or write "
                f"${{{match[1]}:-default}}."
            )
        if is_address(text):
            return text.rstrip("/") if wanted.startswith("/", match.end()) else text
        # A path from the environment means what it means in the user's shell.
        whole = os.environ.get(match[1]) and match.start() == 0 and match.end() < len(wanted)
        return str(Path(text).resolve()) if whole else text

    name = _VARIABLE.sub(lambda match: f"${{{match[1]}}}", wanted)
    meant = _VARIABLE.sub(value, wanted)
    if is_address(meant):
        return objects.find(name, meant, key)
    path = folder / meant
    if path.is_file():
        return ((name, path),)
    if path.is_symlink() and not path.exists():
        raise StudyError(
            f"key '{key}': {show(name)} is a link to {show(str(path.readlink()))}, which is not "
            "there; put the file there, or name another."
        )
    base, pattern = (path, "**/*") if path.is_dir() else _split(path)
    try:
        paths = _matches(base, pattern) if pattern else []
    except PermissionError as error:
        raise StudyError(
            f"key '{key}': {show(name)} stands for all files below, and you have no right to look "
            f"at {error.filename}. Name a folder with the table's files alone."
        ) from error
    if not paths:
        raise StudyError(
            f"key '{key}': there is no file {show(name)} ({show(path, 400)}). {_hint(path)}"
        )
    above = name
    if not path.is_dir():
        above = "/".join(name.split("/")[: -len(Path(pattern).parts)])
    prefix = f"{above.rstrip('/')}/" if above else ""
    return tuple((f"{prefix}{file.relative_to(base).as_posix()}", file) for file in paths)


def _split(path: Path) -> tuple[Path, str]:
    """Part a path where the first name with signs for several begins."""
    for number, part in enumerate(path.parts):
        if any(sign in part for sign in "*?[") and not Path(*path.parts[: number + 1]).exists():
            return Path(*path.parts[:number]), "/".join(path.parts[number:])
    return path, ""


def _matches(base: Path, pattern: str) -> list[Path]:
    paths = base.glob(pattern) if base.is_dir() else iter(())
    return sorted(
        file
        for file in paths
        if file.is_file()
        and not any(part.startswith((".", "_")) for part in file.relative_to(base).parts)
    )


def _hint(path: Path) -> str:
    if path.is_dir():
        return "It is a folder without files."
    parent = path.parent
    while not parent.exists():
        parent = parent.parent
    if parent != path.parent:
        return f"The folder {path.parent} is not there."
    beside = sorted(file.name for file in parent.iterdir())
    return nearest(path.name, beside) if beside else f"The folder {parent} is empty."


def partition_values(path: Path, file: str, names: list[str]) -> dict[str, str | None]:
    """Return the values that the folders of a partitioned file give to columns.

    Parameters
    ----------
    path, file : Path, str
        The file, and its name for messages.
    names : list of str
        Columns that the study file declares as ``partitions``.

    Raises
    ------
    InputError
        If no folder above the file is called ``NAME=…``.

    Examples
    --------
    >>> partition_values(Path("cit/year=2010/kind=a%20b/0.parquet"), "0.parquet", ["year", "kind"])
    {'year': '2010', 'kind': 'a b'}
    """
    folders = dict(part.split("=", 1) for part in path.absolute().parts[:-1] if "=" in part)
    values: dict[str, str | None] = {}
    for name in names:
        if name not in folders:
            raise InputError(
                f"{file}: no folder above it is called {name}=…, but 'partitions' names {name!r}."
            )
        values[name] = None if folders[name] == _NOTHING else unquote(folders[name])
    return values
