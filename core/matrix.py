"""The labelled sparse matrix: values that never part from their labels.

One orientation everywhere: ``M[receiver, source]``. The row is the side that uses, cites,
buys or learns; the column the side that is used, cited, sells or teaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from .errors import InputError

__all__ = ["LabelledMatrix"]


@dataclass(frozen=True, slots=True)
class LabelledMatrix:
    """A sparse matrix ``M[receiver, source]`` with its labels, unit, year and provenance.

    Parameters
    ----------
    name : str
        What it is: ``W``, ``S``, ``psi``, ``citations``, ``trade``.
    values : scipy.sparse.csr_array, shape (R, C)
        The numbers. An absent entry is 0 (a flow that is not in an edge list is no flow).
    rows, columns : tuple of str
        Labels of receivers (R of them) and sources (C of them), each without repeats.
    unit : str
        Unit of the numbers, e.g. ``citations``, ``million US$`` or ``share``.
    year : int or None
        The year the matrix stands for.
    provenance : dict of str to str
        Where it came from: study, origin tables, options.

    Raises
    ------
    InputError
        If labels repeat, or their number is not the shape of the values.

    Examples
    --------
    >>> W = LabelledMatrix.build("W", [[0, 0.4], [0.25, 0]], ["steel", "cars"], unit="share")
    >>> W.to_frame().loc["cars", "steel"]
    np.float64(0.25)
    >>> W.shape, round(W.sum(), 2)
    ((2, 2), 0.65)
    """

    name: str
    values: sparse.csr_array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str = ""
    year: int | None = None
    provenance: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        if self.values.shape != shape:
            raise InputError(
                f"matrix {self.name}: {shape[0]} row and {shape[1]} column labels came with "
                f"values of shape {self.values.shape}; give one label per row and column."
            )
        for side, labels in (("row", self.rows), ("column", self.columns)):
            if len(set(labels)) != len(labels):
                twice = pd.Index(labels)[pd.Index(labels).duplicated()][0]
                raise InputError(f"matrix {self.name}: {side} label {twice!r} occurs twice.")

    @classmethod
    def build(
        cls,
        name: str,
        values: Any,
        rows: Sequence[str],
        columns: Sequence[str] | None = None,
        *,
        unit: str = "",
        year: int | None = None,
        provenance: dict[str, str] | None = None,
    ) -> LabelledMatrix:
        """Make a matrix from anything that ``scipy.sparse.csr_array`` takes.

        Parameters
        ----------
        name, rows, columns, unit, year, provenance
            As in the class; ``columns`` defaults to ``rows``.
        values : array_like or sparse array, shape (R, C)
            The numbers; stored zeros are dropped.

        Returns
        -------
        LabelledMatrix
        """
        csr = sparse.csr_array(values, dtype=np.float64, copy=True)
        csr.sum_duplicates()
        csr.eliminate_zeros()
        labels = tuple(str(label) for label in rows)
        heads = labels if columns is None else tuple(str(label) for label in columns)
        return cls(name, csr, labels, heads, unit, year, dict(provenance or {}))

    @classmethod
    def from_long(
        cls,
        name: str,
        receiver: Sequence[str] | pd.Series[Any],
        source: Sequence[str] | pd.Series[Any],
        value: Sequence[float] | pd.Series[Any],
        labels: Sequence[str],
        *,
        unit: str = "",
        year: int | None = None,
        provenance: dict[str, str] | None = None,
    ) -> LabelledMatrix:
        """Make a square matrix from an edge list; repeated pairs add up.

        Parameters
        ----------
        name, unit, year, provenance
            As in the class.
        receiver, source : sequence or Series of str, length E
            Ends of each flow.
        value : sequence or Series of float, length E
            Size of each flow.
        labels : sequence of str, length N
            Order of rows and columns. A flow whose end is not among them is an error.

        Returns
        -------
        LabelledMatrix, shape (N, N)

        Raises
        ------
        InputError
            If an end is not among ``labels``.

        Examples
        --------
        >>> ends = ["a", "a", "b"], ["b", "b", "a"]
        >>> M = LabelledMatrix.from_long("K", *ends, [1, 2, 5], ["a", "b"])
        >>> M.to_frame().to_numpy().tolist()
        [[0.0, 3.0], [5.0, 0.0]]
        """
        index = pd.Index([str(label) for label in labels])
        i, j = index.get_indexer(pd.Index(receiver)), index.get_indexer(pd.Index(source))
        for ends, codes in ((receiver, i), (source, j)):
            if (codes < 0).any():
                stranger = list(ends)[int(np.flatnonzero(codes < 0)[0])]
                raise InputError(f"matrix {name}: {stranger!r} is not among its labels.")
        shape = (len(index), len(index))
        values = sparse.coo_array((np.asarray(value, dtype=np.float64), (i, j)), shape=shape)
        return cls.build(name, values, list(index), unit=unit, year=year, provenance=provenance)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of receivers and of sources."""
        return (len(self.rows), len(self.columns))

    def sum(self) -> float:
        """Sum of all entries, in the matrix's unit."""
        return float(self.values.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return a dense frame, rows named ``receiver`` and columns named ``source``."""
        return pd.DataFrame(
            self.values.toarray(),
            index=pd.Index(self.rows, name="receiver"),
            columns=pd.Index(self.columns, name="source"),
        )

    def to_long(self) -> pd.DataFrame:
        """Return the nonzero entries as a frame ``receiver, source, value``, row by row."""
        coo = self.values.tocoo()
        rows, columns = np.asarray(self.rows, object), np.asarray(self.columns, object)
        return pd.DataFrame(
            {"receiver": rows[coo.row], "source": columns[coo.col], "value": coo.data}
        )

    def aligned_to(self, labels: Sequence[str]) -> LabelledMatrix:
        """Return the same square matrix with rows and columns in the order of ``labels``.

        Raises
        ------
        InputError
            If the two sets of labels differ; nothing is ever filled in or dropped.
        """
        wanted = tuple(str(label) for label in labels)
        for mine in (self.rows, self.columns):
            if set(mine) != set(wanted) or len(wanted) != len(mine):
                odd = sorted(set(mine) ^ set(wanted))[:5]
                raise InputError(
                    f"matrix {self.name}: its labels differ from the other operand's "
                    f"(for instance {', '.join(map(repr, odd))}); bring both to one classification."
                )
        i = pd.Index(self.rows).get_indexer(pd.Index(wanted))
        j = pd.Index(self.columns).get_indexer(pd.Index(wanted))
        return replace(self, values=self.values[i][:, j], rows=wanted, columns=wanted)
