// question: All deliveries between firms, by year.
// note: Not in one sum: over many millions of rows it would lose digits.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column year: integer — year of delivery
// column total: float — value, deliveries of a firm to itself included
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
// on Neo4j: USING SCAN d:SUPPLIES
WHERE d.year % $slices = $slice
RETURN d.year AS year, sum(d.value) AS total
