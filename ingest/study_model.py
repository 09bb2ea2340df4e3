"""The keys of a study file, their types and defaults; unknown keys are refused by name."""

from __future__ import annotations

import codecs
import encodings.aliases
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from ..core.errors import nearest, show
from ..core.kept import Kept
from ..graph.namespace import require_namespace
from .study_words import brief, what_is_wrong

__all__ = [
    "MOST_SIGNS",
    "About",
    "Clean",
    "Entry",
    "Fiscal",
    "Graph",
    "MakeUse",
    "Match",
    "Options",
    "Outputs",
    "StudyFile",
    "Wide",
    "Years",
    "explain",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @classmethod
    def default(cls, key: str) -> Any:
        """Return the value of a key of which nothing is said."""
        return cls.model_fields[key].get_default(call_default_factory=True)

    def says(self, key: str) -> bool:
        """Whether a key has another value than without a word."""
        return bool(getattr(self, key) != _unsaid(type(self), key))


@cache
def _unsaid(model: type[_Strict], key: str) -> Any:
    """Return the same value, not to be changed: pydantic takes long to find it."""
    return model.default(key)


class About(_Strict):
    """``[study]``: what the study is, and the classification of its matrices."""

    name: str
    target: str
    description: str = ""
    count: str = "citations"
    money: str = "money units"
    synthetic: bool = False


class Years(_Strict):
    """``[years]``: rows outside ``first..last`` are refused; matrices are made for ``report``."""

    first: int = 1500
    last: int = 2200
    report: list[int] = Field(default_factory=list)


class Options(_Strict):
    """``[options]``: the choices that change numbers."""

    self_citations: Literal["exclude", "include"] = "exclude"
    diagonal: Literal["split", "keep"] = "split"
    production: Literal["trade_links", "io_flows"] = "io_flows"
    citation_weight: Literal["full", "fractional"] = "full"
    depreciation: float = Field(default=0.0, ge=0.0, le=1.0)
    window: int | None = Field(default=None, ge=1)
    normalisation: Literal["row", "offdiag", "column"] = "row"
    rho: float | None = Field(default=None, gt=0.0, lt=1.0)
    lag: tuple[StrictInt, StrictInt] | None = None
    interval: Literal["each", "spread"] = "each"
    accounts: Literal["stop", "warn"] = "stop"


class Outputs(_Strict):
    """``[outputs]``: file formats of the matrices; .npz is always written. Those of figures."""

    formats: list[Literal["npz", "mtx", "parquet", "csv", "dta", "graphml"]] = Field(
        default_factory=lambda: ["npz"]  # type: ignore[arg-type]
    )
    figures: list[Literal["svg", "pdf", "png"]] = Field(
        default_factory=lambda: ["svg", "pdf"]  # type: ignore[arg-type]
    )


class Graph(_Strict):
    """``[graph]``: how much of the graph is built, and what kinds are called in it.

    ``keep`` is firms, industries alone, or none that stays; ``namespace`` begins the names of the
    study's labels and types where a store holds several studies.
    """

    keep: Kept = "firms"
    namespace: Annotated[str, AfterValidator(require_namespace)] | None = None


class MakeUse(_Strict):
    """``[make_use]``: codes with a special part in the make and use tables."""

    scrap: list[str] = Field(default_factory=list)
    value_added: list[str] = Field(default_factory=list)
    final_demand: list[str] = Field(default_factory=list)
    imports: list[str] = Field(default_factory=list)
    exports: list[str] = Field(default_factory=list)
    product_imports: list[str] = Field(default_factory=list)
    inventories: list[str] = Field(default_factory=list)
    negative: Literal["refuse", "keep", "net"] = "keep"
    technology: Literal["industry", "commodity"] = "industry"

    def described(self) -> dict[str, Any]:
        """Return the keys as plain data; those of later versions only where they say something.

        Runs of before these keys were there keep their fingerprints.
        """
        later = ("exports", "product_imports", "inventories")
        usual = {name for name in later if not getattr(self, name)}
        usual |= {"technology"} if self.technology == "industry" else set()
        return self.model_dump(mode="json", exclude=usual)


class Wide(_Strict):
    """A table that is printed as a matrix: its first column holds the row labels."""

    rows: str
    columns: str
    values: str


def _several(value: object) -> object:
    return value if isinstance(value, list) else [value]


#: A text, or a list of texts.
_Texts = Annotated[list[str], BeforeValidator(_several)]


#: Signs to which zeros fill ids and codes, at most.
MOST_SIGNS = 40


class Clean(_Strict):
    """How the ids or codes of one column are brought into one spelling, in this order."""

    half_width: bool = False
    patent: bool = False
    drop_prefix: _Texts = Field(default_factory=list)
    drop_suffix: _Texts = Field(default_factory=list)
    case: Literal["upper", "lower"] | None = None
    zfill: int | None = Field(default=None, ge=1, le=MOST_SIGNS)


class Fiscal(_Strict):
    """Fiscal years: the month in which they begin, and the calendar year that names them."""

    begins: int = Field(default=1, ge=1, le=12)
    named: Literal["start", "end"] = "start"


#: What programs under Windows call encodings, each on its own machine.
_OF_WINDOWS = ("ansi", "windows", "windows ansi", "oem", "dos", "excel", "default", "mbcs", "acp")
_WINDOWS = (
    "Each country's Windows means another by it: in the West say 'cp1252', in Central Europe "
    "'cp1250', in Russia 'cp1251', in China 'gb18030', in Japan 'cp932', in Korea 'cp949'"
)


def _codec(value: str) -> str:
    """Take any encoding of texts that Python knows; it has others, as of addresses ("idna")."""
    try:
        codecs.lookup(value)
        b"a".decode(value, errors="replace")
    except (LookupError, ValueError):
        if value.casefold() in _OF_WINDOWS:
            raise ValueError(f"no encoding is called {show(value)}. {_WINDOWS}") from None
        names = sorted(filter(_is_of_texts, set(encodings.aliases.aliases.values())))
        raise ValueError(f"no encoding is called {show(value)}. {nearest(value, names)}") from None
    return value


def _is_of_texts(name: str) -> bool:
    try:
        return bool(b"a".decode(name, errors="replace"))
    except (LookupError, ValueError):
        return False


def _sign(value: str | None) -> str | None:
    """Take what the reader takes as a quote or an escape: one byte, and no end of a line."""
    if value and (not value.isascii() or value in "\0\r\n"):
        raise ValueError("only a sign of ASCII is read there, and no end of a line")
    return value


def _delimiter(value: str | None) -> str | None:
    if value is not None and value in "\0\r\n":
        raise ValueError("the end of a line parts rows, not fields")
    return value


_Encoding = Annotated[str, AfterValidator(_codec)]
_Delimiter = Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_delimiter)]


