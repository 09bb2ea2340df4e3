"""The first load of a large graph: files for Neo4j's own offline import, and how to use them."""

from __future__ import annotations

import importlib.metadata
import json
import re
import shlex
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ..core.errors import InputError, StudyError
from ..graph.bulk_files import BulkFile, BulkFiles
from ..graph.namespace import Namespace
from ..ingest.economy import Economy
from ..ingest.load import load_items
from ..ingest.plan import plan, register
from ..ingest.stage import Progress, Staged
from ..ingest.study import Study
from .attached import attach_tables
from .identity import fingerprint, hash_inputs
from .new_folder import disk_of, new_folder
from .pipeline import check_tables
from .steps import Steps

__all__ = ["WARNING", "Export", "bulk_export", "how_to"]

#: Says that a folder is an export, and which files in it are: others are never removed.
MARKER = "export.json"
_MADE_BY = "spillgraph bulk-export"
#: What the import itself may leave in the folder.
_LEFT_BY_IMPORT = "import.report"
#: What the server takes as a name.
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9.-]{2,62}")


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported.

    Parameters
    ----------
    staged : dict of str to Staged
        What became of each input table.
    economy : Economy
        With the notes of the concordances.
    files : list of BulkFile
        Kinds of nodes and edges, with their rows and sums.
    command : list of str
        The import, word by word; file names are those in the folder.
    """

    staged: dict[str, Staged]
    economy: Economy
    files: list[BulkFile]
    command: list[str]

    @property
    def database(self) -> str:
        """Database that the import replaces."""
        return self.command[4]


def bulk_export(study: Study, folder: Path, steps: Steps, *, database: str = "neo4j") -> Export:
    """Write a study's graph as files for ``neo4j-admin database import full``.

    Parameters
    ----------
    study : Study
        The study.
    folder : Path
        Where to: a new folder, or an earlier export, which is replaced. It appears whole or not
        at all.
    steps : Steps
        Shows progress.
    database : str
        Database that the import replaces.

    Returns
    -------
    Export

    Raises
    ------
    InputError
        If the input cannot be used, or the folder holds what no export has written.
    StoreError
        If the disk is full.
    """
    if not _DATABASE.fullmatch(database) or database.lower() == "system":
        raise InputError(
            f"--database {database!r} is not a valid name of a database: 3 to 63 letters, digits, "
            "dots and dashes are needed, a letter first, and not 'system'."
        )
    if not study.has_flows:
        raise StudyError(
            f"{study.path}: there is nothing to export: a graph needs citations or deliveries, and "
            "the study has none."
        )
    if study.graph.keep == "nothing":
        raise InputError(
            f'{study.path}: [graph] keep = "nothing": no graph is wanted, and an export is one; '
            'say keep = "firms", or keep = "industries" for these alone.'
        )
    read = [study.path, *study.files().values()]
    busy = f"another export to {folder} is at work; wait until it ends, or name another folder."
    with new_folder(folder, "export", busy, lambda: _require_ours(folder, read)) as (fresh, work):
        with steps.step("hash") as progress:
            inputs = hash_inputs(study, progress)
        with steps.step("check") as progress, duckdb.connect() as con:
            staged, economy = check_tables(con, study, work, fresh / "rejects", progress)
        mark = fingerprint(study, inputs)
        with steps.step("export") as progress, disk_of(folder):
            bulk = _write(study, staged, economy, mark, fresh, work, progress)
            command = ["neo4j-admin", "database", "import", "full", database, *bulk.options()]
            _explain(fresh, study, bulk.files, command, mark)
    return Export(staged, economy, bulk.files, command)


def _write(
    study: Study,
    staged: dict[str, Staged],
    economy: Economy,
    mark: str,
    fresh: Path,
    work: Path,
    progress: Progress,
) -> BulkFiles:
    namespace = Namespace(study.graph.namespace or "")
    with attach_tables(staged, work) as con, BulkFiles(fresh, namespace) as bulk:
        register(con, study, economy.industries, economy.maps)
        load_items(con, plan(study), mark, bulk.load, progress)
        bulk.finish()
    return bulk


# -- the folder ----------------------------------------------------------------------------------


def _require_ours(folder: Path, inputs: list[Path]) -> None:
    """Refuse a folder in which something would be lost."""
    place = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a folder.")
    for path in inputs:
        if path.resolve().is_relative_to(place):
            raise InputError(f"{folder} holds the input {path}; name another folder.")
    if Path.cwd().is_relative_to(place):
        raise InputError(f"{folder} is where you are, and would be replaced; name another folder.")
    if not folder.exists():
        return
    ours = _files_of_export(folder)
    # Without our marker the first thing there is enough: it may be the root of a disk.
    there = place.rglob("*") if ours else place.iterdir()
    for path in there:
        name = path.relative_to(place).as_posix()
        if name not in ours and not (ours and path.is_dir() and not path.is_symlink()):
            raise InputError(
                f"{folder} holds {name}, which no export has written; name another folder."
            )


def _files_of_export(folder: Path) -> set[str]:
    """Return the files of an earlier export, by its own word; none if there is no export."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        about = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        if about["made by"] == _MADE_BY:
            return {*about["files"], MARKER, _LEFT_BY_IMPORT}
    return set()


