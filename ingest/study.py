"""The study file: what is read, how its columns are called, and what comes out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from ..core.errors import StudyError
from .contract import LIST, TABLES, Table, flow_tables
from .idle_keys import require_final, require_options
from .remote.address import require_no_secrets
from .remote.copies import Objects, Progress
from .study_model import About, Graph, MakeUse, Options, Outputs, StudyFile, Years, explain
from .table_source import TableSource, table_source

__all__ = ["Study", "TableSource", "load_study", "summary", "wrap_sections"]


@dataclass(frozen=True, slots=True)
class Study:
    """A study file that was read and checked; no table has been opened yet."""

    path: Path
    about: About
    years: Years
    options: Options
    outputs: Outputs
    make_use: MakeUse | None
    sources: tuple[TableSource, ...]
    sections: Mapping[str, BaseModel] = field(default_factory=dict)
    graph: Graph = Graph()  # noqa: RUF009 - it is frozen

    def of(self, name: str) -> list[TableSource]:
        """Return the entries of one table."""
        return [source for source in self.sources if source.table.name == name]

    def has(self, name: str) -> bool:
        """Return whether the study gives this table."""
        return bool(self.of(name))

    @property
    def tables(self) -> list[Table]:
        """Declarations of the tables that the study gives."""
        return [table for table in TABLES if self.has(table.name)]

    @property
    def loads(self) -> set[str]:
        """Kinds of nodes and edges that its tables put into the graph."""
        return {kind for table in self.tables for kind in table.loads}

    @property
    def keeps_firms(self) -> bool:
        """Whether the graph gets firms, patents, and what is between them."""
        return self.graph.keep == "firms"

    @property
    def listed(self) -> set[str]:
        """Classifications of which a list names the industries."""
        return {source.tags[0] for source in self.of(LIST)}

    def files(self) -> dict[str, Path]:
        """Return every input file once, by its name in the study file."""
        files: dict[str, Path] = {}
        for source in self.sources:
            for name, path in (*source.files, *source.lookups.values()):
                # Two defaults of one variable can show two files under one name.
                label = name if files.get(name, path) == path else f"{name} ({len(files)})"
                files[label] = path
        return files

    @property
    def fine_of_firms(self) -> str:
        """The classification of the firms' industries."""
        return self.of("firms")[0].tags[0]

    @property
    def has_shares(self) -> bool:
        """Whether an end of a flow may belong to several firms or industries, or to others later.

        Owners of firms alone do not count: flows between firms go to the owners as they are loaded.
        """
        return "BELONGS_TO" in self.loads or {"HOLDS", "Patent"} <= self.loads

    @property
    def citations_from(self) -> str | None:
        """The one table that citations come from, if any."""
        return next((name for name in flow_tables("citations") if self.has(name)), None)

    @property
    def trade_from(self) -> str | None:
        """The table that S is made from, if any."""
        links: str | None = None
        flows: str | None = None
        for origin, declared in flow_tables("trade").items():
            if not self.has(declared.name):
                continue
            if declared.between:
                links = links or origin
            else:
                flows = flows or origin
        return links if links and (not flows or self.options.production == links) else flows

    @property
    def has_flows(self) -> bool:
        """Whether there are citations or deliveries: without them there is no network."""
        return self.citations_from is not None or self.trade_from is not None

    @property
    def output_in(self) -> str | None:
        """The classification of gross output, where it is given for itself."""
        output = self.of("io_output")
        return output[0].tags[0] if output else None

    @property
    def output_of_flows(self) -> bool:
        """Whether gross output is in the codes of the flows between industries."""
        flows = self.of("io_flows")
        return bool(flows) and self.output_in == flows[0].tags[0]


def _unseen() -> AbstractContextManager[Progress]:
    """Show nothing while objects are brought."""
    return nullcontext(lambda what, share: None)


