"""Ctrl-C at any moment, and disks that are full, locked or broken: one sentence, exit code 1."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spillgraph.cli.main import _exit_code
from spillgraph.cli.trouble import disk_trouble

_RUN = "from spillgraph.cli.start import main; main()"
_BEGUN = f"import os; os.write(1, b'.'); {_RUN}"
_LIMITED = f"""
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
{_RUN}
"""


@pytest.mark.parametrize("delay", [0.05, 0.1, 0.2, 0.4, 0.7, 1.0])
def test_ctrl_c_is_one_sentence_also_while_modules_are_imported(tmp_path: Path, delay: float):
    study = ["sample", "--firms", "3000", "--citations", "3000000", "--out", str(tmp_path / "s")]
    child = subprocess.Popen(
        [sys.executable, "-c", _BEGUN, *study, "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdout.read(1) == "."
    time.sleep(delay)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (
        1,
        "Stopped. Run the same command again to go on where it was.\n",
    )


@pytest.mark.parametrize("size", [500, 30_000, 1_000_000])
def test_a_limit_on_files_is_told_and_the_same_command_goes_on(tiny, tmp_path: Path, size: int):
    out = tmp_path / "out"
    command = ["run", str(tiny.path), "--out", str(out), "-q"]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(size), *command], capture_output=True, text=True
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "grew larger than this system allows" in done.stderr and str(out) in done.stderr
    assert _exit_code(command, debug=True) == 0


def test_a_full_disk_is_told_by_the_real_thing():
    with pytest.raises(OSError) as caught, Path("/dev/full").open("w") as full:
        full.write("x")
    text = disk_trouble(caught.value)
    assert text is not None and text.startswith("the disk is full: a file could not be written.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'IO Error: Could not write file "/out/tables/firms.parquet": No space left on device',
            "the disk is full: /out/tables/firms.parquet could not",
        ),
        (
            "IO exception: Cannot write to file. path: /out/graph.lbug.wal fileDescriptor: 7 "
            "offsetToWrite: 0 numBytesWritten: -1. Error: No space left on device",
            "the disk is full: /out/graph.lbug.wal could not",
        ),
        ("[Errno 122] Disk quota exceeded: '/out/x'", "your disk quota is used up: /out/x could"),
        ("Cannot open file '/out/x': Permission denied", "/out/x cannot be opened or written"),
    ],
)
def test_the_words_of_the_databases_are_understood(text: str, said: str):
    assert (disk_trouble(RuntimeError(text)) or "").startswith(said)
    try:
        raise ValueError("another error on the way") from RuntimeError(text)
    except ValueError as error:
        assert (disk_trouble(error) or "").startswith(said)


@pytest.mark.parametrize(
    "number", ["EACCES", "EPERM", "EROFS", "EIO", "EFBIG", "EMFILE", "ENAMETOOLONG", "EDQUOT"]
)
def test_what_the_system_says_is_one_sentence(
    number: str, tiny, monkeypatch: pytest.MonkeyPatch, capsys
):
    code = getattr(errno, number)

    def broken(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), "out/tables")

    monkeypatch.setattr("spillgraph.capabilities.studies.load_study", broken)
    assert _exit_code(["check", str(tiny.path)], debug=False) == 1
    said = capsys.readouterr().err
    assert "out/tables" in said and "not expected" not in said and said.count("\n") == 1


@pytest.mark.parametrize("error", [ZeroDivisionError("1/0"), FileNotFoundError(2, "none", "x")])
def test_other_errors_stay_what_they_are(error: Exception):
    assert disk_trouble(error) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_one_sentence(tiny, tmp_path: Path, capsys):
    tmp_path.chmod(0o500)
    assert _exit_code(["run", str(tiny.path), "--out", str(tmp_path / "out")], debug=False) == 2
    assert "cannot be written to: Permission denied." in capsys.readouterr().err
