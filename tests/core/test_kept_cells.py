"""Finished cells are taken again, and none but those of the same question."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cells import closed, drawn
from spillgraph.cli.trouble import disk_trouble
from spillgraph.core import kept_cells, write_whole
from spillgraph.core.errors import (
    ClosedClassError,
    ConcordanceError,
    EngineError,
    QueryError,
    StoreLockedError,
    StudyError,
)
from spillgraph.core.kept_cells import Cells
from spillgraph.core.map_cells import Counts, LostCellError, map_cells, processes
from spillgraph.core.shared import Shared, pickled
from spillgraph.core.versions import versions

HELPERS = Path(__file__).parents[1] / "helpers"
#: Computes 40 cells and is killed by itself after the twelfth.
KILLED = f"""
import os, signal, sys
sys.path.insert(0, {str(HELPERS)!r})
from pathlib import Path
from cells import closed, drawn
from spillgraph.core.engines import open_engine
from spillgraph.core.kept_cells import Cells
from spillgraph.core.map_cells import map_cells
if __name__ == "__main__":
    engine, folder = sys.argv[1:]
    keep = Cells(Path(folder), "study")
    for number, _ in enumerate(map_cells(drawn, range(40), open_engine(engine), keep=keep), 1):
        if number == 12:
            os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("engine", ["local", "processes:2"])
def test_who_is_killed_goes_on_to_the_same_digits(engine: str, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    folder = tmp_path / "cells"
    ended = subprocess.run([sys.executable, script, engine, folder], timeout=60)
    assert ended.returncode == -signal.SIGKILL
    counts: list[Counts] = []
    keep = Cells(folder, "study")
    found = dict(map_cells(drawn, range(40), keep=keep, tell=counts.append))
    assert found == dict(map_cells(drawn, range(40)))
    assert counts[0] == Counts(40, done=12, before=12)
    assert str(counts[0]) == "12 of 40 cells done, 12 of them before, 28 left"
    assert counts[-1] == Counts(40, done=40, before=12)


def other(key: int) -> float:
    return -drawn(key)


def test_cells_of_other_inputs_functions_jobs_and_versions_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Cells(tmp_path, "study")
    assert dict(map_cells(drawn, [1], keep=keep)) == {1: drawn(1)}

    def before(compute: Any, job: int, cells: Cells) -> int:
        counts: list[Counts] = []
        list(map_cells(compute, [job], keep=cells, tell=counts.append))
        return counts[-1].before

    assert before(drawn, 1, keep) == 1
    assert before(drawn, 2, keep) == 0
    assert before(other, 1, keep) == 0
    assert before(drawn, 1, Cells(tmp_path, "other study")) == 0
    there = versions() | {"numpy": "1.0"}
    monkeypatch.setattr(kept_cells, "versions", lambda: there)
    assert before(drawn, 1, keep) == 0


@pytest.mark.parametrize("harm", ["cut", "empty", "turned", "exchanged", "gone class"])
def test_a_damaged_cell_is_computed_again(harm: str, tmp_path: Path) -> None:
    keep = Cells(tmp_path, "study")
    list(map_cells(drawn, range(3), keep=keep))
    first, second = (tmp_path / keep.key(drawn, key) for key in (0, 1))
    content = first.read_bytes()
    if harm == "exchanged":
        first.write_bytes(second.read_bytes())
    elif harm == "gone class":
        gone = b"cspillgraph.core.errors\nNoSuchError\n."
        first.write_bytes(kept_cells._digest(first.name, gone) + gone)
    else:
        changed = content[:-1] + bytes([content[-1] ^ 1])
        first.write_bytes({"cut": content[:40], "empty": b"", "turned": changed}[harm])
    counts: list[Counts] = []
    found = dict(map_cells(drawn, range(3), keep=keep, tell=counts.append))
    assert found == dict(map_cells(drawn, range(3)))
    assert counts[-1] == Counts(3, done=3, before=2)
    assert first.read_bytes() == content


def test_a_full_disk_stops_and_leaves_what_was_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Cells(tmp_path, "study")
    list(map_cells(drawn, [0], keep=keep))
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        whole(path, content[:7])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(write_whole.Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left") as told:
            list(map_cells(drawn, [0, 1], keep=keep))
    assert disk_trouble(told.value) == (
        f"the disk is full: {tmp_path / keep.key(drawn, 1)} could not be written. Free some space, "
        "or name a place on another disk, and run the same command again."
    )
    assert [path.name for path in tmp_path.iterdir()] == [keep.key(drawn, 0)]


def test_a_key_depends_on_what_a_job_holds_alone() -> None:
    def job(text: str, shared: Shared[Any]) -> Any:
        labels = np.array([text, "".join(text)], dtype=object)
        return (text, labels, {"seed": [1, 2]}, np.arange(3.0), shared)

    value = Shared({"K": np.eye(2)})
    one, same = pickled(job("ab", value)), pickled(job("".join(["a", "b"]), value))
    assert one == same
    assert pickled(job("ab", Shared({"K": 2 * np.eye(2)}))) != one


def test_a_key_is_the_same_in_another_process() -> None:
    """Sets have another order there, as texts have other hashes."""
    script = (
        "from spillgraph.core.shared import Shared, pickled\n"
        "job = (set(map(str, range(30))), Shared({'of': frozenset('abcdefgh')}))\n"
        "print(hash('a'), pickled(job).hex())"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in ("1", "2")
    ]
    assert said[0][0] != said[1][0] and said[0][1] == said[1][1]


def test_what_is_shared_is_read_once_and_no_other(tmp_path: Path) -> None:
    shared = Shared(np.arange(4.0), tmp_path)
    there = pickle.loads(pickle.dumps(shared))
    assert (there.value == shared.value).all() and there.value is there.value
    assert pickled(there) == pickled(Shared(np.arange(4.0))), "where it lies is no part of a key"
    other = Shared(np.arange(5.0), tmp_path)
    assert other.path is not None
    other.path.write_bytes(b"torn")
    with pytest.raises(EngineError, match="is damaged; run again"):
        _ = pickle.loads(pickle.dumps(other)).value
    other.path.unlink()
    with pytest.raises(EngineError, match="cannot be read by a worker: No such file"):
        _ = pickle.loads(pickle.dumps(other)).value


@pytest.mark.parametrize(
    "error",
    [
        ClosedClassError("closed", [["a", "b"]]),
        *(kind("said") for kind in (StudyError, ConcordanceError, QueryError, EngineError)),
        StoreLockedError("said"),
        LostCellError("said"),
    ],
)
def test_errors_come_out_of_a_worker_as_they_are(error: Exception) -> None:
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is type(error) and str(there) == str(error)
    assert getattr(there, "classes", None) == getattr(error, "classes", None)


def test_an_error_of_a_cell_is_raised_from_any_worker() -> None:
    with pytest.raises(ClosedClassError, match="closed") as raised:
        list(map_cells(closed, [[["a"]]], processes(1)))
    assert raised.value.classes == [["a"]]
