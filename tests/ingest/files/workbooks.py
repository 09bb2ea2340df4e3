"""Small workbooks, written cell by cell as the formats' standards say."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: Styles of cells, by their number: none, a date, a date with time, hours.
STYLES = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 46))


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def number(place: str, value: object, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def formula(place: str, value: object, said: str = "B2*2") -> str:
    return f'<c r="{place}"><f>{said}</f><v>{value}</v></c>'


def xlsx(
    path: Path,
    sheets: dict[str, list[str]],
    hidden: tuple[str, ...] = (),
    *,
    said: str = "",
    program: str = "",
    more: tuple[str, ...] = (),
    formats: str = "",
) -> Path:
    """Write a workbook; each sheet is a list of cells made by `text` and `number`, row by row.

    `said` stands at the end of its workbook.xml, `program` in its properties, `formats` in its
    styles; `more` are empty parts.
    """
    entries, links, parts = "", "", {}
    for at, (name, cells) in enumerate(sheets.items(), start=1):
        state = ' state="hidden"' if name in hidden else ""
        entries += f'<sheet name={quoteattr(name)} sheetId="{at}"{state} r:id="r{at}"/>'
        links += (
            f'<Relationship Id="r{at}" Type="{OFFICE}/worksheet" Target="worksheets/{at}.xml"/>'
        )
        rows = "".join(f"<row>{cell}</row>" for cell in cells)
        parts[f"xl/worksheets/{at}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
    links += f'<Relationship Id="s" Type="{OFFICE}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    files = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        f'ContentType="{TYPE}.sheet.main+xml"/></Types>',
        "_rels/.rels": _relations(root),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets>'
        f"{said}</workbook>",
        "xl/_rels/workbook.xml.rels": _relations(links),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{formats}<cellXfs>{STYLES}</cellXfs>'
        "</styleSheet>",
        **parts,
        **dict.fromkeys(more, ""),
    }
    if program:
        files["docProps/app.xml"] = (
            f'<Properties xmlns="{OFFICE[:-13]}extended-properties">'
            f"<Application>{program}</Application></Properties>"
        )
    return _zip(path, files)


def ods(path: Path, sheets: dict[str, str], said: str = "") -> Path:
    """Write an OpenDocument workbook; each sheet is the XML of its rows, `said` stands before."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{rows}</table:table>"
        for name, rows in sheets.items()
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<office:document-content xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0" '
        f'xmlns:text="{urn}:text:1.0"><office:body><office:spreadsheet>{said}{tables}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<m:manifest xmlns:m="{urn}:manifest:1.0"/>'
    return _zip(path, {"mimetype": mime, "content.xml": content, "META-INF/manifest.xml": manifest})


def _relations(links: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path
