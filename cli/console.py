"""What the user sees while a command works: progress on stderr, results on stdout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ..runs.steps import Report, Steps

__all__ = ["ShownSteps", "err", "out"]

# ":x:" in a code is text, and no picture.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class ShownSteps(Steps):
    """The steps of a run, a progress bar each on a terminal, else a line.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        super().__init__()
        self._quiet = quiet

    @contextmanager
    def show(self, name: str) -> Iterator[Report]:
        """Show a bar while a step lasts."""
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

    def say(self, text: str) -> None:
        """Say it at once."""
        if not self._quiet:
            err.print(text, markup=False)

    def done(self, name: str) -> None:
        """Say how long a step took, where no bar has."""
        if not self._quiet and not err.is_terminal:
            err.print(f"{name:<14} {self.seconds[name]:8.2f} s", markup=False)
