"""One small run of the sample economy, with draws, on which the manual's examples are tried."""

from __future__ import annotations

import os
import shutil
from contextlib import chdir
from pathlib import Path

import portalocker
import pytest
from spillgraph.cli.main import _exit_code


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``study/`` and ``results/``, as the README's first commands leave it.

    It takes half a minute of processor, so parallel workers make it once. Each gets a copy, for
    a graph has one writer.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _make(tmp_path_factory.mktemp("manual"))
    shared = tmp_path_factory.getbasetemp().parent / "manual"
    with shared.with_suffix(".lock").open("w") as lock:
        portalocker.lock(lock, portalocker.LOCK_EX)
        if not shared.exists():
            _make(tmp_path_factory.mktemp("making")).rename(shared)
    return Path(shutil.copytree(shared, tmp_path_factory.mktemp("manual") / "copy"))


def _make(folder: Path) -> Path:
    sample = ["sample", "--firms", "300", "--citations", "6000", "--out", "study", "--quiet"]
    psi = ["psi", "study/study.toml", "--out", "results", "--draws", "59", "--quiet"]
    with chdir(folder):
        for arguments in (sample, psi):
            assert _exit_code(arguments, debug=True) == 0
    return folder
