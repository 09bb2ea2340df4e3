"""The page: one HTML text that holds all it needs and loads nothing."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from . import audit, results
from .bars import bar_figures
from .charts import script_bundle
from .content import ReportContent
from .figures import Figure, matrices, sector_labels
from .findings import findings
from .heat import heat_figures
from .lines import line_figure
from .tables import ABSENT, Table

__all__ = ["render_page", "script_json"]

_TEMPLATES = Path(__file__).parent / "templates"
#: Cells of each matrix listed below its heat map.
MOST_CELLS = 15


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of the page: its id, and its title as the table of contents has it."""

    id: str
    title: str


_SECTIONS = (
    _Section("findings", "Key findings"),
    _Section("psi", "Benefit and contribution"),
    _Section("networks", "Networks and spillovers"),
    _Section("hubs", "Hubs"),
    _Section("data", "Data: loaded, mapped, lost"),
    _Section("proof", "Proof"),
    _Section("provenance", "Provenance"),
)


def script_json(value: object) -> Markup:
    """Return JSON that is safe inside a ``<script>`` element.

    Parameters
    ----------
    value : object
        Anything that :mod:`json` writes; numbers that are not numbers are refused.

    Returns
    -------
    markupsafe.Markup
        Markup that no ``</script>`` or ``<!--`` inside a text can end.

    Examples
    --------
    >>> print(script_json({"name": "</script>"}))
    {"name":"\\u003c/script\\u003e"}
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def render_page(content: ReportContent) -> str:
    """Render the report as one self-contained HTML page.

    Parameters
    ----------
    content : ReportContent
        Everything that the page shows.

    Returns
    -------
    str
        The page. It needs no network, no other file and no fonts; the same content gives the
        same text. Write it as UTF-8.

    Examples
    --------
    >>> from spillgraph.reports.content import Provenance, ReportContent
    >>> made = Provenance("study.toml", "spillgraph run study.toml", "2024-05-01")
    >>> page = render_page(ReportContent("Patents & trade", "", False, {}, made))
    >>> page.startswith("<!doctype html>"), "Patents &amp; trade" in page
    (True, True)
    """
    bars = _ordered(bar_figures(content), line_figure(content))
    maps = heat_figures(content)
    drawn = [figure for figure in (*bars.values(), *maps) if figure.payload]
    payload = {
        "synthetic": content.synthetic,
        "sectors": sector_labels(content) if drawn else [],
        "figures": {figure.id: figure.payload for figure in drawn},
    }
    return _environment().get_template("page.html").render(
        content=content,
        sections=_SECTIONS,
        paragraphs=[text for text in content.description.split("\n\n") if text.strip()],
        findings=findings(content),
        last=content.ordered[-1] if content.years else None,
        bars=bars,
        maps=[(figure, _cells(content, figure)) for figure in maps],
        tables=_tables(content),
        data=script_json(payload),
        bundle=Markup(script_bundle()) if drawn else Markup(""),
    )  # fmt: skip


def _ordered(bars: dict[str, Figure], lines: Figure | None) -> dict[str, Figure]:
    """Return the figures of ψ's sums in the order of the page; own citations come last."""
    found = {name: figure for name, figure in bars.items() if name != "own"}
    found |= {"years": lines} if lines else {}
    return found | {name: figure for name, figure in bars.items() if name == "own"}


def _cells(content: ReportContent, figure: Figure) -> Table | None:
    """Return the largest cells of the last year of the matrix that a figure draws."""
    name = figure.id.removeprefix("figure-")
    for result in reversed(content.ordered):
        for matrix in matrices(result):
            if matrix is getattr(result, name):
                shown = results.off_identity(matrix) if name == "psi" else matrix
                title = f"{'ψ − I' if name == 'psi' else name}, {result.year}"
                return results.cell_table(content, shown, title, MOST_CELLS)
    return None


def _tables(content: ReportContent) -> dict[str, list[Table]]:
    """Return the tables of the page by place."""
    candidates: dict[str, list[Table | None]] = {
        "years": [results.year_table(content)],
        "ranks": list(results.interval_tables(content)),
        "sectors": [results.sector_table(content)],
        "hubs": list(results.hub_tables(content)),
        "loaded": [audit.loaded_table(content), audit.reason_table(content)],
        "totals": [audit.totals_table(content), audit.lost_table(content)],
        "unmapped": list(audit.unmapped_tables(content)),
        "accounts": list(audit.account_tables(content)),
        "concordances": [audit.concordance_table(content)],
        "suspects": [audit.suspect_table(one) for one in content.concordances],
        "proof": [results.diagnostics_table(content)],
        "notes": [results.notes_table(content)],
        "provenance": list(audit.provenance_tables(content.provenance)),
    }
    return {
        place: [table for table in found if table is not None]
        for place, found in candidates.items()
    }


@functools.cache
def _environment() -> Environment:
    """Return the templates, with every value escaped and every missing name an error."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["absent"] = ABSENT
    for name in ("page.css", "charts.js", "sort.js", "nav.js"):
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        environment.globals[name.replace(".", "_")] = Markup(text)
    return environment
