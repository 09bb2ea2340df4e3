// question: Which industries cite an industry, and with which share?
// note: The industry itself is a receiver like any other.
// note: With drop_self, a firm's citations of itself count neither above nor below the line.
// param classification: string — classification of the industries, e.g. csrc78
// param industry: string — code of the cited industry
// param origin: string = firm_citations — input table the citations come from
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param drop_self: boolean = true — leave out what a firm cites of its own
// param residual: string = unmapped — code that is left out on both sides
// param limit: integer = 20 — how many receivers at most
// column receiver: string — code of the citing industry
// column name: string — its name
// column citations: float — citations of the years asked for
// column share: float — part of the citations that the industry receives, over all receivers
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND j.code = $industry AND i.code <> $residual AND c.origin = $origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH coalesce(sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END), 0.0)
     AS total
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND j.code = $industry AND i.code <> $residual AND c.origin = $origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH total, i.code AS receiver, i.name AS name,
     sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END) AS citations
WHERE citations > 0
RETURN receiver, name, citations, citations / total AS share
ORDER BY citations DESC, receiver
LIMIT $limit
