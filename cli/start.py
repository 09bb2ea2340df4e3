"""Where the program begins: Ctrl-C is heard before anything heavy is imported."""

from __future__ import annotations

import os
import signal
from types import FrameType

__all__ = ["heard", "main"]

STOPPED = "Stopped. Run the same command again to go on where it was.\n"
_heard = False


def main() -> None:
    """Run the command line and leave with its exit code."""
    # An import that is cut short may end in any error at all, or in none: leave at once instead.
    signal.signal(signal.SIGINT, _leave)
    from .main import main as run

    signal.signal(signal.SIGINT, _hear)
    run()


def heard() -> bool:
    """Whether Ctrl-C was pressed: whatever error comes after it is its consequence."""
    return _heard


def _leave(signum: int, frame: FrameType | None) -> None:
    os.write(2, STOPPED.encode())
    os._exit(1)


def _hear(signum: int, frame: FrameType | None) -> None:
    global _heard
    _heard = True
    raise KeyboardInterrupt
