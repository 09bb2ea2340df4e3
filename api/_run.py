"""A finished run, read back from its folder."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from .core.errors import InputError, nearest
from .core.matrix import LabelledMatrix
from .graph.matrix_files import load_matrix
from .runs.read import require_record
from .runs.result_files import names_of, read_table

__all__ = ["Run", "open_run"]

#: Rows of the table that stands for a run where it is printed.
SHOWN = 10


class Run:
    """What a run has left in its folder; :func:`open_run` gives it.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    record : dict
        What its run.json holds.
    """

    def __init__(self, folder: Path, record: dict[str, Any]) -> None:
        self.folder = folder
        self.record = record

    @property
    def id(self) -> str:
        """Id of the run, under which its scores are in the graph."""
        return str(self.record["run"])

    @property
    def years(self) -> list[int]:
        """Report years, oldest first."""
        return sorted(map(int, self.record["years"]))

    @property
    def warnings(self) -> list[str]:
        """What must be known before any number is used."""
        return list(self.record["warnings"])

    @property
    def names(self) -> dict[str, str]:
        """Names of the sectors, by code."""
        return names_of(self.folder, str(self.record["options"]["target"]))

    def matrix(self, name: str, year: int | None = None) -> LabelledMatrix:
        """Return a matrix of a report year.

        Parameters
        ----------
        name : str
            ``W``, ``S``, ``psi``, ``citations`` or ``trade``.
        year : int, optional
            Default: the last report year.
        """
        wanted = f"{name}_{self._year(year)}"
        known = self.record["matrices"]
        if wanted not in known:
            raise InputError(f"{self.folder} has no matrix {wanted}. {nearest(wanted, known)}")
        return load_matrix(self.folder / known[wanted]["file"])

    def hubs(self, network: str, year: int | None = None) -> pd.DataFrame:
        """Return the measures of the sectors in a network.

        Parameters
        ----------
        network : str
            ``W``, ``S`` or ``psi``.
        year : int, optional
            Default: the last report year.

        Returns
        -------
        DataFrame, index = code
        """
        return self._read(f"hubs/{network}_{self._year(year)}.csv")

    def sums(self, year: int | None = None) -> pd.DataFrame:
        """Return the sums of ψ: names, benefit, and the contribution by each weight, in %.

        Parameters
        ----------
        year : int, optional
            Default: the last report year.

        Returns
        -------
        DataFrame, index = code
            ``name``, ``benefit``, and a column for each weight.
        """
        about = self.record["years"][str(self._year(year))]
        if "benefit" not in about:
            raise InputError(f"{self.folder} has no ψ: that needs citations and deliveries.")
        table = pd.DataFrame({"benefit": about["benefit"], **about["contribution"]}, dtype=float)
        names = self.names
        table.insert(0, "name", [names.get(code, "") for code in table.index])
        return table.rename_axis(index="code")

    def table(self, place: str) -> pd.DataFrame:
        """Return a table that a capability has written.

        Parameters
        ----------
        place : str
            As :attr:`tables` has it, e.g. ``growth/sectors``.
        """
        if place not in self.tables:
            raise InputError(f"{self.folder} has no table {place}. {nearest(place, self.tables)}")
        return self._read(f"{place}.csv")

    @property
    def tables(self) -> list[str]:
        """Tables that capabilities have written, by folder and name."""
        files = [each for some in self.record["capabilities"].values() for each in some]
        return [each.removesuffix(".csv") for each in files if each.endswith(".csv")]

    def _read(self, place: str) -> pd.DataFrame:
        path = self.folder / place
        if not path.is_file():
            there = sorted(
                f"{each.parent.name}/{each.stem}" for each in self.folder.glob("hubs/*.csv")
            )
            wanted = place.removesuffix(".csv")
            if wanted in self.tables:
                raise InputError(f"{path} was removed; run the study again.")
            raise InputError(f"{self.folder} has no table {wanted}. {nearest(wanted, there)}")
        table = read_table(path)
        return table.set_index(table.columns[0]).rename_axis(index="code")

    def _year(self, year: int | None) -> int:
        if year is None:
            return self.years[-1]
        if year not in self.years:
            raise InputError(
                f"{self.folder} has no report year {year!r}; there are "
                f"{', '.join(map(str, self.years))}."
            )
        return year

    def __repr__(self) -> str:
        """Say what the run is of, and show its matrices."""
        return f"{self._title}\n{self._shown().to_string(index=False)}"

    def _repr_html_(self) -> str:
        """Show the same as a table in a notebook, everything escaped."""
        return f"<p>{escape(self._title)}</p>{self._shown().to_html(index=False)}"

    @property
    def _title(self) -> str:
        many = len(self.warnings)
        warned = f"; {many} warning{'' if many == 1 else 's'}" if many else ""
        return f"Run {self.id} of {self.record['study']}{warned}"

    def _shown(self) -> pd.DataFrame:
        matrices = self.record["matrices"].items()
        rows = [(name, *each["shape"], each["sum"], each["unit"]) for name, each in matrices]
        columns = ["matrix", "receivers", "sources", "sum", "unit"]
        return pd.DataFrame(rows[-SHOWN:], columns=columns)


def open_run(folder: str | Path) -> Run:
    """Open the results of a finished run.

    Parameters
    ----------
    folder : str or Path
        What was ``--out``.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        If there are none.
    """
    return Run(Path(folder), require_record(Path(folder)))
