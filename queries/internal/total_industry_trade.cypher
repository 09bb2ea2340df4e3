// question: All deliveries between the industries of a classification.
// param classification: string — classification of the industries
// param origin: string — input table of the flow
// column total: float — value
MATCH (s:Industry)-[d:INDUSTRY_SUPPLIES]->(u:Industry)
WHERE s.classification = $classification AND u.classification = $classification
  AND d.origin = $origin
RETURN coalesce(sum(d.value), 0.0) AS total