class Match(_Strict):
    """Look a value up in another file: ``key`` there equals ``by`` here, and ``value`` is taken."""

    file: str
    key: str
    value: str
    by: str
    skip: int = Field(default=0, ge=0)
    comment: str | None = Field(default=None, min_length=1)
    delimiter: _Delimiter | None = None
    encoding: _Encoding | None = None
    sheet: str | int | None = None
    member: str | None = None


def _forms(value: object) -> object:
    """Take R's short forms of dates, too."""
    short = {"%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%e": "%-d", "%T": "%H:%M:%S"}
    forms = _several(value)
    if not isinstance(forms, list):
        return forms
    checked = []
    for form in forms:
        for letter, whole in short.items():
            form = form.replace(letter, whole) if isinstance(form, str) else form
        checked.append(form)
    return checked


def _texts(value: object) -> object:
    """Take ``where = {year = 1992}`` and ``{listed = [true]}`` as texts, as a file has them."""
    values = value if isinstance(value, list) else [value]
    return [str(text).lower() if isinstance(text, bool) else str(text) for text in values]


class Entry(_Strict):
    """One ``[tables.NAME]``, or one of several ``[[tables.NAME]]``."""

    file: str
    columns: dict[str, str] = Field(default_factory=dict)
    where: dict[str, Annotated[list[str], BeforeValidator(_texts)]] = Field(default_factory=dict)
    where_not: dict[str, Annotated[list[str], BeforeValidator(_texts)]] = Field(
        default_factory=dict
    )
    constants: dict[str, StrictStr | StrictInt | StrictFloat] = Field(default_factory=dict)
    match: dict[str, Match] = Field(default_factory=dict)
    wide: Wide | None = None
    negative: Literal["refuse", "keep", "net"] | None = None
    unmatched: Literal["reject", "keep", "drop"] = "reject"
    repeat: Literal["add", "first", "refuse"] | None = None
    missing: list[str] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Annotated[list[Literal[",", ".", " ", "'", "’"]], BeforeValidator(_several)] = Field(
        default_factory=list
    )
    flags: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)
    format: Annotated[list[str], BeforeValidator(_forms)] = Field(default_factory=list)
    fiscal: Fiscal | None = None
    clean: dict[str, Clean] = Field(default_factory=dict)
    classification: str | None = None
    from_classification: str | None = None
    to_classification: str | None = None
    delimiter: _Delimiter | None = None
    encoding: _Encoding = "utf-8"
    quote: Annotated[str, Field(max_length=1), AfterValidator(_sign)] = '"'
    escape: Annotated[str | None, Field(min_length=1, max_length=1), AfterValidator(_sign)] = None
    line_breaks: bool = False
    short_rows: Literal["refuse", "fill"] = "refuse"
    skip: int = Field(default=0, ge=0)
    comment: str | None = Field(default=None, min_length=1)
    header: bool = True
    names: list[str] = Field(default_factory=list)
    units_row: bool = False
    partitions: list[str] = Field(default_factory=list)
    type: Literal["csv", "parquet", "stata", "sheet"] | None = None
    member: str | None = None
    sheet: StrictStr | StrictInt | None = None
    range: str | None = None
    header_rows: int = Field(default=1, ge=1)
    label_columns: int = Field(default=1, ge=1)
    row_labels: str | None = None
    beside: list[str] = Field(default_factory=list)
    fill_down: list[str] = Field(default_factory=list)
    labels: Literal["labels", "codes"] = "labels"
    printed: dict[str, Annotated[list[str], BeforeValidator(_texts)]] = Field(default_factory=dict)


