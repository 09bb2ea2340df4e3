// question: Firms' citations summed to fine industries and years.
// param origin: string — input table of the flow
// param low: string — lowest id of the citing firms
// param high: string — id of the citing firms at which to stop
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integer — year of citing
// column count: float — citations, firms' self-citations included
// column self_count: float — those in which a firm cites itself
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE a.id >= $low AND a.id < $high AND c.origin = $origin
RETURN a.industry AS receiver, b.industry AS source, c.year AS year, sum(c.count) AS count,
       sum(CASE WHEN a = b THEN c.count ELSE 0.0 END) AS self_count
