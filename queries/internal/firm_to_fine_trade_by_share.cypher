// question: Firms' deliveries summed to their fine industries by share, and years.
// note: SUPPLIES points from the supplier (source) to the buyer (receiver).
// note: Pairs and years first: ladybug 0.22 takes wrong rows where a filter of an edge is followed
//     by one that compares this edge with another. A sum between them keeps them apart.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column receiver: string — code of the buying industry
// column source: string — code of the supplying industry
// column year: integers — years of delivery
// column value: floats — value of the deliveries in each of them
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
// on Neo4j: USING SCAN d:SUPPLIES
WHERE d.year % $slices = $slice
WITH s, b, d.year AS year, sum(d.value) AS whole
MATCH (b)-[m:BELONGS_TO]->(i:Industry)
WHERE m.first_year <= year AND year <= m.last_year
MATCH (s)-[n:BELONGS_TO]->(j:Industry)
WHERE n.first_year <= year AND year <= n.last_year
WITH i.code AS receiver, j.code AS source, year,
     sum(whole * m.share * n.share) AS value
RETURN receiver, source, collect(year) AS year, collect(value) AS value
