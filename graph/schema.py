"""The graph model, declared once for every store.

Stores build their tables and constraints from these declarations, the loaders take column
names and types from them, and the manual's model page is generated from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..core.measures import POOLED, POOLS, scores

__all__ = [
    "EDGES",
    "FOUND",
    "MARK",
    "NODES",
    "OF_FIRMS",
    "RESULTS",
    "RESULT_PROPERTIES",
    "SCHEMA_VERSION",
    "SCORES",
    "UNMAPPED",
    "WRITER",
    "EdgeType",
    "NodeType",
    "Property",
]

#: Raised whenever a change below makes an existing store unreadable, or what a load puts into the
#: graph changes: it is part of the input's fingerprint. What runs write back is none of it.
SCHEMA_VERSION = 6

#: The residual industry of every classification: what no code or concordance covers.
#: It keeps totals exact and is never a row of W, S or ψ.
UNMAPPED = "unmapped"

#: On a server: the label that every node of ours has besides its own, and that of the lock's nodes.
MARK = "Spillgraph"
WRITER = "SpillgraphWriter"


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its name, type (``string``, ``integer`` or ``float``), unit and meaning."""

    name: str
    type: str
    meaning: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A kind of node; ``key`` is unique among nodes of that kind."""

    name: str
    meaning: str
    key: str
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class EdgeType:
    """A kind of edge; ``ends`` lists the (from, to) kinds of node that it may join."""

    name: str
    meaning: str
    ends: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...] = ()


_YEAR = Property("year", "integer", "calendar year", "year")
_RUN = Property("run", "string", "id of the run that found it, as in run.json")
_SPAN = (
    Property("share", "float", "share; those of one holder and year add to 1 at most", "share"),
    Property("first_year", "integer", "first year in which it holds", "year"),
    Property("last_year", "integer", "last year in which it holds", "year"),
)
_ORIGIN = Property(
    "origin", "string", "input table the flow comes from, e.g. firm_citations or io_flows"
)


#: What a run writes back of an industry, on the node for the last year and on SCORES for every one.
SCORES = tuple(Property(score.name, "float", score.meaning) for score in scores())

#: Nodes and edges that runs write back, and what they set of Industry nodes: both come and go with
#: their run. FOUND has those that one capability alone writes, nodes before the edges on them.
FOUND = {"coagglomeration": ("IndustryRegion", "OF_INDUSTRY", "OF_REGION", "COAGGLOMERATES")}
RESULTS = ("Run", "SCORES", "W", "S", *(kind for kinds in FOUND.values() for kind in kinds))
RESULT_PROPERTIES = ("run", "scores_year", *(score.name for score in SCORES))

#: What of the model is only there where a graph keeps firms.
OF_FIRMS = frozenset(
    {"Firm", "Patent", "Region", "Country", "CITES", "SUPPLIES", "OWNS", "IN_INDUSTRY"}
    | {"IN_REGION", "IN_COUNTRY", "HOLDS", "BELONGS_TO", "OF_REGION"}
)

NODES: tuple[NodeType, ...] = (
    NodeType(
        "Study",
        "The study whose graph this is",
        "name",
        (
            Property("name", "string", "name of the study"),
            Property("target", "string", "classification of the matrices"),
            Property("keep", "string", "firms, or industries where these alone are nodes"),
        ),
    ),
    NodeType(
        "Firm",
        "A firm of the register",
        "id",
        (
            Property("id", "string", "the user's firm identifier"),
            Property("name", "string", "name"),
            Property(
                "industry",
                "string",
                "fine industry code, 'unmapped' where there is none; of several the largest in the "
                "last year; equal to the IN_INDUSTRY edge",
            ),
            Property("region", "string", "region of the headquarters"),
            Property("country", "string", "country of the headquarters"),
            Property("lat", "float", "latitude", "degrees"),
            Property("lon", "float", "longitude", "degrees"),
            Property("size", "float", "size, in the unit of the firm table"),
        ),
    ),
    NodeType(
        "Patent",
        "A patent; one that is known only because it is cited has no year",
        "id",
        (
            Property("id", "string", "patent number"),
            Property(
                "firm",
                "string",
                "owner's id, empty where no firm matches; of several the largest in the patent's "
                "year",
            ),
            Property(
                "industry", "string", "the owner's fine industry code, 'unmapped' without an owner"
            ),
            _YEAR,
            Property("quality", "float", "quality or value, in the unit of the patent table"),
        ),
    ),
    NodeType(
        "Industry",
        "An industry of one classification",
        "key",
        (
            Property("key", "string", "classification, a colon, and the code"),
            Property("classification", "string", "classification, e.g. csrc78"),
            Property("code", "string", "code; 'unmapped' is the residual"),
            Property("name", "string", "name"),
            Property("run", "string", "id of the run whose scores follow, the last that wrote any"),
            Property("scores_year", "integer", "year of the scores, the run's last", "year"),
            *SCORES,
        ),
    ),
    NodeType(
        "IndustryRegion",
        "What coagglomeration found of an industry in a region, and in a year if its sites have "
        "years; industries that were compared",
        "key",
        (
            Property("key", "string", "id of the run, a colon, and a number"),
            _RUN,
            Property("industry", "string", "code; OF_INDUSTRY leads to it"),
            Property("region", "string", "region of the sites; OF_REGION leads to it"),
            _YEAR,
            Property("threshold", "float", "share of draws that must be farther than a pair"),
            Property("sites", "integer", "sites that were compared", "sites"),
            *(Property(name, "float", f"its own {text}") for name, text in POOLED.items()),
            *(Property(name, "float", text) for name, text in POOLS.items()),
        ),
    ),
    NodeType("Region", "A region", "id", (Property("id", "string", "name or code"),)),
    NodeType("Country", "A country", "id", (Property("id", "string", "name or code"),)),
    NodeType(
        "Run",
        "A run that wrote its results back",
        "id",
        (
            Property("id", "string", "id of the run, as in run.json"),
            Property("study", "string", "name of the study"),
            Property("created", "string", "when, in UTC"),
            Property("classification", "string", "classification of the industries"),
            Property("choices", "string", "choices of the study, as JSON"),
            Property("version", "string", "version of spillgraph"),
        ),
    ),
    NodeType(
        "LoadedBatch",
        "What was loaded, for resuming and for checking",
        "id",
        (
            Property("id", "string", "kind, part and content hash"),
            Property("kind", "string", "kind of node or edge"),
            Property("between", "string", "kinds of an edge's ends, e.g. Firm-Firm"),
            Property("rows", "integer", "rows of the batch"),
            Property("total", "float", "sum of the batch's measure, 0 where it has none"),
            Property(
                "before",
                "integer",
                "-1 once the batch is in; while it loads, what its store needs to go on",
            ),
        ),
    ),
)

EDGES: tuple[EdgeType, ...] = (
    EdgeType(
        "CITES",
        "The citing side points to the cited side, by the year of citing",
        (("Firm", "Firm"), ("Patent", "Patent")),
        (_YEAR, Property("count", "float", "citations", "citations")),
    ),
    EdgeType(
        "SUPPLIES",
        "The supplier points to the buyer",
        (("Firm", "Firm"),),
        (_YEAR, Property("value", "float", "value of the deliveries", "study's money unit")),
    ),
    EdgeType("OWNS", "The firm owns the patent", (("Firm", "Patent"),)),
    EdgeType("IN_INDUSTRY", "The firm's fine industry", (("Firm", "Industry"),)),
    EdgeType("IN_REGION", "The firm's region", (("Firm", "Region"),)),
    EdgeType("IN_COUNTRY", "The firm's country", (("Firm", "Country"),)),
    EdgeType(
        "HOLDS",
        "The firm counts as owner of the patent, by share and by year of citing; only where a "
        "study has several owners, changing ones, or several industries of a firm",
        (("Firm", "Patent"),),
        _SPAN,
    ),
    EdgeType(
        "BELONGS_TO",
        "Fine industries by share and by year, 'unmapped' included, so that shares add to 1; only "
        "where HOLDS may be, or a study has several industries of a firm",
        (("Firm", "Industry"), ("Patent", "Industry")),
        (
            *_SPAN,
            Property(
                "owned", "float", "1, or 0 for the part of a patent that belongs to no firm", ""
            ),
        ),
    ),
    EdgeType(
        "MAPS_TO",
        "Concordance: this share of the code belongs to that code; shares of a code add to 1",
        (("Industry", "Industry"),),
        (Property("weight", "float", "share", "share"),),
    ),
    EdgeType(
        "INDUSTRY_CITES",
        "Citations of one year summed to industries; the citing side points to the cited side",
        (("Industry", "Industry"),),
        (
            _YEAR,
            Property("count", "float", "citations, firms' self-citations included", "citations"),
            Property(
                "self_count", "float", "part of count in which a firm cites itself", "citations"
            ),
            _ORIGIN,
        ),
    ),
    EdgeType(
        "CITATION_STOCK",
        "Citations cumulated from the first year to this year (target classification)",
        (("Industry", "Industry"),),
        (
            _YEAR,
            Property("count", "float", "citations up to and including the year", "citations"),
            Property(
                "self_count", "float", "part of count in which a firm cites itself", "citations"
            ),
            _ORIGIN,
        ),
    ),
    EdgeType(
        "INDUSTRY_SUPPLIES",
        "Deliveries of one year summed to industries; the supplier points to the user",
        (("Industry", "Industry"),),
        (
            _YEAR,
            Property("value", "float", "value of the deliveries", "study's money unit"),
            _ORIGIN,
        ),
    ),
    EdgeType(
        "SCORES",
        "What the run found of the industry in one year",
        (("Run", "Industry"),),
        (_RUN, _YEAR, *SCORES),
    ),
    EdgeType(
        "W",
        "Innovation network: the share of the receiver's citations that go to the source; "
        "the receiver points to the source",
        (("Industry", "Industry"),),
        (_RUN, _YEAR, Property("weight", "float", "entry of W", "share")),
    ),
    EdgeType(
        "S",
        "Production network: the source's deliveries per unit of the receiver's output; "
        "the receiver points to the source",
        (("Industry", "Industry"),),
        (_RUN, _YEAR, Property("weight", "float", "entry of S", "share")),
    ),
    EdgeType(
        "OF_INDUSTRY",
        "The industry whose pools these are",
        (("IndustryRegion", "Industry"),),
        (_RUN,),
    ),
    EdgeType(
        "OF_REGION",
        "The region in which these pools are, where firms are in it, too: regions of sites alone "
        "are no nodes",
        (("IndustryRegion", "Region"),),
        (_RUN,),
    ),
    EdgeType(
        "COAGGLOMERATES",
        "j → k: the industry crowds around that one in a region; pairs that do not are no edges",
        (("Industry", "Industry"),),
        (
            _RUN,
            Property("region", "string", "region of the sites"),
            _YEAR,
            Property(
                "p",
                "float",
                "(1 + draws at most as far) / (1 + draws); absent where the verdict needed fewer",
            ),
            Property("phi", "integer", "the verdict: 1"),
        ),
    ),
)
