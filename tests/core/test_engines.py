"""Whoever computes comes to the same; who cannot is refused before work begins."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cells import drawn, dying, solved
from distributed import LocalCluster
from spillgraph.core import dask_engine
from spillgraph.core.dask_engine import _call
from spillgraph.core.engines import open_engine
from spillgraph.core.errors import EngineError
from spillgraph.core.map_cells import Counts, LostCellError, map_cells
from spillgraph.core.one_thread import one_thread
from spillgraph.core.versions import processor, versions
from threadpoolctl import threadpool_info, threadpool_limits


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two worker processes, begun again by their nannies when they die."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
    ) as local:
        yield local


@pytest.fixture
def address(cluster: LocalCluster) -> str:
    cluster_has(cluster, 2)
    return str(cluster.scheduler_address)


def cluster_has(cluster: LocalCluster, number: int) -> None:
    until = time.monotonic() + 90
    while len(cluster.scheduler.workers) != number and time.monotonic() < until:
        time.sleep(0.02)
    assert len(cluster.scheduler.workers) == number


def pids(cluster: LocalCluster) -> list[int]:
    return [nanny.process.pid for nanny in cluster.workers.values() if nanny.process]


def test_every_engine_comes_to_the_same(address: str, tmp_path: Path) -> None:
    jobs = [(120, key) for key in range(6)]
    here = dict(map_cells(solved, jobs))
    pool = open_engine(f"dask:{address}")
    assert pool is not None and pool.workers == 2 and not pool.doubts
    pool.require_folder(tmp_path)
    assert not list(tmp_path.iterdir())
    assert dict(map_cells(solved, jobs, pool)) == here
    assert dict(map_cells(solved, jobs, open_engine("processes:2"))) == here


def test_digits_do_not_depend_on_how_many_threads_blas_has() -> None:
    """From some hundred sectors on they would: a worker of Dask has one, a user's machine many."""
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1] / 'helpers')!r})\n"
        "from cells import solved\n"
        "from spillgraph.core.map_cells import map_cells\n"
        "print(list(map_cells(solved, [(400, 1)])), solved((400, 1)))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout.split("] ")
        for threads in ("1", "2")
    ]
    assert said[0][0] == said[1][0]


def test_a_worker_that_is_killed_loses_nothing_and_is_counted(
    cluster: LocalCluster, address: str
) -> None:
    here = dict(map_cells(drawn, range(150)))
    found: dict[int, float] = {}
    counts: list[Counts] = []
    for key, value in map_cells(
        drawn, range(150), open_engine(f"dask:{address}"), tell=counts.append
    ):
        assert key not in found
        found[key] = value
        if len(found) == 30:
            os.kill(pids(cluster)[0], signal.SIGKILL)
    assert found == here
    assert counts[-1].done == 150 and counts[-1].retried >= 1
    assert "begun again" in str(counts[-1])


