"""ψ of the firms in a folder: asked by their ids, and never held as texts all together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ..analytics.firms import FirmPsi, FirmSums, Limits, firm_psi
from ..core.errors import InputError, show
from ..graph.links_file import open_about, open_links
from ..ingest import sql
from .steps import Steps

__all__ = ["FirmAnswer", "FirmNetworks", "open_firms"]

#: Sums that firms can be ranked by.
RANKED = ("benefit", "contribution", "contribution_without_W")


@dataclass(frozen=True, slots=True)
class FirmAnswer:
    """A number for each firm, with a proven bound of its error.

    Parameters
    ----------
    values, error : ndarray, shape (N,)
        By place, in %; no value is off by more than its error.
    """

    values: NDArray[np.float64]
    error: NDArray[np.float64]
    _firms: FirmNetworks = field(repr=False)

    def top(self, k: int = 10) -> pd.DataFrame:
        """Return the k firms of largest absolute value: ``value`` and ``error``, by id."""
        return self._firms.rank(np.abs(self.values), k, {"value": self.values, "error": self.error})

    def of(self, firms: Sequence[str]) -> pd.DataFrame:
        """Return ``value`` and ``error`` of the firms that are named."""
        at = self._firms.places(firms)
        index = pd.Index(list(firms), name="firm")
        return pd.DataFrame({"value": self.values[at], "error": self.error[at]}, index)


class FirmNetworks:
    """W and S between the firms of a folder, and what ψ says of them; see :func:`open_firms`."""

    def __init__(
        self, folder: Path, psi: FirmPsi, about: Mapping[str, Any], limits: Limits, steps: Steps
    ) -> None:
        self.folder = folder
        self.about = about
        self._psi = psi
        self._limits = limits
        self._steps = steps
        self._sums: FirmSums | None = None

    def __repr__(self) -> str:
        """Say what it is."""
        links = ", ".join(
            f"{each['links']:,} links in {name}" for name, each in self.about["networks"].items()
        )
        return f"FirmNetworks of {self.about['firms']:,} firms, {links}, {self.about['dtype']}"

    def sums(self) -> FirmSums:
        """Return row and column sums of ψ by place, solved once."""
        if self._sums is None:
            with self._asked("sums"):
                self._sums = self._psi.sums()
        return self._sums

    def top(self, by: str = "contribution", k: int = 10) -> pd.DataFrame:
        """Return the k firms that come first by a sum of ψ, with all their sums, by id.

        Parameters
        ----------
        by : {"benefit", "contribution", "contribution_without_W"}
            What they gain, what they give.
        k : int
            How many.

        Raises
        ------
        InputError
            If there is no such sum.
        """
        if by not in RANKED:
            raise InputError(f"by: {show(by)} is none; needed: {', '.join(RANKED)}.")
        sums = self.sums()
        return self.rank(getattr(sums, by), k, {name: getattr(sums, name) for name in RANKED})

    def row(self, firm: str) -> FirmAnswer:
        """Return from whom a firm gains: its row of ψ."""
        with self._asked("row"):
            return FirmAnswer(*self._psi.row(int(self.places([firm])[0])), self)

    def column(self, firm: str) -> FirmAnswer:
        """Return whom 1% in a firm reaches: its column of ψ."""
        with self._asked("column"):
            return FirmAnswer(*self._psi.column(int(self.places([firm])[0])), self)

    def shock(self, percent: Mapping[str, float]) -> FirmAnswer:
        """Return what shocks do to all firms, ψ x.

        Parameters
        ----------
        percent : mapping of str to float
            Technology shock of each firm that has one, in %, by id.
        """
        x = np.zeros(self._psi.firms)
        try:
            x[self.places(list(percent))] = [float(each) for each in percent.values()]
        except (TypeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"shock: a number in % is needed for each firm; {error}.") from None
        with self._asked("shock"):
            return FirmAnswer(*self._psi.shock(x), self)

    def places(self, firms: Sequence[str]) -> NDArray[np.int64]:
        """Return where firms stand in all arrays.

        Raises
        ------
        InputError
            If an id is not known.
        """
        wanted = pa.table({"id": pa.array(list(map(str, firms)), pa.string())})
        with duckdb.connect() as con:
            con.register("wanted", wanted)
            # The few that are wanted become a condition on the file: ids are sorted in it.
            known = con.execute(
                "SELECT id, place FROM read_parquet(?) WHERE id IN (SELECT id FROM wanted)",
                [sql.path(self._register)],
            ).fetchall()
        place = dict(known)
        for firm in map(str, firms):
            if firm not in place:
                raise InputError(f"{self.folder}: there is no firm {show(firm)}.")
        return np.array([place[str(firm)] for firm in firms], np.int64)

    def rank(
        self, by: NDArray[np.float64], k: int, columns: Mapping[str, NDArray[np.float64]]
    ) -> pd.DataFrame:
        """Return columns of the k firms that are first, by id; equal ones as they stand."""
        if k < 1:
            raise InputError(f"k: got {k}; at least 1 is needed.")
        k = min(k, len(by))
        least = np.partition(by, len(by) - k)[len(by) - k]
        among = np.flatnonzero(by >= least)
        at = among[np.argsort(-by[among], kind="stable")][:k]
        index = pd.Index(self.ids(at), name="firm")
        return pd.DataFrame({name: values[at] for name, values in columns.items()}, index)

    def ids(self, places: NDArray[np.int64]) -> list[str]:
        """Return the ids of the firms at places."""
        return _ids_of(self._register, places)

    def write_sums(self, path: Path) -> None:
        """Write ``firm`` and the sums of all firms as Parquet, without holding their ids.

        Parameters
        ----------
        path : Path
            The file; it appears whole or not at all.
        """
        sums = self.sums()
        table = pa.table({name: getattr(sums, name) for name in RANKED})
        part = path.with_name(f".{path.name}.part")
        register = sql.text(sql.path(self._register))
        with duckdb.connect() as con:
            con.register("sums", table)
            con.execute(
                f"COPY (SELECT f.id AS firm, s.* FROM read_parquet({register}) AS f "
                f"POSITIONAL JOIN sums AS s) TO {sql.text(str(part))} "
                "(FORMAT parquet, COMPRESSION zstd)"
            )
        part.replace(path)

    @contextmanager
    def _asked(self, what: str) -> Iterator[None]:
        """Time one answer, and show how far it is."""
        with self._steps.step(what) as report:
            self._limits.began, self._limits.report = time.monotonic(), report
            yield

    @property
    def _register(self) -> Path:
        return self.folder / "firms.parquet"


def open_firms(
    folder: str | Path,
    *,
    seconds: float | None = None,
    products: int = 2000,
    steps: Steps | None = None,
) -> FirmNetworks:
    """Open networks of firms that lie on disk, after the test that their chains die out.

    Parameters
    ----------
    folder : str or Path
        What :func:`~spillgraph.build_firms` or ``spillgraph firms`` has written.
    seconds : float, optional
        Time for all that is asked of them; default: no limit.
    products : int
        Products of a network with one vector, for each solve.
    steps : Steps, optional
        Shows progress.

    Returns
    -------
    FirmNetworks

    Raises
    ------
    ClosedClassError
        If firms receive everything from each other.
    InputError
        If the folder holds no networks, or its files are cut, damaged or of another one.
    """
    folder = Path(folder)
    about = open_about(folder)
    shown = steps or Steps()

    def label(place: int) -> str:
        return _ids_of(folder / "firms.parquet", np.array([place]))[0]

    with shown.step("open") as report:
        networks: dict[str, Any] = {"S": None, "W": None}
        for name in about["networks"]:
            report(name, 0.0)
            networks[name] = open_links(folder, name, label)
            if networks[name].firms != about["firms"]:
                raise InputError(f"{folder / name} is of other firms; build the networks again.")
        limits = Limits(seconds, products)
        psi = firm_psi(networks["S"], networks["W"], limits=limits)
    return FirmNetworks(folder, psi, about, limits, shown)


def _ids_of(register: Path, places: NDArray[np.int64]) -> list[str]:
    with duckdb.connect() as con:
        known = dict(
            con.execute(
                "SELECT place, id FROM read_parquet(?) WHERE place IN (SELECT unnest(?))",
                [sql.path(register), places.tolist()],
            ).fetchall()
        )
    for place in places.tolist():
        if place not in known:
            raise InputError(f"{register} has no firm at place {place}; build the networks again.")
    return [known[place] for place in places.tolist()]
