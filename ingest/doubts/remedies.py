"""The keys that may bring two spellings of a code or an id together, and the words for them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from ..study_model import MOST_SIGNS, Clean

__all__ = ["Remedy", "Sides", "remedies"]


@dataclass(frozen=True, slots=True)
class Sides:
    """How two tables are called that should have the same codes or ids.

    Parameters
    ----------
    column : str
        Where the values stand.
    where : str
        What holds the others, in words.
    codes : bool
        Whether they are codes of industries.
    several : str
        The table that takes several of them, where one is asked for; empty: there is none.
    noun : str
        What is counted.
    own, other : str
        What stands in ``clean`` before ``=``, if it is another word than the column, and for the
        other table ``id``.
    own_place, other_place : str
        What is said behind ``clean``, e.g. `` in [tables.io_flows]``.
    """

    column: str
    where: str
    codes: bool = False
    several: str = ""
    noun: str = "rows"
    own: tuple[str, ...] = ()
    other: tuple[str, ...] = ("id",)
    own_place: str = ""
    other_place: str = " there"

    @property
    def patents(self) -> bool:
        """Whether they are patent numbers."""
        return self.where == "table patents"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What ``clean`` would do on either side, and the words for it."""

    advice: str
    own: Clean | None = None
    other: Clean | None = None


def remedies(
    what: str, pairs: Sequence[tuple[str, str]], sides: Sides, con: duckdb.DuckDBPyConnection
) -> list[Remedy]:
    """Return what may make pairs one, of equals the best first: mostly on the strangers' side.

    Parameters
    ----------
    what : str
        In what the two of a pair differ: a key of the likenesses in ``spelling.py``.
    pairs : sequence of (str, str)
        A value that finds nothing, and the one that is like it.
    sides : Sides
        How the two tables are called.
    con : duckdb.DuckDBPyConnection
        Holds ``_known``, what there is.
    """
    # zeros that are lost are given back, if that loses nothing elsewhere
    sides_tried = ("other", "own", "both") if what == "zeros" else ("own", "other", "both")
    steps = {side: Counter[str]() for side in sides_tried}
    for value, match in pairs:
        for side, step in _steps(what, value, match, sides):
            steps[side][step] += 1
    if what == "prefix":
        held = {code for (code,) in con.execute("SELECT id FROM _known").fetchall()}
        steps = {side: _no_codes(counts, held) for side, counts in steps.items()}
    offers = []
    for side, counted in steps.items():
        best = [step for step, _ in counted.most_common(3)]
        cuts = [step for step in counted if step.startswith(("drop_", "zeros = "))]
        if 1 < len(cuts) <= 4:  # several at once, as exchanges are put before a ticker
            key = cuts[0].split(" = ")[0]
            best.insert(0, f"{key} = [{', '.join(cut.split(' = ', 1)[1] for cut in cuts)}]")
        offers += [_remedy(what, side, step, sides) for step in best]
    return offers


def _no_codes(steps: Counter[str], held: set[str]) -> Counter[str]:
    """Leave out prefixes that are a code of their own and a sign that parts codes."""
    kept = Counter[str]()
    for step, times in steps.items():
        cut = json.loads(step.split(" = ", 1)[1])
        if cut[-1].isalnum() or cut[:-1].strip() not in held:
            kept[step] = times
    return kept


def _steps(what: str, value: str, match: str, sides: Sides) -> Iterator[tuple[str, str]]:
    """Yield sides and steps of ``clean`` that may make two spellings one."""
    own = len(value) > len(match)  # which of the two is the longer one
    side, longer, shorter = ("own", value, match) if own else ("other", match, value)
    if what == "width":
        yield from ((side, "half_width = true") for side in ("own", "other", "both"))
    elif what == "case":
        case = "upper" if match == match.upper() else "lower"
        yield from ((side, f'case = "{case}"') for side in ("own", "both"))
        yield "both", 'case = "lower"'
    elif what == "patent":
        # numbers of patents stand in several tables, which all have to say it
        ends = ("both",) if sides.patents else ("own", "other", "both")
        yield from ((side, "patent = true") for side in ends)
    elif what == "zeros":
        if own and value.endswith(match):
            yield "own", f"drop_prefix = {json.dumps(value[: -len(match)])}"
        if len(longer) <= MOST_SIGNS:
            yield ("other" if own else "own"), f"zfill = {len(longer)}"
    elif what == "float" and longer.startswith(shorter):
        yield side, f"drop_suffix = {json.dumps(longer[len(shorter) :])}"
    elif what == "prefix" and longer.endswith(shorter) and _is_prefix(longer, shorter):
        cut = json.dumps(longer[: -len(shorter)], ensure_ascii=False)
        yield side, f"drop_prefix = {cut}"


def _is_prefix(longer: str, shorter: str) -> bool:
    """Whether what stands in front is no part of a number: 7012 is not 12, nor 10.20 a 20."""
    cut = longer[: -len(shorter)]
    return bool(cut) and not (cut[-1].isdigit() or cut.replace(".", "").isdigit())


def _remedy(what: str, side: str, step: str, sides: Sides) -> Remedy:
    key, text = step.split(" = ", 1)
    clean = Clean.model_validate({key: json.loads(text)})
    own = _clean(sides.own or (sides.column,), step, sides.own_place)
    other = _clean(sides.other, step, sides.other_place)
    mend = other if side == "other" else own
    if what == "width":
        advice = f"one of them has full-width signs; {mend} makes them one"
    elif what == "float":
        advice = f"one of them went through a program that made a number of it; {mend} cuts it off"
    elif key == "zfill":
        advice = f"leading zeros are lost; {mend} adds them"
    elif what == "zeros":
        advice = f"leading zeros are lost there; {mend} cuts them off here, too"
    elif what == "prefix":
        advice = f"{mend} cuts it off"
    elif what == "patent" and sides.patents:
        advice = (
            f"country, kind code or zeros differ; {mend} makes them one, with {other}, and so "
            "wherever patents are named"
        )
    else:
        advice = f"{mend} makes them one"
        advice += f", with {other}" if side == "both" else ""
    return Remedy(
        f"{advice}.", clean if side != "other" else None, clean if side != "own" else None
    )


def _clean(columns: Sequence[str], step: str, place: str) -> str:
    """Return the key as the study file takes it.

    Examples
    --------
    >>> _clean(("supplier", "user"), "zfill = 2", " in [tables.io_flows]")
    'clean = { supplier = { zfill = 2 }, user = { zfill = 2 } } in [tables.io_flows]'
    """
    parts = ", ".join(f"{column} = {{ {step} }}" for column in columns)
    return f"clean = {{ {parts} }}{place}"
