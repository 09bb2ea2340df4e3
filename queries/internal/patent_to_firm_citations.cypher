// question: Patents' citations summed to owners and years of citing.
// note: A firm may cite itself: rows with citing = cited are wanted.
// note: Three MATCHes and not one path: in one, Neo4j would refuse to use an OWNS edge twice
//     and drop the citations of a patent to itself, ladybug would not.
// note: Patents without an owner drop out; unowned_patent_citations says how much that is.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column citing: string — id of the citing patent's owner
// column cited: strings — ids of the cited patents' owners
// column year: integers — years of citing, each beside a cited owner
// column count: floats — citations of this owner in this year
MATCH (p:Patent)-[c:CITES]->(q:Patent)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
MATCH (f:Firm)-[:OWNS]->(p)
MATCH (g:Firm)-[:OWNS]->(q)
WITH f.id AS citing, g.id AS cited, c.year AS year, sum(c.count) AS count
RETURN citing, collect(cited) AS cited, collect(year) AS year, collect(count) AS count
