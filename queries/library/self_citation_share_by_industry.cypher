// question: How much of each industry's citations do firms make to themselves?
// note: Self-citation means that a firm cites itself, not that an industry cites itself.
// note: Citations of firms without an industry count below the line.
// param classification: string — classification of the industries, e.g. csrc78
// param origin: string = firm_citations — input table the citations come from
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param residual: string = unmapped — code that is not listed
// column industry: string — code of the citing industry
// column name: string — its name
// column citations: float — citations made, self-citations included
// column self_citations: float — those in which a firm cites itself
// column self_share: float — self-citations as part of all
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code <> $residual AND c.origin = $origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH i.code AS industry, i.name AS name, sum(c.count) AS citations,
     sum(c.self_count) AS self_citations
WHERE citations > 0
RETURN industry, name, citations, self_citations, self_citations / citations AS self_share
ORDER BY self_share DESC, industry