def load_study(
    path: Path,
    sections: Mapping[str, type[BaseModel]] | None = None,
    fetching: Callable[[], AbstractContextManager[Progress]] = _unseen,
) -> Study:
    """Read a study file and find its files, those at addresses as copies on disk.

    Parameters
    ----------
    path : Path
        The TOML file. File names in it are relative to its folder; ``${VAR}`` and
        ``${VAR:-default}`` take values from the environment, and ``*`` matches several files.
    sections : mapping of str to type of pydantic.BaseModel, optional
        What the file may hold beside the sections of every study, e.g. options of capabilities.
    fetching : callable, optional
        Begins to show how objects are brought, where there is one that has no copy yet: when all
        else that the file says is known to be right.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        If the file cannot be read, a key is unknown, a value is not allowed, or a file is
        missing. The message names the key, the file and the nearest valid name.
    InputError
        If an object cannot be brought.
    """
    raw, objects = _toml(path), Objects(path.parent)
    try:
        require_no_secrets(raw)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from None
    try:
        own = {
            name: model.model_validate({name: raw.pop(name)})
            for name, model in wrap_sections(sections or {}).items()
            if name in raw
        }
        parsed = StudyFile.model_validate(raw)
    except ValidationError as error:
        raise StudyError(f"{path}: {explain(error, sections)}") from None
    try:
        sources = tuple(
            table_source(
                *(path.parent, name, entry, number if len(entries) > 1 else None),
                *(parsed.years, objects),
            )
            for name, entries in parsed.tables.items()
            for number, entry in enumerate(entries, start=1)
        )
        study = Study(
            path,
            parsed.study,
            parsed.years,
            parsed.options,
            parsed.outputs,
            parsed.make_use,
            sources,
            {name: getattr(model, name) for name, model in own.items()},
            parsed.graph,
        )
        _coherent(study)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from None
    if objects.lacking:
        with fetching() as progress:
            objects.bring(progress)
    return study


def _toml(path: Path) -> dict[str, Any]:
    try:
        # Windows' editor puts a byte order mark in front
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudyError(
            f"there is no study file {path}; 'spillgraph init' writes one to start from."
        ) from None
    except UnicodeDecodeError as error:
        raise StudyError(
            f"study file {path} is not UTF-8 (byte {error.start + 1}); save it as UTF-8."
        ) from None
    except OSError as error:
        raise StudyError(f"study file {path} cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{path}: this is not TOML: {error}") from None


