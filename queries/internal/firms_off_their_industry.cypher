// question: How many firms have another industry as property than as edge?
// note: Aggregation reads the property, users follow the edge: the two must agree.
// column firms: integer — how many; 0 in a sound graph
MATCH (f:Firm)-[:IN_INDUSTRY]->(i:Industry)
WHERE f.industry <> i.code
RETURN count(*) AS firms
