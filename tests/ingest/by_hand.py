"""Small economies with owners, industries and dates, summed by hand: year by year, in fractions.

Nothing here is ours: what a row means is written down once more, as the manual says it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

FIRST, LAST = 2000, 2005
NOBODY = "unmapped"

Cell = tuple[str, str, int]
Share = tuple[str | None, Fraction | None]


@dataclass
class Records:
    """Rows of the tables of one study; None is an empty field."""

    firms: dict[str, str | None] = field(default_factory=dict)
    industries: list[tuple] = field(default_factory=list)  # firm, industry, share, year, from, to
    patents: dict[str, tuple[str | None, int]] = field(default_factory=dict)
    owners: list[tuple] = field(default_factory=list)  # patent, firm, share, from
    ownership: list[tuple] = field(default_factory=list)  # firm, owner, share, from, to
    cites: list[tuple] = field(default_factory=list)  # citing, cited
    firm_cites: list[tuple] = field(default_factory=list)  # citing, cited, year, count
    links: list[tuple] = field(default_factory=list)  # supplier, buyer, year, from, to, value


def split(shares: list[Share]) -> dict[str | None, Fraction]:
    """Shares of one holder and year: equal where none is given; the rest is nobody's."""
    found: dict[str | None, Fraction] = defaultdict(Fraction)
    for item, share in shares:
        found[item] += Fraction(1, len(shares)) if share is None else share
    rest = 1 - sum(found.values())
    assert rest >= 0
    found[None] += rest
    return {item: share for item, share in found.items() if share}


def industries(r: Records, firm: str, year: int) -> dict[str, Fraction]:
    mine = [row for row in r.industries if row[0] == firm]
    if not mine:
        return {r.firms[firm] or NOBODY: Fraction(1)}

    def valid(t: int) -> list[Share]:
        found = []
        for _, industry, share, at, first, last in mine:
            inside = t == at if at else (first or -99) <= t <= (last or 9999)
            if inside:
                found.append((industry, share))
        return found

    for t in [*range(year, 1980, -1), *range(year, 2030)]:
        if valid(t):
            return {each or NOBODY: share for each, share in split(valid(t)).items()}
    raise AssertionError


def owners(r: Records, patent: str, year: int) -> dict[str | None, Fraction]:
    mine = [(firm, share, first or 0) for p, firm, share, first in r.owners if p == patent]
    if not mine:
        return {r.patents[patent][0] if patent in r.patents else None: Fraction(1)}
    before = [first for *_, first in mine if first <= year]
    at = max(before) if before else min(first for *_, first in mine)
    known = [(firm if firm in r.firms else None, s, first) for firm, s, first in mine]
    return split([(firm, share) for firm, share, first in known if first == at])


def top(r: Records, firm: str, year: int) -> dict[str, Fraction]:
    """Who a firm's doings count for in a year, all the way up."""
    mine = [row for row in r.ownership if row[0] == firm]
    held: dict[str, Fraction] = defaultdict(Fraction)
    known = any(row[2] is not None for row in r.ownership)  # then an empty share is not known
    for _, owner, share, first, last in mine:
        later = [row[3] for row in mine if row[3] is not None and row[3] > (first or 0)]
        stop = last or min(later, default=9999) - 1
        if (first or 0) <= year <= stop:
            unsaid = Fraction(0 if known and owner != firm else 1)
            held[owner] += unsaid if share is None else share
    found: dict[str, Fraction] = defaultdict(Fraction)
    found[firm] += 1 - sum(held.values())
    for owner, share in held.items():
        if owner == firm:
            found[firm] += share
            continue
        for each, part in top(r, owner, year).items():
            found[each] += share * part
    return {each: share for each, share in found.items() if share}


def add(
    r: Records,
    year: int,
    amount: Fraction,
    one: dict[str | None, Fraction],
    other: dict[str | None, Fraction],
    cells: dict[Cell, Fraction],
    selfs: dict[Cell, Fraction],
) -> None:
    """Add a flow, its ends by firm (None: nobody), to the cells of industries and the year."""
    for a, p in one.items():
        for b, q in other.items():
            for i, s in (industries(r, a, year) if a else {NOBODY: Fraction(1)}).items():
                for j, t in (industries(r, b, year) if b else {NOBODY: Fraction(1)}).items():
                    cells[i, j, year] += amount * p * q * s * t
                    if a is not None and a == b:
                        selfs[i, j, year] += amount * p * q * s * t


