"""One small run of the sample economy, with draws, on which the manual's examples are tried."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``study/`` and ``results/``, as the README's first commands leave it."""
    folder = tmp_path_factory.mktemp("manual")
    spillgraph = [sys.executable, "-m", "spillgraph.cli.main"]
    for arguments in (
        ["sample", "--firms", "300", "--citations", "6000", "--out", "study", "--quiet"],
        ["psi", "study/study.toml", "--out", "results", "--draws", "59", "--quiet"],
    ):
        subprocess.run([*spillgraph, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder
