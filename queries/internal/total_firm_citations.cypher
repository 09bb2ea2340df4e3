// question: All citations between firms, by year.
// note: Not in one sum: over many millions of rows it would lose digits.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column year: integer — year of citing
// column total: float — citations, self-citations included
MATCH (a:Firm)-[c:CITES]->(b:Firm)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
RETURN c.year AS year, sum(c.count) AS total
