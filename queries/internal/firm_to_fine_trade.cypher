// question: Firms' deliveries summed to fine industries and years.
// note: SUPPLIES points from the supplier (source) to the buyer (receiver).
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column receiver: string — code of the buying industry
// column source: string — code of the supplying industry
// column year: integers — years of delivery
// column value: floats — value of the deliveries in each of them
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
// on Neo4j: USING SCAN d:SUPPLIES
WHERE d.year % $slices = $slice
WITH b.industry AS receiver, s.industry AS source, d.year AS year, sum(d.value) AS value
RETURN receiver, source, collect(year) AS year, collect(value) AS value
