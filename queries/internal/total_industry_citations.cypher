// question: All citations between the industries of a classification.
// param classification: string — classification of the industries
// param origin: string — input table of the flow
// column total: float — citations, self-citations included
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND c.origin = $origin
RETURN coalesce(sum(c.count), 0.0) AS total
