"""What would make accounts fit, in words: exchanged columns, another unit, buyers, a total."""

from __future__ import annotations

import math

from ...analytics.accounts import Accounts, Cause
from ..study import Study
from .flow_ends import ends, without
from .single_sectors import percent

__all__ = ["capital", "of_cause"]

_NAMES = {
    "flows": "the flows",
    "gross_output": "gross output",
    "value_added": "value added",
    "final_demand": "final demand",
    "imports": "imports",
}


def of_cause(study: Study, accounts: Accounts, cause: Cause) -> str:
    """Say what makes the accounts fit, how well, and what to do."""
    fit = _fit(cause)
    likely = "" if cause.proven else "The likely cause: "
    one, other = ends(study)
    turned = f"with {one} and {other} exchanged"
    if accounts.table["imports"].isna().all():  # both mistakes leave the same accounts
        turned += ", or value added and final demand,"
    if cause.kind == "margins":
        how = f"with value added and final demand exchanged they fit {fit}: exchange their names"
        return capital(f"{likely}{how} under [tables.io_output].")
    where = f"under [tables.{study.trade_from}]"
    names = f" Exchange their names, {where}"
    if "," in turned:
        names = f" Look which it is, and exchange their names, {where} or [tables.io_output]"
    if cause.kind == "exchanged":
        return capital(f"{likely}{turned} they fit {fit}.{names}.")
    also = f"{turned} and " if cause.exchanged else "with "
    names = f"{names}, too." if cause.exchanged else ""
    if cause.kind == "shares":
        of = "per cent of the user's output" if cause.factor < 1 else "shares of the user's output"
        how = f"{also}every flow taken as {of} they fit {fit}"
        return capital(f"{likely}{how}: give amounts of money, share times output.{names}")
    if cause.kind == "unit":
        by = f"{cause.factor:,.0f}" if cause.factor > 1 else f"{cause.factor:.9f}".rstrip("0")
        how = f"{also}{_NAMES[cause.what]} multiplied by {by} they fit {fit}"
        what = "another unit, and exchanged columns" if cause.exchanged else "another unit"
        return capital(f"{likely}{how}: {what}. Give all amounts in one unit.{names}")
    if cause.kind == "buyers":
        return capital(f"{likely}{_of_buyers(study, cause.what.split('|'), fit)}")
    if cause.kind == "total":
        how = f"without {cause.what!r} they fit {fit}: it looks like a total; if so, leave it out"
        return capital(f"{likely}{how}.")
    return capital(f"{likely}without imports they fit {fit}: the flows hold them already.")


def _of_buyers(study: Study, buyers: list[str], fit: str) -> str:
    """Say how to leave columns of final demand out."""
    named = ", ".join(buyers[:4]) + (f" and {len(buyers) - 4} more" if buyers[4:] else "")
    leave = without(study, {ends(study)[1]: buyers})
    return (
        f"without {named} they fit {fit}: these buy and have no output, so they are final demand "
        f"and no sectors. Leave them out: {leave} under "
        f"[tables.{study.trade_from}], and out of the list of industries."
    )


def _fit(cause: Cause) -> str:
    known = [percent(misfit) for misfit in cause.misfits if not math.isnan(misfit)]
    return f"to {' and '.join(known)}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
