// question: Firms' citations summed to fine industries and years.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integers — years of citing
// column count: floats — citations in each of them, firms' self-citations included
// column self_count: floats — those in which a firm cites itself
MATCH (a:Firm)-[c:CITES]->(b:Firm)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
WITH a.industry AS receiver, b.industry AS source, c.year AS year, sum(c.count) AS count,
     sum(CASE WHEN a = b THEN c.count ELSE 0.0 END) AS self_count
RETURN receiver, source, collect(year) AS year, collect(count) AS count,
       collect(self_count) AS self_count
