"""The page: one HTML text that holds all it needs and loads nothing."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .charts import script_bundle
from .drawing import draw_sections
from .kit import Page

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


def render_page(page: Page) -> str:
    """Render the report as one self-contained HTML page.

    Parameters
    ----------
    page : Page
        Everything that it shows.

    Returns
    -------
    str
        The page. It needs no network, no other file and no fonts; the same content gives the
        same text. Write it as UTF-8.

    Examples
    --------
    >>> from spillgraph.reports.figures import Setting
    >>> text = render_page(Page("Patents & trade", "", "study.toml", (), Setting({})))
    >>> text.startswith("<!doctype html>"), "Patents &amp; trade" in text
    (True, True)
    """
    sections = draw_sections(page.sections, page.setting)
    drawn = [figure for section in sections for figure in section.figures if figure.payload]
    payload = {
        "synthetic": page.setting.synthetic,
        "sectors": page.setting.sectors if drawn else [],
        "figures": {figure.id: figure.payload for figure in drawn},
    }
    return _environment().get_template("page.html").render(
        page=page,
        sections=sections,
        paragraphs=[text for text in page.description.split("\n\n") if text.strip()],
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
