// question: All deliveries between firms.
// note: Summed by firm first: one sum over millions of rows would lose digits.
// param low: string — lowest id of the suppliers
// param high: string — id of the suppliers at which to stop
// column total: float — value, deliveries of a firm to itself included
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE s.id >= $low AND s.id < $high
WITH s.id AS firm, sum(d.value) AS part
RETURN coalesce(sum(part), 0.0) AS total
