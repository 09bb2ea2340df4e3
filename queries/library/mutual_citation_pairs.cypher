// question: Which industries cite each other, and how much each way?
// note: An industry is no pair with itself; the first code of a pair sorts before the second.
// note: With drop_self, a firm's citations of itself are left out.
// param classification: string — classification of the industries, e.g. csrc78
// param origin: string = firm_citations — input table the citations come from
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param drop_self: boolean = true — leave out what a firm cites of its own
// param residual: string = unmapped — code that is left out on both sides
// param limit: integer = 20 — how many pairs at most
// column first: string — code of an industry
// column second: string — code of another industry
// column first_cites_second: float — citations by the first industry to the second
// column second_cites_first: float — citations by the second industry to the first
// column weaker: float — the smaller of the two; the list starts with the largest
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code <> j.code AND i.code <> $residual AND j.code <> $residual
  AND c.origin = $origin AND c.year >= $first_year AND c.year <= $last_year
WITH CASE WHEN i.code < j.code THEN i.code ELSE j.code END AS first,
     CASE WHEN i.code < j.code THEN j.code ELSE i.code END AS second,
     i.code < j.code AS forward,
     CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END AS citations
WITH first, second,
     sum(CASE WHEN forward THEN citations ELSE 0.0 END) AS first_cites_second,
     sum(CASE WHEN forward THEN 0.0 ELSE citations END) AS second_cites_first
WHERE first_cites_second > 0 AND second_cites_first > 0
RETURN first, second, first_cites_second, second_cites_first,
       CASE WHEN first_cites_second < second_cites_first THEN first_cites_second
            ELSE second_cites_first END AS weaker
ORDER BY weaker DESC, first, second
LIMIT $limit
