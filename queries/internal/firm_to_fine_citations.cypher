// question: Firms' citations summed to fine industries and years.
// param origin: string — input table of the flow
// column receiver: code of the citing industry
// column source: code of the cited industry
// column year: year of citing
// column count: citations, firms' self-citations included
// column self_count: those in which a firm cites itself
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE c.origin = $origin
RETURN a.industry AS receiver, b.industry AS source, c.year AS year, sum(c.count) AS count,
       sum(CASE WHEN a.id = b.id THEN c.count ELSE 0.0 END) AS self_count
ORDER BY receiver, source, year