def held(r: Records, patent: str, year: int) -> dict[str | None, Fraction]:
    found: dict[str | None, Fraction] = defaultdict(Fraction)
    for firm, share in owners(r, patent, year).items():
        for each, part in (top(r, firm, year) if firm else {None: Fraction(1)}).items():
            found[each] += share * part
    return found


@dataclass
class Sums:
    """By cell, and the amounts that are nobody's, in all."""

    cells: dict[Cell, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    selfs: dict[Cell, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    unowned: Fraction = Fraction(0)


def citations(r: Records, lag: tuple[int, int] | None = None, fractional: bool = False) -> Sums:
    sums = Sums()

    def counts(citing: str, cited: str) -> bool:
        if lag is None or cited not in r.patents:
            return True
        return lag[0] <= r.patents[citing][1] - r.patents[cited][1] <= lag[1]

    kept = [pair for pair in r.cites if counts(*pair)]
    for citing, cited in kept:
        year = r.patents[citing][1]
        amount = Fraction(1, sum(each[0] == citing for each in kept) if fractional else 1)
        one, other = held(r, citing, year), held(r, cited, year)
        owned = [sum(v for k, v in each.items() if k is not None) for each in (one, other)]
        sums.unowned += amount * (1 - owned[0] * owned[1])
        add(r, year, amount, one, other, sums.cells, sums.selfs)
    for citing, cited, year, count in r.firm_cites:
        ends = top(r, citing, year), top(r, cited, year)
        add(r, year, Fraction(count), *ends, sums.cells, sums.selfs)  # type: ignore[arg-type]
    return sums


def deliveries(r: Records, spread: bool) -> Sums:
    """Cells are [user, supplier], as in matrices."""
    sums = Sums()
    for supplier, buyer, year, first, last, value in r.links:
        stop = LAST if last is None else last
        years = [year] if year else range(first, stop + 1)
        for t in years:
            if FIRST <= t <= LAST:
                amount = Fraction(value) / (len(years) if spread else 1)
                ends = top(r, buyer, t), top(r, supplier, t)
                add(r, t, amount, *ends, sums.cells, sums.selfs)  # type: ignore[arg-type]
    return sums


# -- made at random ------------------------------------------------------------------------------


def _shares(rng: random.Random, n: int) -> list[Fraction | None]:
    """None at all, or eighths that add to 1 or less."""
    if rng.random() < 0.4:
        return [None] * n
    parts, left = [], 8
    for _ in range(n):
        parts.append(rng.randint(0, left))
        left -= parts[-1]
    return [Fraction(each, 8) for each in parts]


def drawn(seed: int, *, patents: bool) -> Records:
    """Draw an economy; owners come before the firms that they own, so there are no circles."""
    rng = random.Random(seed)
    r = Records()
    names = [f"F{i}" for i in range(rng.randint(2, 6))]
    r.firms = {name: rng.choice(["A", "B", "C", None]) for name in names}
    for name in names:
        _draw_industries(rng, r, name)
    for i, name in enumerate(names):
        if i and rng.random() < 0.6:
            _draw_owners_of_firm(rng, r, name, names[:i])
    pairs = [(a, b) for a in names for b in names]
    years = range(FIRST, LAST + 1)
    if patents:
        _draw_patents(rng, r, names)
    else:
        drawn_rows = [(*pair, t, rng.randint(1, 9)) for pair in pairs for t in years]
        r.firm_cites = [row for row in drawn_rows if rng.random() < 0.3]
    for a, b in pairs:
        if rng.random() < 0.5:
            _draw_link(rng, r, a, b)
    return r


def _draw_industries(rng: random.Random, r: Records, name: str) -> None:
    kind = rng.choice(["none", "always", "years", "span"])
    sets = {"none": [], "always": [(None, None, None)]}.get(kind)
    if kind == "years":
        years = sorted(rng.sample(range(1997, 2007), rng.randint(1, 3)))
        sets = [(year, None, None) for year in years]
    if kind == "span":
        cut = rng.randint(1998, 2004)
        sets = [(None, None, cut), (None, cut + rng.randint(1, 2), rng.choice([None, 2006]))]
    for years_of in sets or []:
        codes = rng.sample("ABC", rng.randint(1, 3))
        for code, share in zip(codes, _shares(rng, len(codes)), strict=True):
            r.industries.append((name, code, share, *years_of))


def _draw_owners_of_firm(rng: random.Random, r: Records, name: str, above: list[str]) -> None:
    for first in sorted(rng.sample(range(1998, 2006), rng.randint(1, 2))):
        owners_of = rng.sample([*above, name], rng.randint(1, min(2, len(above) + 1)))
        shares = _shares(rng, len(owners_of))
        if None in shares:
            owners_of, shares = owners_of[:1], [None]
        r.ownership += [(name, o, s, first, None) for o, s in zip(owners_of, shares, strict=True)]
    if rng.random() < 0.3:  # an owner with an end, in place of all of these
        r.ownership = [row for row in r.ownership if row[0] != name]
        first = rng.randint(1999, 2004)
        r.ownership.append((name, above[-1], Fraction(3, 4), first, first + rng.randint(0, 2)))


def _draw_patents(rng: random.Random, r: Records, names: list[str]) -> None:
    for i in range(rng.randint(3, 8)):
        patent = f"P{i}"
        r.patents[patent] = (rng.choice([*names, None]), rng.randint(FIRST, LAST))
        if rng.random() < 0.6:
            r.patents[patent] = (None, r.patents[patent][1])
            starts = rng.choice([[None], [None], [2001, 2003], [2004], [None, 2002]])
            for start in starts:
                firms = rng.sample(names, rng.randint(1, min(3, len(names))))
                shares = _shares(rng, len(firms))
                r.owners += [(patent, f, s, start) for f, s in zip(firms, shares, strict=True)]
                if shares[0] is None and rng.random() < 0.3:
                    r.owners.append((patent, "stranger", None, start))
    known = list(r.patents)
    r.cites = [(a, b) for a in known for b in [*known, "old"] if a != b and rng.random() < 0.5]


def _draw_link(rng: random.Random, r: Records, a: str, b: str) -> None:
    if rng.random() < 0.5:
        r.links.append((a, b, rng.randint(FIRST, LAST), None, None, rng.randint(1, 9)))
        return
    first = rng.randint(FIRST - 2, LAST)
    last = rng.choice([None, first, first + 2])
    r.links.append((a, b, None, first, last, rng.randint(1, 9)))


# -- as files ------------------------------------------------------------------------------------

STUDY = """
[study]
name = "Shares"
target = "f"

[years]
first = 2000
last = 2005

[options]
{options}

[[tables.industries]]
file = "industries.csv"
classification = "f"

[tables.firms]
file = "firms.csv"
classification = "f"
"""
_COLUMNS = {
    "firm_industries": ("industries", "firm,industry,share,year,first_year,last_year"),
    "patent_owners": ("owners", "patent,firm,share,first_year"),
    "ownership": ("ownership", "firm,owner,share,first_year,last_year"),
    "patent_citations": ("cites", "citing,cited"),
    "firm_citations": ("firm_cites", "citing,cited,year,count"),
    "trade_links": ("links", "supplier,buyer,year,first_year,last_year,value"),
}


def write(r: Records, folder: Path, options: str = "", seed: int | None = None) -> Path:
    """Write the tables that have rows, in their order or shuffled, and return the study's path."""
    rng = random.Random(seed)
    text = STUDY.format(options=options)

    def put(name: str, head: str, rows: list[tuple]) -> None:
        if seed is not None:
            rows = rng.sample(rows, len(rows))
        lines = [",".join("" if v is None else str(_plain(v)) for v in row) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join([head, *lines, ""]), encoding="utf-8")

    (folder / "industries.csv").write_text("code\nA\nB\nC\n", encoding="utf-8")
    put("firms", "id,industry", list(r.firms.items()))
    if r.patents:
        put("patents", "id,firm,year", [(p, *about) for p, about in r.patents.items()])
        text += '\n[tables.patents]\nfile = "patents.csv"\n'
    for name, (rows, head) in _COLUMNS.items():
        if getattr(r, rows):
            put(name, head, getattr(r, rows))
            text += f'\n[tables.{name}]\nfile = "{name}.csv"\n'
            if name in {"patent_owners", "patent_citations"}:
                text += 'unmatched = "keep"\n'
            if name == "firm_industries":
                text += 'classification = "f"\n'
    if r.links:
        (folder / "output.csv").write_text("industry,year,gross_output\nA,2005,1e6\n")
        text += '\n[tables.io_output]\nfile = "output.csv"\nclassification = "f"\n'
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value
