// question: Deliveries between different firms in a year.
// param year: integer — year of the deliveries
// column supplier: string — id of the supplying firm
// column buyer: string — id of the buying firm
// column value: float — value of the deliveries
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE d.year = $year AND s.id <> b.id
RETURN s.id AS supplier, b.id AS buyer, sum(d.value) AS value
ORDER BY supplier, buyer
