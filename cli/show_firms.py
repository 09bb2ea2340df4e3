"""What the command shows of ψ of firms."""

from __future__ import annotations

import pandas as pd
from rich.markup import escape

from ..ingest.stage import Staged
from ..ingest.study import Study
from ..runs.firm_psi import FirmNetworks
from . import show
from .console import out

__all__ = ["firm_summary"]


def firm_summary(
    found: FirmNetworks, study: Study, staged: dict[str, Staged], warnings: list[str], top: int
) -> None:
    """Show what came in, what is doubtful, the networks, and the firms that come first."""
    if study.about.synthetic:
        out.print("SYNTHETIC data: the numbers describe no real economy.")
    show.input_counts({name: (t.read, t.loaded, t.rejected) for name, t in staged.items()})
    show.warn_first(warnings)
    out.print(f"{_networks(found)} {_proof(found)}", markup=False)
    _firms("Firms that give most", found.top("contribution", top))
    _firms("Firms that gain most", found.top("benefit", top))
    out.print(
        f"Wrote {found.folder}: sums of all firms in sums.parquet. Rows, columns and shocks: "
        f"spillgraph.open_firms({str(found.folder)!r}) in Python.",
        markup=False,
    )


def _networks(found: FirmNetworks) -> str:
    about, networks = found.about, found.about["networks"]
    told = [f"{about['firms']:,} firms."]
    if "W" in networks:
        told.append(f"W: citations up to {about['year']}, {networks['W']['links']:,} links.")
    if "S" in networks:
        share = about["inputs"]
        part = "that of their sector" if share == "sector" else f"{share:g}"
        told.append(
            f"S: deliveries of {about['year_of_deliveries']}, {networks['S']['links']:,} links; "
            f"firms make what they buy divided by the share of inputs, {part}."
        )
    if len(networks) == 1:
        told.append("There is one network alone, and ψ is of it.")
    return " ".join(told)


def _proof(found: FirmNetworks) -> str:
    sums = found.sums()
    return (
        f"No sum of ψ is off by more than {max(sums.error_benefit, sums.error_contribution):.1e} "
        f"of it (proven; stored as {found.about['dtype']})."
    )


def _firms(title: str, table: pd.DataFrame) -> None:
    heads = ["firm", "contribution", "without W", "benefit"]
    grid = show.begin_table(title, *heads)
    for firm, row in table.iterrows():
        numbers = row["contribution"], row["contribution_without_W"], row["benefit"]
        grid.add_row(escape(str(firm)), *(f"{number:.4g}" for number in numbers))
    out.print(grid)
