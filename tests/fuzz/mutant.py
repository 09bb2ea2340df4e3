"""One mutant: a valid study with a few changes, from a seed and a number alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from .damage import mutate_bytes
from .files import write
from .keys import mutate_keys, mutate_text
from .studies import make_study
from .tables import mutate_grid

__all__ = ["Mutant", "make_mutant"]

#: One in so many mutants goes through the whole run.
RUN_EVERY = 15


@dataclass(frozen=True)
class Mutant:
    """A study on disk, what was done to it, and which command it is for."""

    path: Path
    done: list[str]
    command: str


def make_mutant(seed: int, number: int, folder: Path) -> Mutant:
    """Write the mutant of a seed and a number into a new folder."""
    random_ = random.Random(f"{seed}/{number}")
    draft = make_study(random_)
    for _ in range(random_.choice((1, 1, 2, 2, 3, 4))):
        mutate = mutate_grid if random_.random() < 0.6 else mutate_keys
        mutate(draft, random_)
    folder.mkdir(parents=True)
    path = write(draft, folder)
    if random_.random() < 0.3 and draft.grids:
        name = random_.choice(sorted(draft.grids))
        data, how = mutate_bytes((folder / name).read_bytes(), random_)
        (folder / name).write_bytes(data)
        draft.done.append(f"{name}: {how}")
    if random_.random() < 0.03:
        path.write_bytes(mutate_text(path.read_bytes(), random_))
        draft.done.append("study file: its text")
    command = "run" if random_.randrange(RUN_EVERY) == 0 else "check"
    return Mutant(path, draft.done, command)
