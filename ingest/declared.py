"""What can be declared of an input table and its columns."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Column", "Table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table.

    Parameters
    ----------
    name : str
        Our name; the study file maps the user's name to it.
    type : str
        ``string``, ``float`` or ``year`` (2007, 20070208 and 2007-02-08 are all the year 2007).
    meaning, unit : str
        For the manual and for error messages.
    required : bool
        Must be in the file, and filled in every row.
    minimum, maximum : float, optional
        Bounds, themselves allowed.
    refers : str, optional
        Table whose ``id`` the value must be.
    code : str, optional
        The value is an industry code of the classification that this tag names.
    label : bool
        The value is a code, too, that no list of industries can refuse: of a commodity, of a final
        user, or in the list itself.
    keep : bool
        With ``unmatched = "keep"`` in the study file, a row whose value finds nothing is loaded:
        with the value where the column is required, with the column empty elsewhere.
    reserved : str, optional
        A value that means something to us and cannot be the user's.
    within : bool
        A year must lie in the study's years; dates of owners and industries may lie outside.
    strict : bool
        An unreadable value refuses the row although the column is not required: a weight that
        cannot be read must not become an equal split.
    pair : str, optional
        Another column that means nothing without this one; it is lost with it.
    texts : tuple of str
        Values that are no sign for "missing" in this column: NA is Namibia.
    absent : str
        What holds where the column is in no file and numbers are others for it.
    positive : bool
        A value must be above 0: it is a level, of which the logarithm is taken.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    refers: str | None = None
    code: str | None = None
    label: bool = False
    keep: bool = False
    reserved: str | None = None
    within: bool = True
    strict: bool = False
    pair: str | None = None
    texts: tuple[str, ...] = ()
    absent: str = ""
    positive: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One input table: how it is checked, and what it is for the economy.

    Parameters
    ----------
    name, meaning : str
        For the study file and the manual.
    columns : tuple of Column
        In the order of the manual.
    key : tuple of str
        No two rows may share these values (within one classification). The first two of a flow
        are its ends, as the edge of the graph runs.
    measure : str, optional
        What is summed to verify a load. Where the file has no such column each row counts as
        one event, and rows with one key add up.
    tags : tuple of str
        Classifications that the study file must name for the table.
    distinct : tuple of str
        Two columns that must differ within a row.
    either : tuple of str
        Two columns of which a file has one at least, and a row exactly one: a year, or the first
        of several, of which ``last_year`` is the last.
    pairs : tuple of (str, str)
        Pairs of columns of which the files have exactly one: degrees or km.
    blank : tuple of str
        Columns of the key in which an empty field says "always", so that two of them are the same.
    sums : tuple of str
        Further columns that add up where rows of one key do; the measure always does.
    uncounted : str
        What a file may have that the table has not: every row is one event, whatever it says.
        ``columns = { x = "" }`` in the study file says that this is known.
    whole : bool
        A refused row stops the run: a list or a map with a hole gives wrong numbers everywhere.
    levels : bool
        Its values are levels and no amounts, which no concordance can split or add up: its codes
        must be those of the target.
    alone : bool
        It is enough for a study without any flow.
    lists : bool
        It says what codes there are, or maps them: its entries may be of several classifications.
    beside : tuple of str
        Tables that must be there, too, beside those that a required column refers to.
    loads : tuple of str
        Kinds of nodes and edges that it puts into the graph (:mod:`spillgraph.graph.schema`).
    network : str
        What its flows are: ``citations``, ``trade``, or nothing where it has none.
    ends : tuple of str
        Columns of a flow's receiver and source, as in every matrix; none where a row is no flow.
    part_of : str
        Name of the flow, where several tables make one.
    accounts : bool
        The accounts of the sectors are made of it: its amounts, or whose they are.
    signed : bool
        Its amounts may be below 0 where ``negative`` in the study file says what they are.
    printed : bool
        Its columns may be rows or columns of a printed table: ``printed`` in the study file.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    measure: str | None = None
    tags: tuple[str, ...] = ()
    distinct: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    blank: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    uncounted: str = ""
    whole: bool = False
    levels: bool = False
    alone: bool = False
    lists: bool = False
    beside: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    network: str = ""
    ends: tuple[str, ...] = ()
    part_of: str = ""
    accounts: bool = False
    signed: bool = False
    printed: bool = False

    @property
    def requires(self) -> tuple[str, ...]:
        """Tables that must be given with this one."""
        referred = (column.refers for column in self.columns if column.required and column.refers)
        return tuple(dict.fromkeys((*referred, *self.beside)))

    @property
    def origin(self) -> str:
        """Name of the flow that the table makes, alone or with others."""
        return self.part_of or self.name

    @property
    def between(self) -> str | None:
        """The table whose ``id`` are the ends of a flow; none where they are industries."""
        return self.column(self.ends[0]).refers if self.ends else None

    @property
    def dated(self) -> str:
        """The table whose ``year`` dates a flow: of patents, what cites has the year."""
        own = any(column.name == "year" for column in self.columns)
        return self.name if own else self.between or self.name

    @property
    def counts(self) -> bool:
        """Whether it is a part of the economy; others are checked for those who ask for them."""
        return bool(self.loads) or self.accounts

    @property
    def industries(self) -> tuple[str, ...]:
        """Columns of codes of the table's classification."""
        return tuple(c.name for c in self.columns if c.code == "classification")

    @property
    def codes(self) -> tuple[str, ...]:
        """All columns of codes: of whatever classification, and those that no list can refuse."""
        return tuple(c.name for c in self.columns if c.code or c.label)

    @property
    def shares(self) -> bool:
        """Whether its rows share something out: what is refused of one would go to the others."""
        return any(column.name == "share" for column in self.columns)

    @property
    def adds(self) -> tuple[str, ...]:
        """Columns that add up with ``repeat = "add"``; none where a row is no amount."""
        return (*((self.measure,) if self.measure else ()), *self.sums)

    @property
    def repeat(self) -> str:
        """What happens to a repeated key where the study file does not say: amounts and lists
        that repeat a key are refused as a whole, of other records the first one stays."""
        return "refuse" if self.adds or self.whole else "first"

    def soft(self, column: Column) -> bool:
        """Whether a bad value costs the value and not the row."""
        return not (column.required or column.strict or column.name == self.measure)

    @property
    def may_keep(self) -> bool:
        """Whether the study file may say ``unmatched = "keep"`` for this table."""
        return any(column.keep for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)
