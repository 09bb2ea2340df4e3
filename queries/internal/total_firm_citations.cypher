// question: All citations between firms.
// param origin: string — input table of the flow
// column total: citations, self-citations included
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE c.origin = $origin
RETURN coalesce(sum(c.count), 0.0) AS total
