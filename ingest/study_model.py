"""The keys of a study file, their types and defaults; unknown keys are refused by name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from ..core.errors import nearest

__all__ = [
    "About",
    "Entry",
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
    accounts: Literal["stop", "warn"] = "stop"


class Outputs(_Strict):
    """``[outputs]``: file formats of the matrices; .npz is always written. Those of figures."""

    formats: list[Literal["npz", "mtx", "parquet", "csv", "graphml"]] = Field(
        default_factory=lambda: ["npz"]  # type: ignore[arg-type]
    )
    figures: list[Literal["svg", "pdf"]] = Field(
        default_factory=lambda: ["svg", "pdf"]  # type: ignore[arg-type]
    )


class MakeUse(_Strict):
    """``[make_use]``: codes with a special part in the make and use tables."""

    scrap: list[str] = Field(default_factory=list)
    value_added: list[str] = Field(default_factory=list)
    final_demand: list[str] = Field(default_factory=list)
    negative: Literal["refuse", "keep", "net"] = "keep"


class Wide(_Strict):
    """A table that is printed as a matrix: its first column holds the row labels."""

    rows: str
    columns: str
    values: str


class Match(_Strict):
    """Look a value up in another file: ``key`` there equals ``by`` here, and ``value`` is taken."""

    file: str
    key: str
    value: str
    by: str


def _texts(value: object) -> object:
    """Take ``where = {year = 1992}`` and ``{listed = [true]}`` as texts, as a file has them."""
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


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
    unmatched: Literal["reject", "keep"] = "reject"
    classification: str | None = None
    from_classification: str | None = None
    to_classification: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"


def _entries(value: object) -> object:
    return value if isinstance(value, list) else [value]


class StudyFile(_Strict):
    """The whole file."""

    study: About
    tables: dict[str, Annotated[list[Entry], BeforeValidator(_entries)]]
    years: Years = Years()
    options: Options = Options()
    outputs: Outputs = Outputs()
    make_use: MakeUse | None = None


def explain(error: ValidationError) -> str:
    """Turn the first pydantic errors into sentences with the key's path and the nearest name."""
    sentences = []
    for detail in error.errors()[:5]:
        place = [str(part) for part in detail["loc"]]
        key = ".".join(part for part in place if not part.isdigit())
        if detail["type"] == "extra_forbidden":
            hint = nearest(place[-1], _fields_at(place[:-1]))
            sentences.append(f"unknown key '{key}'. {hint}")
        elif detail["type"] == "missing":
            sentences.append(f"key '{key}' is missing.")
        else:
            sentences.append(f"key '{key}' = {detail['input']!r}: {detail['msg']}.")
    return " ".join(sentences)


def _fields_at(place: list[str]) -> list[str]:
    """Return the valid keys at a place of the file."""
    parts = [part for part in place if not part.isdigit()]
    if not parts:
        return list(StudyFile.model_fields)
    if parts[0] == "tables":
        inner: dict[str, type[BaseModel]] = {"wide": Wide, "match": Match}
        model = inner.get(parts[2], Entry) if len(parts) > 2 else Entry
        return list(model.model_fields)
    sections: dict[str, type[BaseModel]] = {
        "study": About,
        "years": Years,
        "options": Options,
        "outputs": Outputs,
        "make_use": MakeUse,
    }
    return list(sections[parts[0]].model_fields)
