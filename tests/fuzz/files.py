"""Write drafts as files of many kinds: text in many dialects, Parquet, sheets, Stata, archives."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import re
import warnings
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pyarrow as pa

from .studies import Draft, Rows

__all__ = ["KINDS", "archive", "bytes_of", "toml", "write"]

KINDS = (
    "csv", "tsv", "semicolon", "gz", "zip", "bz2", "zst", "parquet", "typed", "xlsx", "dta",
)  # fmt: skip

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def text_of(rows: Rows, delimiter: str = ",") -> bytes:
    """Return rows as text, as they are: a field with a delimiter or a quote is not protected."""
    lines = [delimiter.join(row) for row in rows]
    return ("\n".join(lines) + "\n").encode("utf-8", errors="surrogatepass")


def bytes_of(rows: Rows, kind: str) -> bytes:
    """Return rows as a file of a kind."""
    match kind:
        case "tsv":
            return text_of(rows, "\t")
        case "semicolon":
            return text_of(rows, ";")
        case "gz":
            return gzip.compress(text_of(rows), mtime=0)
        case "bz2":
            return bz2.compress(text_of(rows))
        case "zst":
            return bytes(pa.compress(text_of(rows), "zstd", asbytes=True))
        case "zip":
            return archive({"inside.csv": text_of(rows)})
        case "parquet" | "typed" | "dta":
            return _frame(rows, kind)
        case "xlsx":
            return _xlsx(rows)
        case _:
            return text_of(rows)


def archive(files: dict[str, bytes]) -> bytes:
    """Return files as a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _frame(rows: Rows, kind: str) -> bytes:
    """Return rows as Parquet or Stata; where they are no frame, as text after all."""
    target = io.BytesIO()
    try:
        header, *body = rows
        frame = pd.DataFrame([row[: len(header)] for row in body], columns=header, dtype=object)
        if kind != "parquet":
            for name in header:
                numbers = pd.to_numeric(frame[name], errors="coerce")
                if numbers.notna().all():
                    frame[name] = numbers
        if kind == "dta":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # names that Stata does not take
                frame.to_stata(target, write_index=False, version=118)
        else:
            frame.to_parquet(target, index=False)
    except Exception:  # a frame needs columns of one length and one name each
        return text_of(rows)
    return target.getvalue()


def _xlsx(rows: Rows) -> bytes:
    body = ""
    for row in rows:
        cells = ""
        for cell in row:
            shown = escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", cell))
            if re.fullmatch(r"-?\d{1,9}(\.\d+)?", cell) and not re.match(r"-?0\d", cell):
                cells += f"<c><v>{cell}</v></c>"
            else:
                cells += f'<c t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
        body += f"<row>{cells}</row>"
    relations = f'<Relationships xmlns="{_PACKAGE}/relationships">'
    link = f'{relations}<Relationship Id="r1" Type="{_OFFICE}/'
    return archive({
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
            f'ContentType="{_TYPE}.sheet.main+xml"/></Types>'
        ).encode(),
        "_rels/.rels": f'{link}officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'{link}worksheet" Target="worksheets/1.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/1.xml": (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
        ).encode(errors="replace"),
    })  # fmt: skip


# -- the study file ------------------------------------------------------------------------------


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return repr(value)
        case int():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            inner = ", ".join(f"{_value(str(key))} = {_value(each)}" for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return '"?"'


def toml(study: dict[str, Any]) -> str:
    """Return a study as the text of its file."""
    lines: list[str] = []
    plain = {key: each for key, each in study.items() if not isinstance(each, dict)}
    lines += [f"{_value(key)} = {_value(each)}" for key, each in plain.items()]
    for section, keys in study.items():
        if section in plain:
            continue
        if section != "tables":
            lines += [f"\n[{_value(section)}]"]
            lines += [f"{_value(key)} = {_value(each)}" for key, each in keys.items()]
            continue
        for name, given in keys.items():
            several = isinstance(given, list)
            for entry in given if several else [given]:
                if not isinstance(entry, dict):
                    continue
                head = f"tables.{_value(name)}"
                lines += [f"\n[[{head}]]" if several else f"\n[{head}]"]
                lines += [f"{_value(key)} = {_value(each)}" for key, each in entry.items()]
    return "\n".join(lines) + "\n"


def write(draft: Draft, folder: Path) -> Path:
    """Write all files of a draft, and return the study file."""
    for name, grid in draft.grids.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes_of(grid.rows, grid.kind))
    path = folder / "study.toml"
    path.write_bytes(toml(draft.study).encode("utf-8", errors="surrogatepass"))
    return path