class StudyFile(_Strict):
    """The whole file."""

    study: About
    tables: dict[str, Annotated[list[Entry], BeforeValidator(_several)]]
    years: Years = Years()
    options: Options = Options()
    outputs: Outputs = Outputs()
    make_use: MakeUse | None = None
    graph: Graph = Graph()


def explain(error: ValidationError, more: Mapping[str, type[BaseModel]] | None = None) -> str:
    """Turn the first pydantic errors into sentences with the key's path and the nearest name."""
    sentences = []
    for detail in error.errors()[:5]:
        place = [str(part) for part in detail["loc"]]
        key = ".".join(part for part in place if not part.isdigit())
        if detail["type"] == "extra_forbidden":
            hint = nearest(place[-1], _fields_at(place[:-1], more or {}))
            sentences.append(f"unknown key '{key}'. {hint}")
        elif detail["type"] == "missing" and isinstance(detail["loc"][-1], int):
            sentences.append(f"key '{key}' = {brief(detail['input'])}: a value is missing.")
        elif detail["type"] == "missing":
            sentences.append(f"key '{key}' is missing.")
        elif place[-1] in _ONE_OF:  # a constant may be any of them, and each has its own error
            key = key.removesuffix(f".{place[-1]}")
            value = brief(detail["input"])
            sentences.append(f"key '{key}' = {value}: a text or a number is needed; {_QUOTED}.")
        elif place[0] == "tables" and place[-1] == "file" and isinstance(detail["input"], list):
            sentences.append(
                f"key '{key}' = {brief(detail['input'])}: one name is needed. Several files are a "
                f'pattern ("cit_*.csv"), or entries of their own, each under [[tables.{place[1]}]].'
            )
        else:
            sentences.append(f"key '{key}' = {what_is_wrong(detail, _fields_of(place))}")
    return " ".join(dict.fromkeys(sentences))


#: How the library calls what a constant may be.
_ONE_OF = ("str", "int", "float")
_QUOTED = "dates and words are texts, in quotes"


def _fields_of(place: list[str]) -> list[str]:
    """Return the keys of the section that belongs to a place; none where any key may be."""
    parts = [part for part in place if not part.isdigit()]
    named: dict[str, type[BaseModel]] = {
        "wide": Wide,
        "fiscal": Fiscal,
        "make_use": MakeUse,
        "study": About,
        "years": Years,
    }
    model = named.get(parts[-1])
    if model is None and len(parts) > 1 and parts[-2] in {"match", "clean"}:
        model = Match if parts[-2] == "match" else Clean
    return list(model.model_fields) if model else []


def _fields_at(place: list[str], more: Mapping[str, type[BaseModel]]) -> list[str]:
    """Return the valid keys at a place of the file."""
    parts = [part for part in place if not part.isdigit()]
    if not parts:
        return [*StudyFile.model_fields, *more]
    if parts[0] == "tables":
        inner: dict[str, type[BaseModel]] = {
            "wide": Wide,
            "match": Match,
            "clean": Clean,
            "fiscal": Fiscal,
        }
        model = inner.get(parts[2], Entry) if len(parts) > 2 else Entry
        return list(model.model_fields)
    sections: dict[str, type[BaseModel]] = {
        "study": About,
        "years": Years,
        "options": Options,
        "outputs": Outputs,
        "make_use": MakeUse,
        "graph": Graph,
        **more,
    }
    return list(sections[parts[0]].model_fields)
