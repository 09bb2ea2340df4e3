"""The page: one HTML text that holds all it needs and loads nothing."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .charts import script_bundle
from .content import ReportContent
from .drawing import draw_sections
from .kit import Section
from .sections import sections_of
from .setting import setting_of

__all__ = ["render_page", "script_json"]

_TEMPLATES = Path(__file__).parent / "templates"


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


def render_page(content: ReportContent, more: Iterable[Section] = ()) -> str:
    """Render the report as one self-contained HTML page.

    Parameters
    ----------
    content : ReportContent
        Everything that the page shows.
    more : iterable of Section, optional
        What capabilities add.

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
    setting = setting_of(content)
    sections = draw_sections(sections_of(content, more), setting)
    drawn = [figure for section in sections for figure in section.figures if figure.payload]
    payload = {
        "synthetic": content.synthetic,
        "sectors": setting.sectors if drawn else [],
        "figures": {figure.id: figure.payload for figure in drawn},
    }
    return _environment().get_template("page.html").render(
        content=content,
        sections=sections,
        paragraphs=[text for text in content.description.split("\n\n") if text.strip()],
        last=content.ordered[-1] if content.years else None,
        data=script_json(payload),
        bundle=Markup(script_bundle()) if drawn else Markup(""),
    )  # fmt: skip


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
    environment.globals["kind_of"] = lambda part: type(part).__name__
    for name in ("page.css", "charts.js", "sort.js", "nav.js"):
        text = (_TEMPLATES / name).read_text(encoding="utf-8")
        environment.globals[name.replace(".", "_")] = Markup(text)
    return environment
