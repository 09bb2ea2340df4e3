// question: Patents' citations summed to fine industries by share, and years of citing.
// note: What belongs to no firm is in the residual industry, and counted apart besides.
// note: Pairs and years first: ladybug 0.22 takes wrong rows where a filter of an edge is followed
//     by one that compares this edge with another. A sum between them keeps them apart.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integers — years of citing
// column count: floats — citations in each of them, owners' self-citations included
// column unowned: floats — those of which an end belongs to no firm
MATCH (p:Patent)-[c:CITES]->(q:Patent)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
WITH p, q, c.year AS year, sum(c.count) AS whole
MATCH (p)-[m:BELONGS_TO]->(i:Industry)
WHERE m.first_year <= year AND year <= m.last_year
MATCH (q)-[n:BELONGS_TO]->(j:Industry)
WHERE n.first_year <= year AND year <= n.last_year
WITH i.code AS receiver, j.code AS source, year,
     sum(whole * m.share * n.share) AS count,
     sum(whole * m.share * n.share * (1.0 - m.owned * n.owned)) AS unowned
RETURN receiver, source, collect(year) AS year, collect(count) AS count,
       collect(unowned) AS unowned
