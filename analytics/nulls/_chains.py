"""Nulls of sums over chains: what ψ, UDS and UCS are made of is drawn, and they are formed anew.

To shuffle ψ itself is no chance: all sectors draw on what is upstream of all, so its rows resemble
each other even where W and S are random, and shuffled rows do not.

Examples
--------
>>> values = np.array([[0.0, 0.2, 0.1], [0.3, 0.0, 0.1], [0.0, 0.4, 0.0]])
>>> law = null_of_chains("psi", [Direct(values, np.ones(3)), Direct(values, np.ones(3))])
>>> law.name
'spread of W and S'
>>> drawn = np.concatenate(list(law.draw(values, np.random.default_rng(1), 40)))
>>> drawn.shape, bool((drawn.diagonal(axis1=1, axis2=2) >= 1).all())
((40, 3, 3), True)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.errors import InputError
from ..linalg import Vector
from ._list import null_named
from ._null import Null

__all__ = ["CHAINED", "SUMS", "Direct", "null_of_chains"]

#: Nulls that chains can be drawn from. They keep own links and what every receiver draws on all
#: others, so what leaves each step of a chain, without which I − W or I − S may have no inverse.
CHAINED = ("spread", "strength", "strength_links", "degree", "maxent")
#: Networks that are sums over chains, as the program calls them.
SUMS = ("psi", "U", "V", "UDS", "UCS", "total_requirements")
#: Of what the chains of a network are made, in few words and in a sentence.
MADE_OF = {
    "psi": (
        "W and S",
        "Citations and deliveries are drawn, each by itself, and ψ = (I − S)⁻¹(I − W)⁻¹ is formed "
        "of every draw; own citations, own inputs, output and value added of every sector stay.",
    ),
    "U": (
        "S",
        "Deliveries are drawn, and U = (I − S)⁻¹ is formed of every draw; own inputs, output and "
        "value added of every sector stay.",
    ),
    "V": (
        "W",
        "Citations are drawn, and V = (I − W)⁻¹ is formed of every draw; own citations and "
        "citations made by every sector stay.",
    ),
    "UDS": (
        "deliveries",
        "Deliveries are drawn, sellers being the receivers, and UDS is formed of every draw; "
        "output and final sales of every sector stay.",
    ),
    "UCS": (
        "inputs",
        "Inputs are drawn, buyers being the receivers, and UCS is formed of every draw; output and "
        "primary inputs of every sector stay.",
    ),
}
# A leak that is no rounding, and draws that are tried for one with an inverse.
LEAK, TRIES = 1e-12, 10


@dataclass(frozen=True, slots=True)
class Direct:
    """One step of a chain; N sectors.

    Parameters
    ----------
    shares : ndarray, shape (N, N)
        ``[receiver, source]``, not negative.
    totals : ndarray, shape (N,)
        What a share of 1 is, in money or citations: flows, not shares, are drawn. Only nulls that
        keep what a source gives, too, tell them apart.
    """

    shares: Vector
    totals: Vector


def null_of_chains(
    name: str,
    steps: Sequence[Direct],
    null: str | Null = "spread",
    last: Vector | None = None,
    labels: tuple[str, ...] = (),
) -> Null:
    """Return the null of a sum over chains, whose steps are drawn from a null of the list.

    Parameters
    ----------
    name : {"psi", "U", "V", "UDS", "UCS"}
        The network, ``[receiver, source]``: UDS as it is, UCS turned round.
    steps : sequence of Direct
        Of ψ those of S and W, in this order, of U that of S, of V that of W; of UDS that of what
        sellers deliver, of UCS that of what buyers use, both without own flows.
    null : str or Null, default "spread"
        One of :data:`CHAINED`.
    last : ndarray, shape (N,), optional
        What columns are multiplied by: of UDS and UCS the shares that leave the chains.
    labels : tuple of str, length N, optional
        The sectors, in the order of the steps: the null then knows the network itself.

    Returns
    -------
    Null
        Its draws do not depend on the values that they are asked for. Draws without an inverse are
        drawn again, as one that is observed has it: the observed network and the draws are
        exchangeable under this condition, too.

    Raises
    ------
    InputError
        If the null does not keep what leaves the chains, or, with labels, if they never end.
    """
    law = null_named(null)
    if law.name not in CHAINED:
        raise InputError(
            f"null {law.name!r} does not keep what leaves the chains of {name}, so that they might "
            f"never end; take one of {', '.join(CHAINED)}."
        )
    what, told = MADE_OF[name]

    def draw(values: Vector, rng: np.random.Generator, draws: int) -> Iterator[Vector]:
        left = draws
        # One stream a step, asked once: a chain of a null goes back to its middle once. Where all
        # steps leak everywhere every draw has an inverse.
        asked = draws if all(_leaks(each).all() for each in steps) else TRIES * draws
        streams = [
            law.draw(each.shares * each.totals[:, None], source, asked)
            for each, source in zip(steps, rng.spawn(len(steps)), strict=True)
        ]
        for chunks in zip(*streams, strict=True):
            shares = [
                flows / each.totals[:, None] for flows, each in zip(chunks, steps, strict=True)
            ]
            drawn, known = _formed(shares, steps, last)
            drawn = drawn[known][:left]
            if len(drawn):
                yield drawn
            left -= len(drawn)
            if not left:
                return

    proof = (
        "The network is the same function of its steps as each draw is of its own; where these are "
        f"exchangeable, so are they. Of a step: {law.proof}"
    )
    named = f"{law.name} of {what}"
    inverse = "each of its draws takes an inverse"
    made = _network_itself(name, steps, last) if labels else None
    return Null(named, f"{told} {law.sentence}", (), draw, None, inverse, proof, labels, made)


def _network_itself(name: str, steps: Sequence[Direct], last: Vector | None) -> Vector:
    """Return the network whose chance is drawn."""
    made, known = _formed([each.shares[None] for each in steps], steps, last)
    if not known[0]:
        raise InputError(
            f"{name}: its chains never end, for some sectors draw all they have, or more, from "
            "each other, so that nothing leaves them: of S value added must, of W own citations, "
            "of UDS final sales, of UCS primary inputs."
        )
    return np.asarray(made[0])


def _formed(
    shares: Sequence[Vector], steps: Sequence[Direct], last: Vector | None
) -> tuple[Vector, NDArray[np.bool_]]:
    """Return the networks that draws of the steps make, and whether each is there."""
    drawn: Vector | None = None
    known = np.ones(len(shares[0]), dtype=bool)
    for D, step in zip(shares, steps, strict=True):
        inverse, there = _inverse(D, step)
        drawn = inverse if drawn is None else drawn @ inverse
        known &= there
    assert drawn is not None  # there is a step
    return (drawn if last is None else drawn * last), known


def _inverse(D: Vector, step: Direct) -> tuple[Vector, NDArray[np.bool_]]:
    """Return (I − D)⁻¹ of every draw, and whether it is there and sums chains.

    It is where all reach a sector with a leak, and where its row sums x are above 0: then
    (I − D) x = 1 proves ρ(D) < 1. What leaks is the same in every draw.
    """
    N = D.shape[1]
    known = _reach(np.tile(_leaks(step), (len(D), 1)), D)
    A = np.eye(N) - D
    A[~known] = np.eye(N)  # any regular matrix: the answer is not used
    try:
        inverse = np.asarray(np.linalg.inv(A), dtype=np.float64)
    except np.linalg.LinAlgError:  # singular to the last digit: find out which
        inverse = np.stack([_one_inverse(each) for each in A])
    with np.errstate(invalid="ignore"):
        known &= (inverse.sum(axis=2) > 0).all(axis=1)
    return inverse, known


def _leaks(step: Direct) -> NDArray[np.bool_]:
    return np.asarray(step.shares.sum(axis=1) < 1 - LEAK)


def _one_inverse(A: Vector) -> Vector:
    try:
        return np.asarray(np.linalg.inv(A), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.full(A.shape, np.nan)


def _reach(leaks: NDArray[np.bool_], D: Vector) -> NDArray[np.bool_]:
    """Say of every draw whether each sector reaches one with a leak, along links that are there."""
    reached = leaks
    while not reached.all():
        more = reached | ((D > 0) & reached[:, None, :]).any(axis=2)
        if (more == reached).all():
            break
        reached = more
    return np.asarray(reached.all(axis=1))
