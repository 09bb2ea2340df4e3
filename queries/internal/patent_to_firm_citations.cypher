// question: Patents' citations summed to owners and years of citing.
// note: A firm may cite itself: rows with citing = cited are wanted.
// note: Three MATCHes and not one path: in one, Neo4j would refuse to use an OWNS edge twice
//     and drop the citations of a patent to itself, ladybug would not.
// note: Patents without an owner drop out; unowned_patent_citations says how much that is.
// param low: string — lowest id of the citing patents
// param high: string — id of the citing patents at which to stop
// column citing: string — id of the citing patent's owner
// column cited: string — id of the cited patent's owner
// column year: integer — year of citing
// column count: float — citations
MATCH (p:Patent)-[c:CITES]->(q:Patent)
WHERE p.id >= $low AND p.id < $high
MATCH (f:Firm)-[:OWNS]->(p)
MATCH (g:Firm)-[:OWNS]->(q)
RETURN f.id AS citing, g.id AS cited, c.year AS year, sum(c.count) AS count
