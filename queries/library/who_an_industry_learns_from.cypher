// question: Which industries does an industry cite, and with which share?
// note: The industry itself is a source like any other: its share is the own share of W.
// note: With drop_self, a firm's citations of itself count neither above nor below the line.
// param classification: string — classification of the industries, e.g. csrc78
// param industry: string — code of the citing industry
// param origin: string = firm_citations — input table the citations come from
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param drop_self: boolean = true — leave out what a firm cites of its own
// param residual: string = unmapped — code that is left out on both sides
// param limit: integer = 20 — how many sources at most
// column source: string — code of the cited industry
// column name: string — its name
// column citations: float — citations of the years asked for
// column share: float — part of the industry's citations, over all its sources
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code = $industry AND j.code <> $residual AND c.origin = $origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH coalesce(sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END), 0.0)
     AS total
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code = $industry AND j.code <> $residual AND c.origin = $origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH total, j.code AS source, j.name AS name,
     sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END) AS citations
WHERE citations > 0
RETURN source, name, citations, citations / total AS share
ORDER BY citations DESC, source
LIMIT $limit
