// question: Firms' citations summed to their fine industries by share, and years.
// note: Pairs and years first: ladybug 0.22 takes wrong rows where a filter of an edge is followed
//     by one that compares this edge with another. A sum between them keeps them apart.
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
WITH a, b, c.year AS year, sum(c.count) AS whole
MATCH (a)-[m:BELONGS_TO]->(i:Industry)
WHERE m.first_year <= year AND year <= m.last_year
MATCH (b)-[n:BELONGS_TO]->(j:Industry)
WHERE n.first_year <= year AND year <= n.last_year
WITH i.code AS receiver, j.code AS source, year,
     sum(whole * m.share * n.share) AS count,
     sum(CASE WHEN a = b THEN whole * m.share * n.share ELSE 0.0 END) AS self_count
RETURN receiver, source, collect(year) AS year, collect(count) AS count,
       collect(self_count) AS self_count
