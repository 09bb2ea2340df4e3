// question: Firms' deliveries summed to fine industries and years.
// note: SUPPLIES points from the supplier (source) to the buyer (receiver).
// column receiver: code of the buying industry
// column source: code of the supplying industry
// column year: year of delivery
// column value: value of the deliveries
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
RETURN b.industry AS receiver, s.industry AS source, d.year AS year, sum(d.value) AS value
ORDER BY receiver, source, year
