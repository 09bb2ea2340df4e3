// question: The stored stock of industries' citations of one year.
// param classification: string — classification of the industries
// param year: integer — year of the stock
// param origin: string — input table of the flow
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column count: float — citations, firms' self-citations included
// column self_count: float — those in which a firm cites itself
MATCH (i:Industry)-[c:CITATION_STOCK]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND c.origin = $origin AND c.year = $year
RETURN i.code AS receiver, j.code AS source, c.count AS count, c.self_count AS self_count
ORDER BY receiver, source
