"""The labelled sparse matrix: values that never part from their labels.

One orientation everywhere: ``M[receiver, source]``. The row is the side that uses, cites,
buys or learns; the column the side that is used, cited, sells or teaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from .errors import InputError, show
from .labels import (
    describe_difference,
    finite_numbers,
    positions,
    refuse_mask,
    require_orientation,
    text_labels,
)

__all__ = ["LabelledMatrix"]


#: Rows and columns that a printed matrix shows.
SHOWN = 6
#: What rows and columns are unless a matrix says otherwise.
AXES = ("receiver", "source")


@dataclass(frozen=True, slots=True, repr=False)
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
    axes : (str, str)
        What rows and columns are: receivers and sources, but for the few matrices that keep the
        orientation of their source, ``upstream`` × ``downstream``, and so say it.

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
    >>> print(repr(W).splitlines()[0])
    W[receiver, source], 2 × 2, share
    """

    name: str
    values: sparse.csr_array
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str = ""
    year: int | None = None
    provenance: dict[str, str] = field(default_factory=dict)
    axes: tuple[str, str] = AXES

    def __post_init__(self) -> None:
        if not isinstance(self.values, sparse.csr_array):
            raise InputError(
                f"matrix {self.name}: its values are a {type(self.values).__name__}, not a "
                "csr_array; make it with LabelledMatrix.build."
            )
        shape = (len(self.rows), len(self.columns))
        if self.values.shape != shape:
            raise InputError(
                f"matrix {self.name}: one label is needed for each row and column of values of "
                f"shape {self.values.shape}, got {shape[0]} and {shape[1]}."
            )
        for side, labels in (("row", self.rows), ("column", self.columns)):
            if len(set(labels)) != len(labels):
                twice = pd.Index(labels)[pd.Index(labels).duplicated()][0]
                raise InputError(f"matrix {self.name}: {side} label {show(twice)} occurs twice.")

    @classmethod
    def build(
        cls,
        name: str,
        values: Any,
        rows: Sequence[Any] | pd.Index | None = None,
        columns: Sequence[Any] | pd.Index | None = None,
        *,
        unit: str = "",
        year: int | None = None,
        provenance: dict[str, str] | None = None,
        axes: tuple[str, str] = AXES,
    ) -> LabelledMatrix:
        """Make a matrix from a frame, or from anything that ``scipy.sparse.csr_array`` takes.

        Parameters
        ----------
        name, unit, year, provenance, axes
            As in the class.
        values : pandas.DataFrame, array_like or sparse array, shape (R, C)
            The numbers; stored zeros are dropped. A frame brings its labels.
        rows, columns : sequence of label, optional
            As in the class. Of a frame they choose the order, and must be its own labels (a frame
            that has none but the default 0, 1, … takes them in order). ``columns`` defaults to
            the frame's, else to ``rows``; ``rows`` of an array to its places, ``0``, ``1``, ….
            Labels that are no texts become texts, see :func:`spillgraph.core.labels.text_labels`.

        Returns
        -------
        LabelledMatrix

        Raises
        ------
        InputError
            If labels are missing, repeat, or are not those of the frame; if the frame's axes are
            called the other way round; if a cell of it is no finite number.

        Examples
        --------
        >>> W = pd.DataFrame([[0, 0.4], [0.25, 0]], [3514, 685], [3514, 685])
        >>> LabelledMatrix.build("W", W).rows
        ('3514', '685')
        >>> LabelledMatrix.build("W", W, ["685", "3514"]).values.toarray().tolist()
        [[0.0, 0.25], [0.4, 0.0]]
        """
        about: Any = (unit, year, dict(provenance or {}), axes)
        if isinstance(values, pd.DataFrame):
            return cls(name, *_read_frame(values, name, rows, columns), *about)
        refuse_mask(values, f"matrix {name}")
        csr = sparse.csr_array(values, dtype=np.float64, copy=True)
        csr.sum_duplicates()
        csr.eliminate_zeros()
        if rows is None:
            labels = positions(csr.shape[0])
            heads = positions(csr.shape[1]) if columns is None else labels
        else:
            labels = heads = text_labels(rows, f"matrix {name}, rows")
        if columns is not None:
            heads = text_labels(columns, f"matrix {name}, columns")
        return cls(name, csr, labels, heads, *about)

    @classmethod
    def from_long(
        cls,
        name: str,
        receiver: Sequence[Any] | pd.Series[Any],
        source: Sequence[Any] | pd.Series[Any],
        value: Sequence[float] | pd.Series[Any],
        labels: Sequence[Any],
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
        index = pd.Index(text_labels(labels, f"matrix {name}, labels"))
        i, j = (_places(ends, index, name) for ends in (receiver, source))
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

    def __repr__(self) -> str:
        """Say what it is, and show its first rows and columns."""
        return f"{self._title}\n{self._corner.to_string()}{self._rest}"

    def _repr_html_(self) -> str:
        """Show the same as a table in a notebook, everything escaped."""
        table = self._corner.to_html()
        return f"<p>{escape(self._title)}</p>{table}<p>{escape(self._rest.strip())}</p>"

    @property
    def _title(self) -> str:
        size = f"{self.shape[0]:,} × {self.shape[1]:,}"
        about = [
            f"{self.name}[{', '.join(self.axes)}]",
            size,
            self.unit,
            self.year and str(self.year),
        ]
        return ", ".join(text for text in about if text)

    @property
    def _corner(self) -> pd.DataFrame:
        return pd.DataFrame(
            self.values[:SHOWN, :SHOWN].toarray(),
            index=pd.Index(self.rows[:SHOWN], name=self.axes[0]),
            columns=pd.Index(self.columns[:SHOWN], name=self.axes[1]),
        )

    @property
    def _rest(self) -> str:
        more = [max(0, size - SHOWN) for size in self.shape]
        if not any(more):
            return ""
        return f"\n… {more[0]:,} more rows, {more[1]:,} more columns; to_frame() has them all"

    def to_frame(self) -> pd.DataFrame:
        """Return a dense frame whose axes are called as in ``axes``: receiver and source."""
        return pd.DataFrame(
            self.values.toarray(),
            index=pd.Index(self.rows, name=self.axes[0]),
            columns=pd.Index(self.columns, name=self.axes[1]),
        )

    def to_long(self) -> pd.DataFrame:
        """Return the nonzero entries as a frame ``receiver, source, value``, row by row."""
        coo = self.values.tocoo()
        rows, columns = np.asarray(self.rows, object), np.asarray(self.columns, object)
        row, column = self.axes
        return pd.DataFrame({row: rows[coo.row], column: columns[coo.col], "value": coo.data})

    def aligned_to(self, labels: Sequence[str]) -> LabelledMatrix:
        """Return the same square matrix with rows and columns in the order of ``labels``.

        Raises
        ------
        InputError
            If the two sets of labels differ; nothing is ever filled in or dropped.
        """
        wanted = text_labels(labels, f"matrix {self.name}, labels wanted")
        for mine in (self.rows, self.columns):
            odd = describe_difference(mine, wanted)
            if odd or len(wanted) != len(mine):
                raise InputError(
                    f"matrix {self.name}: its labels differ from the other operand's ({odd}); "
                    "bring both to one classification."
                )
        i = pd.Index(self.rows).get_indexer(pd.Index(wanted))
        j = pd.Index(self.columns).get_indexer(pd.Index(wanted))
        return replace(self, values=self.values[i][:, j], rows=wanted, columns=wanted)


def _read_frame(
    frame: pd.DataFrame, name: str, rows: Any, columns: Any
) -> tuple[sparse.csr_array, tuple[str, ...], tuple[str, ...]]:
    """Return values and labels of a frame, in the order that is asked for."""
    require_orientation(frame, f"matrix {name}")
    mine, order = [], []
    for side, index in (("rows", frame.index), ("columns", frame.columns)):
        what = f"matrix {name}, {side}"
        own = text_labels(index, what)
        wanted = rows if side == "rows" or columns is None else columns
        texts = own if wanted is None else text_labels(wanted, what)
        if _has_default_index(index) and set(own) != set(texts) and len(own) == len(texts):
            own = texts
        odd = describe_difference(own, texts)
        if odd and side == "columns" and columns is None:  # ``rows`` alone say nothing of them
            texts, odd = own, ""
        if odd:
            raise InputError(f"{what}: the labels of the frame are not those given ({odd}).")
        mine.append(texts)
        order.append(pd.Index(own).get_indexer(pd.Index(texts)))
    numbers = finite_numbers(
        frame, text_labels(frame.index, name), text_labels(frame.columns, name), f"matrix {name}"
    )
    return sparse.csr_array(numbers[order[0]][:, order[1]]), mine[0], mine[1]


def _has_default_index(index: pd.Index) -> bool:
    """Whether an axis has nothing but the default 0, 1, 2, …"""
    return (
        isinstance(index, pd.RangeIndex)
        and index.name is None
        and index.equals(pd.RangeIndex(len(index)))
    )


def _places(ends: Any, index: pd.Index, name: str) -> np.ndarray:
    """Where the ends of flows are among the labels; each distinct end is looked at once."""
    codes, distinct = pd.factorize(pd.Index(ends), use_na_sentinel=False)
    texts = text_labels(distinct, f"matrix {name}, ends of flows") if len(distinct) else ()
    places = index.get_indexer(pd.Index(texts, dtype=object))
    strangers = np.flatnonzero(places < 0)
    if strangers.size:
        first = codes[np.isin(codes, strangers)][0]
        raise InputError(f"matrix {name}: {show(texts[first])} is not among its labels.")
    return places[codes]
