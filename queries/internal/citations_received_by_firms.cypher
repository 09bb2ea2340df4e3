// question: Citations that each firm receives from other firms, by year.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column firm: string — id of the cited firm
// column year: integer — year of citing
// column amount: float — citations from other firms
MATCH (a:Firm)-[c:CITES]->(b:Firm)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice AND a.id <> b.id
RETURN b.id AS firm, c.year AS year, sum(c.count) AS amount
