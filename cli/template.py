"""The commented study file to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..core.errors import InputError

__all__ = ["write_template"]


def write_template(path: Path) -> None:
    """Write a commented study file, and never over one that is there.

    Parameters
    ----------
    path : Path
        Where to write it.

    Raises
    ------
    InputError
        If something is there already, or the place cannot be written.
    """
    template = resources.files("spillgraph.cli").joinpath("templates/study.toml").read_text("utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template)
    except FileExistsError:
        raise InputError(f"{path} is there already; name another file.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None
