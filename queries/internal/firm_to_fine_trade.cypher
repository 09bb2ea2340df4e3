// question: Firms' deliveries summed to fine industries and years.
// note: SUPPLIES points from the supplier (source) to the buyer (receiver).
// param low: string — lowest id of the suppliers
// param high: string — id of the suppliers at which to stop
// column receiver: string — code of the buying industry
// column source: string — code of the supplying industry
// column year: integer — year of delivery
// column value: float — value of the deliveries
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE s.id >= $low AND s.id < $high
RETURN b.industry AS receiver, s.industry AS source, d.year AS year, sum(d.value) AS value
