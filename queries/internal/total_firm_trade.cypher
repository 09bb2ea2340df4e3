// question: All deliveries between firms.
// column total: value, deliveries of a firm to itself included
MATCH (s:Firm)-[d:SUPPLIES]->(b:Firm)
RETURN coalesce(sum(d.value), 0.0) AS total
