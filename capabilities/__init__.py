"""One folder a capability: its question, its numbers, its place on the page.

None imports another; what one needs of another comes through the context of the run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..runs.capability import Capability

__all__ = ["QUESTIONS", "load"]

#: Every capability in the order of the page, with its question. They are loaded by name, so that
#: the help of the command line waits for none of them.
QUESTIONS = {
    "hubs": "Which industries carry a technology shock, and through which network?",
    "psi": "Which sectors gain and which give, through which network, and how sure is it?",
    "networks": "Who uses whose goods, and who learns from whom?",
    "accounts": "What would be lost without a sector, and who stands upstream of whom?",
    "borders": "How much of the spillovers crosses a border, with goods or with knowledge?",
    "risk": "Whose failure would be felt, and which firms carry an industry?",
    "coagglomeration": "Which industries crowd around which, and what do they find there?",
    "comovement": "Is R&D procyclical within industries or across them, and who carries it?",
    "growth": "What of a sector's growth is its own progress, and what comes from others?",
}


def load(name: str) -> Capability:
    """Return a capability by its name.

    Parameters
    ----------
    name : str
        One of :data:`QUESTIONS`.

    Examples
    --------
    >>> load("borders").question == QUESTIONS["borders"]
    True
    """
    capability: Capability = import_module(f".{name}", __package__).CAPABILITY
    return capability
