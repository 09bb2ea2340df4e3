// question: Each firm's citations summed to cited fine industries and years.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column firm: string — id of the citing firm
// column source: strings — codes of the cited industries
// column year: integers — years of citing, each beside a cited industry
// column count: floats — citations of this industry in this year, self-citations included
// column self_count: floats — those in which the firm cites itself
MATCH (a:Firm)-[c:CITES]->(b:Firm)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
WITH a.id AS firm, b.industry AS source, c.year AS year, sum(c.count) AS count,
     sum(CASE WHEN a = b THEN c.count ELSE 0.0 END) AS self_count
RETURN firm, collect(source) AS source, collect(year) AS year, collect(count) AS count,
       collect(self_count) AS self_count
