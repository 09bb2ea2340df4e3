// question: Firms' citations summed to fine industries and years.
// param origin: string — input table of the flow
// param every: boolean — take every origin; where there is only one it need not be read
// param low: string — lowest id of the citing firms
// param high: string — id of the citing firms at which to stop
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integer — year of citing
// column count: float — citations, firms' self-citations included
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE a.id >= $low AND a.id < $high AND ($every OR c.origin = $origin)
RETURN a.industry AS receiver, b.industry AS source, c.year AS year, sum(c.count) AS count
