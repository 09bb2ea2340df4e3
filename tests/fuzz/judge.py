"""Run a mutant and say what is wrong with the outcome: numbers that agree, or one paragraph."""

from __future__ import annotations

import contextlib
import io
import json
import math
import re
import tomllib
import warnings
from pathlib import Path
from typing import Any

from spillgraph.cli.main import _exit_code

from .mutant import Mutant

__all__ = ["Outcome", "judge"]

#: A paragraph longer than this is no message.
LONGEST = 1_500
#: Signs that have no place in words for a reader.
STRANGE = re.compile(r"Traceback|was not expected|please report|<class '|\bpydantic\b|\bduckdb\b")
#: Warnings that Python does not show to users.
_UNSEEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
_ROW = re.compile(r"^ (\w+) +([\d,]+) +([\d,]+) +([\d,]+) $", re.MULTILINE)

Outcome = tuple[int, list[str]]


def judge(mutant: Mutant) -> Outcome:
    """Return the exit code and all that is wrong; nothing is, where the list is empty."""
    arguments = [mutant.command, str(mutant.path), "-q"]
    out_folder = mutant.path.parent / "out"
    if mutant.command == "run":
        arguments += ["--out", str(out_folder)]
    screen, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(screen),
        contextlib.redirect_stderr(errors),
        warnings.catch_warnings(record=True) as told,
    ):
        warnings.simplefilter("always")
        code = _exit_code(arguments, debug=False)
    shown = [each for each in told if not issubclass(each.category, _UNSEEN)]
    noise = [f"a library's warning: {str(each.message)[:200]} ({each.filename})" for each in shown]
    if code == 2:
        return code, _words(errors.getvalue()) + noise
    if code != 0:
        return code, [f"exit code {code}: {errors.getvalue().strip()[:600]}"]
    wrong = [f"on stderr: {errors.getvalue()[:300]}"] if errors.getvalue() else []
    counts = {
        name: (int(a.replace(",", "")), int(b.replace(",", "")), int(c.replace(",", "")))
        for name, a, b, c in _ROW.findall(screen.getvalue())
    }
    wrong += noise + _counts(mutant.path, counts)
    if mutant.command == "run":
        wrong += _totals(json.loads((out_folder / "run.json").read_text(encoding="utf-8")))
    return code, wrong


def _words(text: str) -> list[str]:
    """Hold a message against what a message is: one paragraph of a readable length."""
    wrong = []
    if not text.startswith("Error: ") or len(text.strip()) < 20:
        wrong.append("the message does not begin with 'Error: '")
    if "\n" in text.removesuffix("\n"):
        wrong.append("the message has several lines")
    if len(text) > LONGEST:
        wrong.append(f"the message has {len(text):,} characters")
    if STRANGE.search(text):
        wrong.append("the message is of another program")
    return [f"{each}: {text.strip()[:600]}" for each in wrong]


# -- counts --------------------------------------------------------------------------------------


def _counts(path: Path, counts: dict[str, tuple[int, int, int]]) -> list[str]:
    study = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    wrong = []
    for name, said in study["tables"].items():
        given = said if isinstance(said, list) else [said]
        if name not in counts:
            wrong.append(f"table {name} is not among the counts")
            continue
        read, loaded, rejected = counts[name]
        if read != loaded + rejected:
            wrong.append(f"{name}: {read} read, {loaded} loaded, {rejected} rejected")
        known = [_lines(path.parent, each) for each in given]
        total = sum(each for each in known if each is not None)
        if None not in known and read != total:
            wrong.append(f"{name}: {read} rows read, {total} lines are in the file")
    return wrong


#: Keys that change which lines are rows.
_OTHERWISE = {
    "where", "where_not", "wide", "printed", "comment", "skip", "units_row", "header_rows",
    "header", "label_columns", "encoding", "quote", "escape", "range", "sheet", "delimiter",
}  # fmt: skip


def _lines(folder: Path, entry: dict[str, Any]) -> int | None:
    """Count the rows of plain text files on our own; None where lines are not plainly rows."""
    if _OTHERWISE & set(entry):
        return None
    name = str(entry["file"])
    files = [folder / name] if (folder / name).is_file() else list(folder.glob(name))
    rows = 0
    for file in files:
        data = file.read_bytes()
        if not data.isascii() or re.search(rb"[\"'\x00-\x08\x0b-\x0c\x0e-\x1f]|sep=", data):
            return None
        lines = [line for line in re.split(rb"\r\n|\r|\n", data) if line]
        if (
            not lines
            or not re.search(rb"[,;\t|]", lines[0])
            or any(not line.strip() for line in lines)
        ):
            return None
        rows += len(lines) - 1
    return rows if files else None


# -- totals --------------------------------------------------------------------------------------


def _totals(record: dict[str, Any]) -> list[str]:
    wrong = []
    if not record["totals_agree_to"] <= 1e-9:
        wrong.append(f"totals agree to {record['totals_agree_to']} only")
    for name, levels in record["totals"].items():
        there = levels["target"] + levels["unmapped"]
        if not math.isclose(levels["input"], there, rel_tol=1e-9, abs_tol=1e-300):
            wrong.append(f"{name}: input {levels['input']}, target and unmapped {there}")
    return wrong
