// question: Patents' citations summed to their owners' fine industries and years of citing.
// note: A patent without an owner is in the residual industry, and no self-citation.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integers — years of citing
// column count: floats — citations in each of them, owners' self-citations included
// column self_count: floats — those in which both patents have one owner
MATCH (p:Patent)-[c:CITES]->(q:Patent)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
WITH p.industry AS receiver, q.industry AS source, c.year AS year, sum(c.count) AS count,
     sum(CASE WHEN p.firm = q.firm AND p.firm <> '' THEN c.count ELSE 0.0 END) AS self_count
RETURN receiver, source, collect(year) AS year, collect(count) AS count,
       collect(self_count) AS self_count