def test_an_answer_that_never_comes_is_asked_for_again(
    cluster: LocalCluster, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a scheduler that asked a worker which died meanwhile: others have computed the same."""
    gather, asked = cluster.scheduler.handlers["gather"], []

    async def owe(*given: object, **named: object) -> object:
        asked.append(named["keys"])
        if len(asked) < 3:
            await asyncio.sleep(3_600)
        return await gather(*given, **named)

    pool = open_engine(f"dask:{address}")
    monkeypatch.setitem(cluster.scheduler.handlers, "gather", owe)
    monkeypatch.setattr(dask_engine, "FETCH", 0.2)
    counts: list[Counts] = []
    found = dict(map_cells(drawn, range(5), pool, patience=60, tell=counts.append))
    assert found == {key: drawn(key) for key in range(5)}
    assert len(asked) >= 3 and asked[0] == asked[1] == asked[2]
    assert counts[-1].retried == 0  # nothing was computed again


def test_what_never_comes_is_computed_again(
    cluster: LocalCluster, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather, asked = cluster.scheduler.handlers["gather"], []

    async def lose(*given: object, **named: object) -> object:
        asked.append(named["keys"])
        if asked[-1] == asked[0]:
            await asyncio.sleep(3_600)
        return await gather(*given, **named)

    pool = open_engine(f"dask:{address}")
    monkeypatch.setitem(cluster.scheduler.handlers, "gather", lose)
    monkeypatch.setattr(dask_engine, "FETCH", 0.2)
    monkeypatch.setattr(dask_engine, "FETCH_AT_LAST", 0.5)
    counts: list[Counts] = []
    found = dict(map_cells(drawn, range(5), pool, patience=60, tell=counts.append))
    assert found == {key: drawn(key) for key in range(5)}
    assert counts[-1].retried == 1


def test_a_cell_that_always_ends_its_worker_is_named_and_no_other(
    cluster: LocalCluster, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    jobs = [("", 0), ("", -1), ("", 0)]
    found = []
    pool = open_engine(f"dask:{address}")
    with pytest.raises(LostCellError, match=r"cell -1: the worker died \d times"):
        for _, value in map_cells(dying, jobs, pool, name=lambda job: f"cell {job[1]}"):
            found.append(value)
    assert found == [0, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "engine '' is not known: say local, processes:4"),
        ("lokal", "engine 'lokal' is not known"),
        ("local:2", "engine 'local:2' is not known"),
        ("dask", "engine 'dask' is not known"),
        ("dask://", "engine 'dask://' is not known"),
        ("processes", "engine 'processes': the number of processes must be whole, from 1 to 256"),
        ("processes:0", "engine 'processes:0': the number of processes must be whole"),
        ("processes:-2", "engine 'processes:-2': the number of processes must be whole"),
        ("processes:1.5", "engine 'processes:1.5': the number of processes must be whole"),
        ("processes:9999", "engine 'processes:9999': the number of processes must be whole"),
        ("dask:nothing://x:1", "engine dask:nothing://x:1: no scheduler answers there"),
        ("dask:tcp://127.0.0.1", "no scheduler answers there (missing port"),
    ],
)
def test_a_text_that_names_no_engine_is_refused(text: str, said: str) -> None:
    with pytest.raises(EngineError) as refused:
        open_engine(text)
    assert said in str(refused.value)


@pytest.mark.parametrize("listens", [False, True])
def test_an_address_that_does_not_answer_is_refused_in_time(
    listens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "CONNECT", 0.5)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        if listens:  # and never says a word
            other.listen()
        address = "tcp://{}:{}".format(*other.getsockname())
        begun = time.monotonic()
        with pytest.raises(EngineError, match="no scheduler answers there") as refused:
            open_engine(f"dask:{address}")
        assert time.monotonic() - begun < 5
    assert f"engine dask:{address}" in str(refused.value)
    assert "Start one (dask scheduler)" in str(refused.value)


def test_without_distributed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r"pip install \"spillgraph\[dask\]\", or say processes"):
        open_engine("dask:tcp://127.0.0.1:8786")


def test_a_scheduler_without_workers_is_refused_and_one_that_loses_them_ends_the_run(
    cluster: LocalCluster, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty,
        pytest.raises(EngineError, match=r"the scheduler has no worker. Start some \(dask worker"),
    ):
        open_engine(f"dask:{empty.scheduler_address}")
    with alone() as (local, pool):
        cells = map_cells(drawn, range(2_000), pool)
        next(cells)
        monkeypatch.setattr(dask_engine, "ALONE", 1.0)
        monkeypatch.setattr("spillgraph.core.map_cells.BEAT", 0.3)
        local.scale(0)
        with pytest.raises(LostCellError, match="there has been no worker for 1 seconds; "):
            list(cells)


@contextmanager
def alone() -> Iterator[tuple[LocalCluster, object]]:
    """A cluster of one worker within this process."""
    with LocalCluster(
        n_workers=1, processes=False, dashboard_address=":0", silence_logs=50
    ) as local:
        yield local, open_engine(f"dask:{local.scheduler_address}")


@contextmanager
def joined(cluster: LocalCluster, *before: str, **environment: str) -> Iterator[None]:
    """Let a worker of another environment join the two."""
    command = [
        *before,
        *(sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address),
        *("--no-nanny", "--no-dashboard", "--nthreads", "1"),
    ]
    worker = subprocess.Popen(
        command, env=os.environ | environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        cluster_has(cluster, 3)
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
        cluster_has(cluster, 2)


def test_a_worker_with_another_version_is_named(
    cluster: LocalCluster, address: str, tmp_path: Path
) -> None:
    about = tmp_path / "numpy-1.0.dist-info" / "METADATA"
    about.parent.mkdir()
    about.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n", encoding="utf-8")
    with (
        joined(cluster, PYTHONPATH=str(tmp_path)),
        pytest.raises(EngineError) as refused,
    ):
        open_engine(f"dask:{address}")
    assert f"has numpy 1.0, here {versions()['numpy']}. Install the same" in str(refused.value)
    assert "worker tcp://127.0.0.1:" in str(refused.value)
    open_engine(f"dask:{address}")


def test_a_worker_that_joins_later_computes_nothing_with_other_versions() -> None:
    with pytest.raises(EngineError, match=r"joined the cluster has other versions: numpy .*1\.0"):
        _call(versions() | {"numpy": "1.0"}, b"")


def test_a_worker_of_another_machine_is_named(
    cluster: LocalCluster, address: str, tmp_path: Path
) -> None:
    hidden = ("unshare", "--mount", "sh", "-c", f'mount -t tmpfs none {tmp_path} && exec "$@"', "-")
    if not shutil.which("unshare") or subprocess.run([*hidden, "true"], check=False).returncode:
        hidden = ()
    with joined(cluster, *hidden, OPENBLAS_CORETYPE="Nehalem"):
        pool = open_engine(f"dask:{address}")
        assert pool is not None
        if "x86_64" in processor():
            (doubt,) = pool.doubts
            assert f"has another kind of processor (x86_64 Nehalem, here {processor()})" in doubt
        if not hidden:
            pytest.skip("only who may mount file systems can hide a folder from a process")
        with pytest.raises(EngineError) as refused:
            pool.require_folder(tmp_path)
        rows = tmp_path / "rows.parquet"
        rows.write_bytes(b"PAR1")
        with pytest.raises(EngineError, match=f"does not see {rows}. Put large tables on a disk"):
            pool.require_files([Path(__file__), rows])
        rows.unlink()
    assert f"does not see {tmp_path}. Name a folder on a disk that all" in str(refused.value)
    assert "worker tcp://127.0.0.1:" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_a_worker_that_is_busy_is_not_waited_for_for_ever(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "ANSWER", 0.5)
    pool = open_engine(f"dask:{address}")
    assert pool is not None
    executor = pool.make()
    busy = [executor.submit(time.sleep, 3) for _ in range(2)]
    time.sleep(0.3)
    with pytest.raises(EngineError, match=r"do not answer within 0.5 seconds; the worker may be"):
        open_engine(f"dask:{address}")
    assert not any(each.done() for each in busy)
    executor.shutdown(wait=False, cancel_futures=True)


def test_workers_end_with_whoever_began_them(tmp_path: Path) -> None:
    """They would wait for more work for ever."""
    script = tmp_path / "killed.py"
    script.write_text(
        "import os, signal\n"
        "from spillgraph.core.engines import open_engine\n"
        "if __name__ == '__main__':\n"
        "    executor = open_engine('processes:2').make()\n"
        "    print(*{executor.submit(os.getpid).result() for _ in range(20)}, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    workers = [int(pid) for pid in told.stdout.split()]
    assert workers
    until = time.monotonic() + 10
    while any(map(lives, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(lives, workers))


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_script_without_a_guard_is_told_what_it_needs(tmp_path: Path) -> None:
    script = tmp_path / "bare.py"
    script.write_text(
        "from spillgraph.core.engines import open_engine\nopen_engine('processes:2')\n",
        encoding="utf-8",
    )
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    last = told.stderr.strip().splitlines()[-1]
    assert told.returncode == 1 and 'put the call under if __name__ == "__main__":' in last


def test_blas_has_one_thread_while_any_cell_is_computed_and_its_own_again_behind_them() -> None:
    def threads() -> set[int]:
        return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

    inside, leave = threading.Event(), threading.Event()
    seen: list[set[int]] = []

    def overlap() -> None:
        with one_thread():
            inside.set()
            leave.wait(5)
            seen.append(threads())

    with threadpool_limits(2, user_api="blas"):
        with one_thread():
            assert threads() == {1}
        assert threads() == {2}
        other = threading.Thread(target=overlap)
        with one_thread():
            other.start()
            inside.wait(5)
        leave.set()
        other.join()
    assert seen == [{1}]
