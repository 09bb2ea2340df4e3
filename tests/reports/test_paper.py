"""The page on paper: a real browser prints it, and no column of the widest table is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader
from spillgraph.reports.page import render_page
from spillgraph.reports.tables import Table

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome on the PATH")


def printed(page: str, folder: Path) -> PdfReader:
    """Print a page as the browser does without being asked for anything."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    assert BROWSER is not None
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000"]
    options += ["--no-pdf-header-footer", f"--user-data-dir={folder / 'profile'}"]
    command = [BROWSER, *options, f"--print-to-pdf={folder / 'page.pdf'}"]
    address = (folder / "page.html").as_uri()
    subprocess.run([*command, address], capture_output=True, timeout=180, check=True)
    return PdfReader(folder / "page.pdf")


def together(text: str) -> str:
    """Return a text as it is compared: a head may break anywhere, a ligature is two letters."""
    return re.sub(r"[\s\u00ad\u2010-]", "", text.replace("ﬁ", "fi").replace("ﬂ", "fl"))


@pytest.fixture(scope="module")
def paper(drawn, tmp_path_factory) -> tuple[Table, list[str]]:
    """The widest table, and the text of its pages of paper."""
    table = drawn.table("Sectors, 2020")
    assert len(table.heads) > 15
    reader = printed(render_page(drawn.page), tmp_path_factory.mktemp("paper"))
    wide = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    return table, [page.extract_text() for page in wide]


def test_every_head_of_the_widest_table_is_on_paper(paper) -> None:
    table, pages = paper
    text = together("".join(pages))
    assert [head.title for head in table.heads if together(head.title) not in text] == []


def test_every_number_of_the_widest_table_is_on_paper(paper) -> None:
    table, pages = paper
    words = " ".join(pages).split()
    for row in table.rows:
        shown = [cell.text for cell in row[2:]]
        places = [k for k, word in enumerate(words) if word == shown[0]]
        assert any(words[k : k + len(shown)] == shown for k in places), row[0].text
