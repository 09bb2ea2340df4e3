// question: All deliveries between firms.
// note: Summed by firm first: one sum over millions of rows would lose digits.
// column total: value, deliveries of a firm to itself included
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
WITH s.id AS firm, sum(d.value) AS part
RETURN coalesce(sum(part), 0.0) AS total
