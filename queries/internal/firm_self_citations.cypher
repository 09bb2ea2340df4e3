// question: Firms' citations of themselves, summed to fine industries and years.
// note: Apart from firm_to_fine_citations, because a test of every citation costs a fifth of it.
// param origin: string — input table of the flow
// param every: boolean — take every origin; where there is only one it need not be read
// param low: string — lowest id of the firms
// param high: string — id of the firms at which to stop
// column industry: string — code of the firm's industry
// column year: integer — year of citing
// column self_count: float — citations in which a firm cites itself
MATCH (a:Firm)-[c:CITES]->(a)
WHERE a.id >= $low AND a.id < $high AND ($every OR c.origin = $origin)
RETURN a.industry AS industry, c.year AS year, sum(c.count) AS self_count
