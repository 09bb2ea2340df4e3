"""Read a report back: every number of its tables and figures, by where it stands."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

#: Caption or id of the figure, then row or choice, then column or part.
Place = tuple[str, ...]


class _Tables(HTMLParser):
    """Collects tables: caption, heads, and rows of cells (sort key where there is one, or text)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[str], list[list[str]]]] = []
        self._text: list[str] | None = None
        self._key: str | None = None
        self._caption = ""
        self._heads: list[str] = []
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._caption, self._heads, self._rows = "", [], []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td", "caption"}:
            self._text, self._key = [], given.get("data-key")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "caption"} and self._text is not None:
            text = "".join(self._text).replace("\u00a0", " ").strip()
            if tag == "caption":
                self._caption = text
            else:
                self._rows[-1].append(text if self._key is None else self._key)
            self._text = None
        elif tag == "table":
            heads, *rows = self._rows
            self.tables.append((self._caption, heads, rows))


def tables_of(page: str) -> dict[str, dict[str, dict[str, str]]]:
    """Return the cells of all tables: caption, first cell of the row, head of the column."""
    parser = _Tables()
    parser.feed(page)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for caption, heads, rows in parser.tables:
        if caption:
            assert caption not in found, caption
            heads = [
                f"{head} ({n})" if (n := heads[:i].count(head)) else head
                for i, head in enumerate(heads)
            ]
            found[caption] = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    return found


def figures_of(page: str) -> dict[Place, float]:
    """Return what the figures draw: id, choice with year, sector (or cell), part."""
    start = page.index('id="page-data">') + len('id="page-data">')
    data = json.loads(page[start : page.index("</script>", start)])
    codes = [sector[0] for sector in data["sectors"]]
    readers = {"bars": _bars, "lines": _lines, "heat": _cells, "network": _links, "sites": _sites}
    found = {}
    for id, figure in data["figures"].items():
        for choice, block in figure["blocks"].items():
            for place, value in readers[figure["kind"]](figure, choice, block, codes).items():
                if value is not None:
                    found[(id, choice, *place)] = value
    return found


def _bars(figure: Any, choice: str, block: Any, codes: list[str]) -> dict[Place, float]:
    split = figure.get("sets", {}).get(choice.split("|")[0])
    parts = split["parts"] if split else figure["parts"]
    rows = dict(zip(parts, block["v"], strict=True))
    if "t" in block:
        rows["total"] = block["t"]
    if "w" in block:
        rows |= dict(zip(("low", "high"), block["w"], strict=True))
    return {
        (codes[i], part): value
        for part, values in rows.items()
        for i, value in zip(block["i"], values, strict=True)
    }


def _links(figure: Any, choice: str, block: Any, codes: list[str]) -> dict[Place, float]:
    links = zip(block["r"], block["c"], block["v"], strict=True)
    found = {(codes[r], codes[c]): value for r, c, value in links}
    sizes = zip(block["i"], block["s"], strict=True)
    return found | {(codes[i], "size"): value for i, value in sizes}


def _sites(figure: Any, choice: str, block: Any, codes: list[str]) -> dict[Place, float]:
    sides = {"x": block["x"], "y": block["y"]}
    return {
        (group, str(k), side): value
        for side, values in sides.items()
        for group, places in zip(block["groups"], values, strict=True)
        for k, value in enumerate(places)
    }


def _lines(figure: Any, choice: str, block: Any, codes: list[str]) -> dict[Place, float]:
    return {
        (codes[i], str(year)): value
        for i, values in zip(block["i"], block["v"], strict=True)
        for year, value in zip(block["x"], values, strict=True)
    }


def _cells(figure: Any, choice: str, block: Any, codes: list[str]) -> dict[Place, float]:
    found = {}
    for r, (places, values) in zip(block["r"], block["cells"], strict=True):
        columns = block["c"] if places is None else [block["c"][j] for j in places]
        for c, value in zip(columns, values, strict=True):
            found[codes[r], codes[c]] = value
    return found
