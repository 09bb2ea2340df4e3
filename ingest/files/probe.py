"""Open an old spreadsheet in a process of its own first: some damage ends the process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["survives"]

#: In .xls and .xlsb a damaged cell can claim a place so far away that calamine asks for more memory
#: than there is, which no handler of exceptions sees. Other errors are the reader's to tell.
_CODE = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineWorkbook
print("ready", flush=True)
try:
    with CalamineWorkbook.from_path(sys.argv[1]) as book:
        for name in book.sheet_names:
            book.get_sheet_by_name(name).height
except BaseException:
    pass
print("done", flush=True)
"""


def survives(path: Path) -> bool:
    """Whether a process that opens a workbook outlives it.

    Parameters
    ----------
    path : Path
        A spreadsheet.

    Returns
    -------
    bool
        True, too, where the trial could not begin.
    """
    trial = subprocess.run(
        [sys.executable, "-c", _CODE, str(path)], capture_output=True, text=True, check=False
    )
    return "ready" not in trial.stdout or "done" in trial.stdout
