"""Hold what is loaded of a study in another look against what is loaded of the plain one."""

from __future__ import annotations

import contextlib
import io
import math
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from spillgraph.cli.main import _exit_code
from spillgraph.core.errors import SpillgraphError
from spillgraph.ingest.stage import Staged, stage
from spillgraph.ingest.study import load_study

from ..helpers.staging import connect
from .files import write
from .looks import dress, enlarge, say, write_looks
from .studies import make_study

__all__ = ["try_look"]

Outcome = tuple[str, list[str], list[str]]
Values = dict[str, list[dict[str, Any]]]


def try_look(seed: int, number: int, folder: Path) -> Outcome:
    """Write a study in another look, and compare what is loaded.

    In half of them, one key that the look needs is left out. Names of firms and industries are for
    reading only, and nothing refers to an establishment: they are not compared then.

    Returns
    -------
    str, list of str, list of str
        ``equal``, ``refused``, ``told`` or ``silent``; what was done; what is wrong, if anything.
    """
    random_ = random.Random(f"look/{seed}/{number}")
    draft = make_study(random_)
    enlarge(draft)
    (folder / "plain").mkdir(parents=True)
    (folder / "look").mkdir()
    plain, before = _load(write(draft, folder / "plain"))
    looks = dress(draft, random_)
    keys = [(name, key) for name, look in looks.items() for key in look.keys]
    left_out = random_.choice(keys) if keys and random_.random() < 0.5 else None
    if left_out:
        looks[left_out[0]].keys.pop(left_out[1])
        draft.done.append(f"{left_out[0]}: without {left_out[1]}")
    say(draft, looks)
    path = write_looks(draft, looks, folder / "look")
    try:
        values, staged = _load(path)
    except SpillgraphError as error:
        wrong = [] if left_out else [f"refused, though every key is given: {error}"]
        return "refused", draft.done, wrong
    different = _different(plain, values, {"name", "establishment"} if left_out else set())
    if not different:
        more = [name for name in staged if staged[name].rejected > before[name].rejected]
        wrong = [f"rows of {more} are refused, though every key is given"]
        return "equal", draft.done, wrong if more and not left_out else []
    if left_out and (any(map(_tells, staged.values())) or _told(path)):
        return "told", draft.done, []
    return "silent", draft.done, [f"other values, without a word: {different}"]


def _load(path: Path) -> tuple[Values, dict[str, Staged]]:
    with connect() as con:
        staged = stage(con, load_study(path), path.parent / "tables", path.parent / "rejects")
        values = {
            name: sorted(pq.read_table(table.path).to_pylist(), key=repr)
            for name, table in staged.items()
        }
    return values, staged


def _tells(table: Staged) -> bool:
    """Whether the reader sees that not all of a table was used as it is."""
    return bool(table.rejected or table.lost or table.unmatched or table.warnings)


def _told(path: Path) -> bool:
    """Whether ``check``, which looks at tables side by side, refuses or warns."""
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        code = _exit_code(["check", str(path), "-q"], debug=False)
    return code == 2 or "Warning: " in screen.getvalue()


def _different(plain: Values, values: Values, but: set[str]) -> str:
    for name, rows in plain.items():
        if len(rows) != len(values[name]):
            return f"{name} has {len(values[name])} rows for {len(rows)}"
        for one, other in zip(rows, values[name], strict=True):
            if not all(_same(one[each], other[each]) for each in one.keys() - but):
                return f"{name} has {other} for {one}"
    return ""


def _same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other
