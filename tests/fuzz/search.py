"""Try many mutants in processes of their own, and keep those that fail: ``make search``."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing as mp
import shutil
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from pathlib import Path

from .judge import judge
from .look_judge import try_look
from .mutant import make_mutant

#: One in so many is a valid study in another look.
LOOK_EVERY = 4
#: A mutant that takes longer than this many seconds hangs.
PATIENCE = 120

#: Number, command with exit code, what is wrong.
Result = tuple[int, str, list[str]]


def _try(seed: int, number: int, folder: Path) -> tuple[str, str, list[str], list[str]]:
    """Return the command, what came of it, what was done to the study, and what is wrong."""
    if number % LOOK_EVERY == 0:
        return "look", *try_look(seed, number, folder)
    mutant = make_mutant(seed, number, folder)
    code, wrong = judge(mutant)
    return mutant.command, str(code), mutant.done, wrong


def _work(seed: int, numbers: range, keep: Path, pipe: Connection) -> None:
    """Try one mutant after the other, and say what came of it."""
    with tempfile.TemporaryDirectory() as scratch:
        for number in numbers:
            folder = Path(scratch) / str(number)
            command, code, done, wrong = _try(seed, number, folder)
            if wrong:
                _keep(seed, number, keep, [*done, *wrong])
            shutil.rmtree(folder, ignore_errors=True)
            pipe.send((code, command, wrong))


def _keep(seed: int, number: int, keep: Path, words: list[str]) -> None:
    """Write a mutant into a folder of its own, with what was done and how to repeat it."""
    folder = keep / f"{seed}-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    command, path = "check", folder / "look" / "study.toml"
    if number % LOOK_EVERY == 0:
        with contextlib.suppress(Exception):  # whatever killed the process the first time
            try_look(seed, number, folder)
    else:
        mutant = make_mutant(seed, number, folder)
        command, path = mutant.command, mutant.path
    run = f" --out {folder / 'out'}" if command == "run" else ""
    again = f".venv/bin/spillgraph --debug {command} {path}{run}\n"
    (folder / "again.txt").write_text("\n".join([again, *words]) + "\n", "utf-8", "replace")


class _Worker:
    """A process with its share of the numbers; it is started again where it died."""

    def __init__(self, seed: int, numbers: range, keep: Path) -> None:
        self.seed, self.left, self.keep = seed, numbers, keep
        self.start()

    def start(self) -> None:
        self.since = time.monotonic()
        self.pipe, far = mp.Pipe()
        arguments = (self.seed, self.left, self.keep, far)
        self.process = mp.get_context("spawn").Process(target=_work, args=arguments)
        self.process.start()
        far.close()

    def take(self, *, ready: bool) -> Result | None:
        """Return what came of the mutant at work, if it is done, hangs, or killed the process."""
        number = self.left[0]
        try:
            code, command, wrong = self.pipe.recv() if ready else ("", "", [])
            hangs = not ready and time.monotonic() - self.since > PATIENCE
        except EOFError:
            code, command, wrong, hangs = "", "", ["the process died"], False
        if not ready and not hangs:
            return None
        self.left, self.since = self.left[1:], time.monotonic()
        if not command:
            wrong = wrong or [f"no end after {PATIENCE} seconds"]
            self.process.kill()
            self.process.join()
            _keep(self.seed, number, self.keep, wrong)
            if self.left:
                self.start()
        return number, f"{command} {code}", wrong


def search(seed: int, numbers: range, keep: Path, processes: int) -> int:
    """Try mutants, and return how many failed."""
    workers = [_Worker(seed, numbers[k::processes], keep) for k in range(processes)]
    codes: Counter[str] = Counter()
    failed, began = 0, time.monotonic()
    while workers := [each for each in workers if each.left]:
        ready = wait([each.pipe for each in workers], timeout=1.0)
        for worker in workers:
            result = worker.take(ready=worker.pipe in ready)
            if result is None:
                continue
            number, code, wrong = result
            codes[code] += 1
            failed += bool(wrong)
            if wrong:
                print(f"mutant {number}: {wrong[0][:400]}\n  {keep / f'{seed}-{number}'}")
            if wrong or codes.total() % 100 == 0:
                shown = ", ".join(f"{each}: {n}" for each, n in sorted(codes.items()))
                seconds = time.monotonic() - began
                print(f"{codes.total():,} tried, {failed} failed ({shown}), {seconds:.0f} s")
            sys.stdout.flush()
    return failed


def main() -> None:
    """Read the command line, and leave with 1 if any mutant failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6, help="default: fresh")
    parser.add_argument("--number", type=int, default=10_000, help="how many mutants")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("out/search"), help="for those that fail")
    given = parser.parse_args()
    print(f"{given.number:,} mutants of seed {given.seed}; failures are kept in {given.keep}")
    numbers = range(given.first, given.first + given.number)
    failed = search(given.seed, numbers, given.keep, given.processes)
    print(f"{failed} of {given.number:,} mutants failed (seed {given.seed}).")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
