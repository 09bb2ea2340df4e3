"""How the study calls who delivers and who is delivered to, and which of them to leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import contract
from ..entries.chosen import leaving_out
from ..study import Study

__all__ = ["ends", "without"]

_FLOWS, _LINKS = contract.table("io_flows"), contract.table("trade_links")


def ends(study: Study) -> tuple[str, str]:
    """Return who delivers and who is delivered to, as the columns are called; of make and use, too.

    What these two come to is a table of flows between industries.
    """
    links = study.trade_from == _LINKS.name
    receiver, source = (_LINKS if links else _FLOWS).ends
    return source, receiver


def without(study: Study, labels: Mapping[str, Sequence[str]]) -> str:
    """Return the key that leaves labels out of the deliveries, by column."""
    entries = [source.entry for source in study.of(study.trade_from or _FLOWS.name)]
    return leaving_out(entries, labels)
