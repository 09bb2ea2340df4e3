"""How a run came to be, so that another person can make it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from ...reports.kit import Paragraph, Part, Section
from ...reports.tables import Head, make_table

__all__ = ["provenance_section"]


def provenance_section(run: Mapping[str, Any], study: str) -> Section:
    """Return command, inputs with their hashes, options, versions and seconds.

    Parameters
    ----------
    run : mapping
        What run.json will hold.
    study : str
        The study file.
    """
    parts: list[Part] = [
        Paragraph(Markup("To make this page again: <code>{}</code>").format(run["command"])),
        Paragraph(Markup("Study <code>{}</code>, made {}.").format(study, run["created"])),
    ]
    if name := run.get("namespace"):
        text = (
            "Namespace <code>{}</code>: labels and types in the graph begin with <code>{}_</code>."
        )
        parts.append(Paragraph(Markup(text).format(name, name)))
    tables = [
        ("Inputs", run["inputs"], Head("File", "code"), Head("SHA-256", "code")),
        ("Options", run["options"], Head("Option", "code"), Head("Value", "code")),
        ("Versions", run["versions"], Head("Package"), Head("Version", "code")),
        ("Time by step", run["seconds"], Head("Step"), Head("Seconds", "seconds")),
    ]
    for caption, values, left, right in tables:
        if values:
            rows = [
                (key, str(value) if right.form == "code" else value)
                for key, value in values.items()
            ]
            parts.append(make_table(caption, [left, right], rows))
    return Section("provenance", "Provenance", tuple(parts))