def wrap_sections(sections: Mapping[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Return models that hold a section each, so that errors name its keys as they are written.

    Parameters
    ----------
    sections : mapping of str to type of pydantic.BaseModel
        By the name of the section.
    """
    models: dict[str, type[BaseModel]] = {}
    for name, model in sections.items():
        fields: dict[str, Any] = {name: (model, ...)}
        models[name] = create_model(name, **fields)
    return models


def _coherent(study: Study) -> None:
    """Refuse a study whose parts do not fit together."""
    tables = study.tables
    citations = [table.name for table in tables if table.network == "citations"]
    if len(citations) > 1:
        raise StudyError(
            f"citations come from one table, but {' and '.join(citations)} are given; keep one."
        )
    for table in tables:
        for needed in table.requires:
            if not study.has(needed):
                raise StudyError(f"[tables.{table.name}] needs [tables.{needed}]; add it.")
    _coherent_production(study)
    _coherent_industries(study)
    if not study.has_flows and not any(table.alone for table in tables):
        raise StudyError(
            f"there is nothing to compute: give citations, trade, or both.{_sites_of(study)}"
        )
    _coherent_options(study)
    if study.years.first > study.years.last:
        raise StudyError("key 'years': first is later than last.")
    outside = [y for y in study.years.report if not study.years.first <= y <= study.years.last]
    if outside:
        raise StudyError(f"key 'years.report': {outside[0]} lies outside first..last.")
    for table in tables:
        _coherent_entries(study, table)
    _reaches_target(study)


def _sites_of(study: Study) -> str:
    """Say how firms are a study by themselves, as the sites that they are: nothing without any."""
    if not study.has("firms"):
        return ""
    own = study.of("firms")[0].entry.columns
    columns = (("establishment", own.get("id") or "id"), ("employment", own.get("size") or "size"))
    named = ", ".join(f"{name} = {json.dumps(column)}" for name, column in columns)
    return (
        " Firms with places are sites: call their table [tables.establishments], with "
        f"columns = {{ {named} }}, and ask spillgraph coagglomeration."
    )


def _coherent_entries(study: Study, declared: Table) -> None:
    """Refuse entries of one table that contradict each other."""
    sources, key = study.of(declared.name), f"[[tables.{declared.name}]]"
    if len({source.entry.repeat for source in sources}) > 1:
        raise StudyError(f"{key}: say the same 'repeat' in all entries.")
    classifications = sorted({source.tags for source in sources})
    if len(classifications) > 1 and not declared.lists:
        listed = ", ".join(tags[0] for tags in classifications)
        raise StudyError(
            f"{key}: all entries need one classification, not {listed}; carry the others over "
            "first."
        )


def _coherent_options(study: Study) -> None:
    """Refuse options that have no meaning for the study's tables or each other."""
    options = study.options
    require_options(options, (source.table.name for source in study.sources))
    if options.citation_weight == "fractional" and not study.has("patent_citations"):
        raise StudyError(
            "key 'options.citation_weight': only [tables.patent_citations] says how many patents a "
            "patent cites; take it out, or give counts that are weighted already."
        )
    if options.lag is not None:
        if not study.has("patent_citations"):
            raise StudyError(
                "key 'options.lag': only [tables.patent_citations] has the years of both patents; "
                "take it out, or choose the citations before."
            )
        if options.lag[0] > options.lag[1]:
            raise StudyError("key 'options.lag': the first number is above the second.")
    if (options.normalisation == "offdiag") != (options.rho is not None):
        raise StudyError(
            "key 'options.rho': normalisation = \"offdiag\" and a factor rho below 1 belong "
            "together; without it I − W has no inverse."
        )


def _coherent_industries(study: Study) -> None:
    """Refuse industries by share in another classification than that of the firms."""
    for source in study.of("firm_industries"):
        if source.tags[0] != study.fine_of_firms:
            raise StudyError(
                "[tables.firm_industries] and [tables.firms] need one classification, not "
                f"{source.tags[0]!r} and {study.fine_of_firms!r}."
            )


def _coherent_production(study: Study) -> None:
    """Refuse inputs of S that contradict or miss each other."""
    if study.has("make") != (study.make_use is not None):
        raise StudyError(
            "[tables.make], [tables.use] and [make_use] belong together: give all three or none."
        )
    if study.make_use is not None:
        require_final(study.make_use)
    if study.has("make") and study.has("io_flows"):
        raise StudyError("give either [tables.io_flows] or make and use tables, not both.")
    if study.has("make") and study.has("io_output"):
        raise StudyError("gross output follows from the make table: take [tables.io_output] out.")
    if study.trade_from == "trade_links" and study.output_in is None:
        raise StudyError("S from [tables.trade_links] needs gross output: add [tables.io_output].")


def _reaches_target(study: Study) -> None:
    """Every classification with flows needs a way to the target."""
    maps = {source.tags for source in study.of("concordance")}
    for source in study.sources:
        if source.table.lists or not (
            source.table.counts or source.table.levels or source.table.alone
        ):
            continue
        for tag in source.tags:
            if tag != study.about.target and source.table.levels:
                raise StudyError(
                    f"[tables.{source.table.name}] is in classification {tag!r}, not in the target "
                    f"{study.about.target!r}, and no concordance can split or add up levels."
                )
            if tag != study.about.target and (tag, study.about.target) not in maps:
                raise StudyError(
                    f"[tables.{source.table.name}] is in classification {tag!r}, the target is "
                    f"{study.about.target!r}: add a [[tables.concordance]] from one to the other."
                )


def summary(study: Study) -> Mapping[str, Any]:
    """Return the study's choices as plain data, for run.json."""
    return {
        "target": study.about.target,
        "count": study.about.count,
        "money": study.about.money,
        "synthetic": study.about.synthetic,
        "years": study.years.model_dump(),
        **study.options.model_dump(),
        "formats": list(study.outputs.formats),
        "citations_from": study.citations_from,
        "trade_from": study.trade_from,
        "make_use": study.make_use.described() if study.make_use else None,
        "graph": study.graph.keep,
        # in brackets, for accounts is an option of every study, too
        **{f"[{name}]": options.model_dump() for name, options in study.sections.items()},
    }
