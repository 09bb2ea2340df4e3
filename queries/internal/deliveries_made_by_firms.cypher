// question: Deliveries that each firm makes to other firms, by year.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column firm: string — id of the supplying firm
// column year: integer — year of delivery
// column amount: float — value of its deliveries to other firms
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
// on Neo4j: USING SCAN d:SUPPLIES
WHERE d.year % $slices = $slice AND s.id <> b.id
RETURN s.id AS firm, d.year AS year, sum(d.value) AS amount
