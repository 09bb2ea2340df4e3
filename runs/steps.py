"""The steps of a run and their seconds; whoever runs it may show them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Report", "Steps"]

#: Takes what is being worked on, and the share that is done.
Report = Callable[[str, float], None]


class Steps:
    """The steps of a run with their seconds, for run.json; nothing is shown.

    Examples
    --------
    >>> steps = Steps()
    >>> with steps.step("load") as report:
    ...     report("firms", 0.5)
    >>> list(steps.seconds)
    ['load']
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[Report]:
        """Time one step; the value is a callable that takes (what, share done)."""
        began = time.perf_counter()
        with self.show(name) as report:
            yield report
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - began, 3)
        self.done(name)

    @contextmanager
    def show(self, name: str) -> Iterator[Report]:
        """Show the progress of a step while it lasts."""
        yield lambda what, share: None

    def say(self, text: str) -> None:
        """Take note of what whoever waits should know, and nobody afterwards."""

    def done(self, name: str) -> None:
        """Take note that a step has come to its end."""
