// question: Which codes does the concordance leave out, in part or whole, and how much flow?
// note: Citations include those in which a firm cites itself.
// note: The residual code itself is listed: it holds the flow of firms without an industry.
// param classification: string — classification of the industries, e.g. csrc78
// param target: string — classification that the codes should map to
// param origin: string = firm_citations — input table the citations come from
// param residual: string = unmapped — code of the target that stands for no industry
// param tolerance: float = 1e-9 — gap below which the shares of a code count as complete
// column industry: string — the code
// column name: string — its name
// column unmapped_share: float — part of the code that maps to the residual or to nothing
// column citations_made: float — citations made by the industry, over all years
// column citations_received: float — citations received by the industry, over all years
MATCH (i:Industry)
WHERE i.classification = $classification
OPTIONAL MATCH (i)-[m:MAPS_TO]->(t:Industry)
WHERE t.classification = $target AND t.code <> $residual
WITH i, coalesce(sum(m.weight), 0.0) AS mapped
WHERE mapped < 1.0 - $tolerance
OPTIONAL MATCH (i)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE c.origin = $origin
WITH i, mapped, coalesce(sum(c.count), 0.0) AS made
OPTIONAL MATCH (k:Industry)-[d:INDUSTRY_CITES]->(i)
WHERE d.origin = $origin
RETURN i.code AS industry, i.name AS name, 1.0 - mapped AS unmapped_share,
       made AS citations_made, coalesce(sum(d.count), 0.0) AS citations_received
ORDER BY industry
