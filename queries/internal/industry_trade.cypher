// question: Industries' deliveries of every year.
// note: INDUSTRY_SUPPLIES points from the supplier (source) to the user (receiver).
// param classification: string — classification of the industries
// param origin: string — input table of the flow
// column receiver: string — code of the buying industry
// column source: string — code of the supplying industry
// column year: integer — year of delivery
// column value: float — value of the deliveries
MATCH (s:Industry)-[d:INDUSTRY_SUPPLIES]->(u:Industry)
WHERE s.classification = $classification AND u.classification = $classification
  AND d.origin = $origin
RETURN u.code AS receiver, s.code AS source, d.year AS year, d.value AS value
ORDER BY receiver, source, year
