// question: Citations between patents of which at least one has no owner.
// column count: float — citations
MATCH (p:Patent)-[c:CITES]->(q:Patent)
// on Neo4j: USING SCAN c:CITES
WHERE p.firm = '' OR q.firm = ''
RETURN coalesce(sum(c.count), 0.0) AS count
