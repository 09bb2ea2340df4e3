"""What the user sees while a command works: progress on stderr, results on stdout."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

__all__ = ["Steps", "err", "out"]

# ":x:" in a code is text, and no picture.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

Report = Callable[[str, float], None]


class Steps:
    """The steps of a run: a progress bar each on a terminal, and their seconds for run.json.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self._quiet = quiet

    @contextmanager
    def step(self, name: str) -> Iterator[Report]:
        """Time one step; the value is a callable that takes (what, share done)."""
        began = time.perf_counter()
        bar = Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}", markup=False),
            console=err,
            transient=False,
            disable=self._quiet or not err.is_terminal,
        )
        with bar:
            task = bar.add_task(name, total=1.0, what="")
            yield lambda what, share: bar.update(task, completed=share, what=what)
            bar.update(task, completed=1.0, what="")
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - began, 3)
        if not self._quiet and not err.is_terminal:
            err.print(f"{name:<14} {self.seconds[name]:8.2f} s", markup=False)