# -- what explains the files -----------------------------------------------------------------------

WARNING = """\
The import REPLACES the whole database, other people's nodes included: on Neo4j Community an
offline import cannot add to a database. Take it for a database of its own, or for the first load.
"""


def _explain(
    fresh: Path, study: Study, files: list[BulkFile], command: list[str], mark: str
) -> None:
    """Write the script, the explanation and, last of all, the marker."""
    script = fresh / "import.sh"
    script.write_text(_script(command), encoding="utf-8")
    script.chmod(script.stat().st_mode | 0o111)
    synthetic = "SYNTHETIC data: it describes no real economy.\n" if study.about.synthetic else ""
    counts = "".join(f"  {file.name}: {file.rows:,}\n" for file in files)
    steps = how_to("/PATH/OF/THIS/FOLDER", study.path, command[4])
    (fresh / "README.txt").write_text(
        f"The graph of the study {study.about.name!r}, for Neo4j's offline import.\n"
        f"{synthetic}{_namespace(study)}\n{WARNING}\n{steps}\n"
        "Rows by kind; KIND.header.csv names the columns of KIND.csv:\n\n"
        f"{counts}\n"
        "Refused rows of the input, with reasons: rejects/\n",
        encoding="utf-8",
    )
    about = {
        "made by": _MADE_BY,
        "study": study.about.name,
        "namespace": study.graph.namespace,
        "version": importlib.metadata.version("spillgraph"),
        "fingerprint": mark,
        "rows": {file.name: file.rows for file in files},
        "command": command,
        "files": sorted(
            path.relative_to(fresh).as_posix() for path in fresh.rglob("*") if path.is_file()
        ),
    }
    text = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (fresh / MARKER).write_text(text, encoding="utf-8")


def _namespace(study: Study) -> str:
    """Say how labels and types are called in the database, where the study has a namespace."""
    name = study.graph.namespace
    return f"Its namespace is {name}: labels and types begin with {name}_.\n" if name else ""


def _script(command: list[str]) -> str:
    program, *words = command
    options = "".join(f" \\\n  {shlex.quote(word)}" for word in words[4:])
    warning = "".join(f"# {line}\n" for line in WARNING.splitlines())
    return (
        "#!/bin/sh\n"
        f"# Made by '{_MADE_BY}'. What to do before and after is in README.txt.\n"
        f"#\n{warning}#\n"
        "# The server must not run. Further options go to neo4j-admin, e.g. --verbose.\n"
        "# NEO4J_ADMIN names the program where it is not on the PATH.\n"
        "set -eu\n"
        'cd "$(dirname "$0")"\n'
        f'exec "${{NEO4J_ADMIN:-{program}}}" {shlex.join(words[:4])}{options} \\\n  "$@"\n'
    )


def how_to(folder: str, study: Path, database: str) -> str:
    """Return the steps around the import, as for a terminal.

    Parameters
    ----------
    folder : str
        Whole path of the export.
    study : Path
        The study file.
    database : str
        Database that is replaced.
    """
    own = "" if database == "neo4j" else f"/{database}"
    default = (
        f"The server must serve it: initial.dbms.default_database={database}\n\n" if own else ""
    )
    return (
        f"{default}"
        "With docker-compose.yml, from its folder; the container's user must be able to read the "
        "files:\n\n"
        "  docker compose stop\n"
        f"  NEO4J_IMPORT={shlex.quote(folder)} docker compose run --rm neo4j "
        "sh /import/import.sh\n"
        "  docker compose up --detach --wait\n\n"
        "With a server of your own, as the user that it runs as:\n\n"
        "  neo4j stop\n"
        f"  sh {shlex.quote(f'{folder}/import.sh')}\n"
        "  neo4j start\n\n"
        "If the import fails, add --verbose behind import.sh: it names the row.\n\n"
        "Then, with the same study and the same input files, verify the graph by count and sum and "
        "go on:\n\n"
        f"  spillgraph run {shlex.quote(str(study))} --out RESULTS "
        f"--store neo4j://HOST{own}\n"
    )
