// question: All citations between firms, by year.
// note: Not in one sum: over many millions of rows it would lose digits.
// param origin: string — input table of the flow
// param every: boolean — take every origin; where there is only one it need not be read
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column year: integer — year of citing
// column total: float — citations, self-citations included
MATCH (a:Firm)-[c:CITES]->(b:Firm)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice AND ($every OR c.origin = $origin)
RETURN c.year AS year, sum(c.count) AS total
