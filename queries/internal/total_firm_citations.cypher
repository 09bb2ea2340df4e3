// question: All citations between firms.
// note: Summed by firm first: one sum over millions of rows would lose digits.
// param origin: string — input table of the flow
// param every: boolean — take every origin; where there is only one it need not be read
// param low: string — lowest id of the citing firms
// param high: string — id of the citing firms at which to stop
// column total: float — citations, self-citations included
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE a.id >= $low AND a.id < $high AND ($every OR c.origin = $origin)
WITH a.id AS firm, sum(c.count) AS part
RETURN coalesce(sum(part), 0.0) AS total
