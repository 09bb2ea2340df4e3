"""What the columns of the tables of hubs are."""

from __future__ import annotations

from ._compute import MEANINGS

__all__ = ["meaning"]

_ROLES = {
    "coordinator": "paths through it within its community",
    "gatekeeper": "paths through it from another community into its own",
    "representative": "paths through it from its community to another",
    "consultant": "paths through it within another community",
    "liaison": "paths through it between two other communities",
}
#: Of evidence, backbones, communities and changes.
_CLAIMS = {
    "measure": "the measure, as the table of measures names it",
    "code": "code of the sector",
    "industry": "code of the sector",
    "score": "the measure of the sector",
    "rank": "its rank by the measure, 1 the highest",
    "p": "how often the null makes a score as high, or a change as large",
    "p_holm": "p adjusted for the number of sectors (Holm)",
    "q": "share of false ones among those found (Benjamini–Hochberg)",
    "rank_low": "highest place that draws leave open",
    "rank_high": "lowest place that draws leave open",
    "network": "the network: W, S, psi, UDS, UCS, trade or citations",
    "is_hub": "whether more sectors draw on it than chance explains: p_claim is 5% at most",
    "settled": "whether more draws would find the same: p_low and p_high on one side of 5%",
    "p_claim": "p adjusted (Holm) for all sectors and both in-degrees at once",
    "p_low": "least p_claim that more draws may come to (99%)",
    "p_high": "largest p_claim that more draws may come to (99%)",
    "draws": "networks drawn that p counts; 0 where p is exact, or missing",
    "above": "by how many measures it is above chance after Holm, each for itself",
    "above_low": "how few more draws may find (99%)",
    "above_high": "how many more draws may find (99%)",
    "tested": "how many measures chance can move",
    "survives": "whether it keeps its rank by the links of the backbone alone",
    "null": "the chance that it is held against, as the table of nulls names it",
    "p_second": "p_claim under the second null",
    "p_second_low": "least p_second that more draws may come to (99%)",
    "p_second_high": "largest p_second that more draws may come to (99%)",
    "remains": "whether a hub is one under the second null, too; empty of others",
    "remains_settled": "whether more draws would find the same of remains; empty of others",
    "second_null": "that null; empty where it is not drawn",
    "why": "why a number is missing, or what is special about it",
    "receiver": "sector that draws",
    "source": "sector that is drawn on",
    "weight": "weight of the link, in the unit of the network",
    "community": "number of its community, the largest first; 0 for none",
    "own": "mean share of runs in which it is with another member of its community",
    "other": "largest such share with another community",
    "nearest": "that community; 0 for none",
    "certainty": "own less other: 1 if no run puts it elsewhere",
    "firm": "id of the firm",
    "firm_name": "name of the firm",
    "amount": "citations received from other firms so far, or a year's deliveries to them",
    "share": "part of that of all firms of the sector",
    "hhi": "sum of squared shares of all firms of the sector",
    "between": "paths source, sector, receiver with two communities at least, by the backbone",
    "participation_in": "how evenly communities draw on it: 0 one alone, near 1 many",
    "participation_out": "how evenly it draws on communities: 0 one alone, near 1 many",
    "within_z_in": "what its own community draws from it, as a standard score of the members",
    "within_z_out": "what it draws from its own community, as a standard score of the members",
    "constraint": "Burt's: low where its partners do not deal with each other",
    **_ROLES,
    **{
        f"{role}_weight": f"the paths as a {role}, each by the product of its weights"
        for role in _ROLES
    },
    "paths": "paths through it whose ends have no link from the first to the last",
    "role": "the role of which it has most paths; empty without paths",
    "score_from": "in-strength without own links in the first year",
    "score_to": "the same in the last year",
    "change": "last less first",
    "rank_from": "rank in the first year",
    "rank_to": "rank in the last year",
    "rise": "places gained",
    "change_low": "lower end of an interval of the change",
    "change_high": "upper end of an interval of the change",
    "rise_low": "lower end of an interval of the places gained",
    "rise_high": "upper end of an interval of the places gained",
    "p_familywise": "p adjusted by the largest deviation (Westfall–Young)",
    "p_rank": "p of the change of rank",
    "slope": "trend a year (Sen)",
    "slope_low": "lower end of an interval of the trend; empty where the years bound none",
    "slope_high": "upper end of an interval of the trend; empty where the years bound none",
    "verdict": "rose or fell in rank, right for all sectors together; empty if neither is sure",
}


def meaning(column: str) -> str:
    """Return what a column of a table is, or an empty text.

    Parameters
    ----------
    column : str
        Its name.
    """
    return MEANINGS.get(column) or _CLAIMS.get(column, "")
