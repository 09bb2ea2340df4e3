"""What 'spillgraph psi' does beside a run: other choices behind W, draws and chance."""

from __future__ import annotations

from ..graph.store import GraphStore
from .chance import Chance
from .psi_json import Depth
from .result import Result
from .run import Look
from .sensitivity import sensitivity
from .steps import Steps
from .uncertainty import uncertainty

__all__ = ["deeper"]


def deeper(*, draws: int = 0, seed: int = 1, null: Chance | None = None) -> Look:
    """Return a look into ψ, as :func:`~spillgraph.runs.run.run` takes it.

    Parameters
    ----------
    draws, seed : int
        Draws for intervals and ranks, none where 0; same seed, same draws.
    null : {"bundles", "citations"}, optional
        What is permuted for p-values; by default firms' bundles where firms are known.
    """

    def look(store: GraphStore, result: Result, steps: Steps) -> Depth:
        variants = sensitivity(store, result, steps)
        found = {}
        if draws:
            found = uncertainty(store, result, steps, draws=draws, seed=seed, null=null)
        return Depth(draws, seed, found, variants)

    return look
