// question: Industries' citations of every year.
// param classification: string — classification of the industries
// param origin: string — input table of the flow
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integer — year of citing
// column count: float — citations, firms' self-citations included
// column self_count: float — those in which a firm cites itself
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND c.origin = $origin
RETURN i.code AS receiver, j.code AS source, c.year AS year, c.count AS count,
       c.self_count AS self_count
ORDER BY receiver, source, year
