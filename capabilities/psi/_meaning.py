"""What the columns of the tables of ψ are, in a sentence each."""

from __future__ import annotations

from ...analytics.spillovers import CHANNELS

__all__ = ["meaning"]

_SUMS = {
    "benefit": "row sum of ψ: rise of the sector's output in %, for 1% in every sector",
    "benefit_without_W": "row sum of ψ with W = 0, in %",
    "own": "of the row sum of ψ: the sector's own 1%",
    "T1": "of the row sum of ψ: S + S², as printed in the source, in %",
    "T2": "of the row sum of ψ: W + W², as printed in the source, in %",
    "T3": "of the row sum of ψ − I: all but T1 and T2, as printed in the source, in %",
    "own_citation_share": "part of the sector's citations that stays within it, 0 to 1",
    "value_added_share": "value added in gross output, 0 to 1",
    "imports_share": "imported inputs in gross output, 0 to 1",
    "unexplained_share": "part of gross output that no account explains, 0 to 1",
}
_SENSITIVITY = {
    "spillover_percent": "change of the sum of ψ1 − 1 against the study, in %",
    "loss_percent": "part of all benefit that is lost without W under this choice, in %",
    "benefit_rank_correlation": "rank correlation of benefit with the study's (Spearman)",
    "contribution_rank_correlation": "rank correlation of contribution with the study's (Spearman)",
    "loss_rank_correlation": "rank correlation of the loss with the study's (Spearman)",
    "benefit_largest_change_percent": "largest change of a sector's benefit, in %",
    "benefit_largest_change_at": "the sector whose benefit changes most",
    "contribution_largest_change_percent": "largest change of a sector's contribution, in %",
    "contribution_largest_change_at": "the sector whose contribution changes most",
    "remark": "why a choice has no ψ",
}
_PATHS = {
    "psi": "element of ψ, in %, for 1% in the source",
    "rank": "place among the walks of the element, the strongest first",
    "path": "the walk in words, from the receiver to its source",
    "strength": "product of the walk's shares",
    "share": "part of the element, 0 to 1",
    "cumulative": "part of the element that this walk and stronger ones carry, 0 to 1",
}
_DRAWS = {
    "estimate": "of the citation stock itself, in the unit of the quantity",
    "se": "standard deviation of the draws, in the unit of the quantity",
    "bias": "mean of the draws − estimate, in the unit of the quantity",
    "percentile_low": "lower end of the percentile interval, in the unit of the quantity",
    "percentile_high": "upper end of the percentile interval, in the unit of the quantity",
    "basic_low": "lower end of the basic interval, in the unit of the quantity",
    "basic_high": "upper end of the basic interval, in the unit of the quantity",
    "draws": "draws that entered",
    "drawn": "what was drawn: firms, citations or years",
    "observed": "of the citation stock itself, in the unit of the quantity",
    "null_median": "median of the permuted draws, in the unit of the quantity",
    "p_greater": "p-value against larger by chance",
    "p_less": "p-value against smaller by chance",
    "p_two_sided": "p-value of the distance from the median",
    "p_familywise": "p-value adjusted over all sectors of all quantities (Westfall and Young)",
    "q_two_sided": "p_two_sided adjusted over the sectors (Benjamini and Hochberg)",
}


def meaning(column: str) -> str:
    """Return what a column of a table is, or nothing where its name says it.

    Parameters
    ----------
    column : str
        Its name.

    Examples
    --------
    >>> meaning("loss_percent_contribution_unit")
    'part of contribution_unit that is lost with W = 0, in %'
    >>> meaning("contribution_final_demand")
    "column sum of ψ in %, weights: final demand (w'ψ)"
    """
    known = _SUMS | _SENSITIVITY | _PATHS | _DRAWS
    if column in known:
        return known[column]
    if column in CHANNELS:
        return f"of the row sum of ψ: {column}, exactly, in %"
    if column.startswith("loss_percent_"):
        return f"part of {column.removeprefix('loss_percent_')} that is lost with W = 0, in %"
    for start, more in (("contribution_without_W_", " with W = 0"), ("contribution_", "")):
        if column.startswith(start):
            weight = column.removeprefix(start).replace("_", " ")
            return f"column sum of ψ in %, weights: {weight} (w'ψ){more}"
    return ""
