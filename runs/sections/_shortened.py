"""Long lists of codes: the first, and the sum of all others."""

from __future__ import annotations

__all__ = ["MOST_CODES", "shorten_rows"]

#: Rows of a list of codes or causes beyond which the rest is shown as one sum.
MOST_CODES = 50


def shorten_rows(rows: list[list[object]], texts: int) -> list[list[object]]:
    """Keep the first rows, and add up the numbers of all others in a last one.

    Parameters
    ----------
    rows : list of list
        Texts, then numbers.
    texts : int
        How many texts are in front.
    """
    if len(rows) <= MOST_CODES + 1:
        return rows
    kept, others = rows[:MOST_CODES], rows[MOST_CODES:]
    sums = [sum(float(str(row[k])) for row in others) for k in range(texts, len(rows[0]))]
    label: list[object] = [f"{len(others):,} others", *([""] * (texts - 1))]
    return [*kept, [*label, *sums]]
