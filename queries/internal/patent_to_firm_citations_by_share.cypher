// question: Patents' citations summed to those who hold them by share, and years of citing.
// note: Three MATCHes, as in patent_to_firm_citations: a patent may cite another of its owner.
// note: The part that belongs to no firm drops out; patent_to_fine_citations_by_share has it.
// note: Pairs and years first: ladybug 0.22 takes wrong rows where a filter of an edge is followed
//     by one that compares this edge with another. A sum between them keeps them apart.
// param slices: integer — how many slices of years there are
// param slice: integer — which of them, from 0
// column citing: string — id of an owner of the citing patent
// column cited: strings — ids of owners of the cited patents
// column year: integers — years of citing, each beside a cited owner
// column count: floats — citations of this owner in this year, by the shares of both
MATCH (p:Patent)-[c:CITES]->(q:Patent)
// on Neo4j: USING SCAN c:CITES
WHERE c.year % $slices = $slice
WITH p, q, c.year AS year, sum(c.count) AS whole
MATCH (f:Firm)-[m:HOLDS]->(p)
WHERE m.first_year <= year AND year <= m.last_year
MATCH (g:Firm)-[n:HOLDS]->(q)
WHERE n.first_year <= year AND year <= n.last_year
WITH f.id AS citing, g.id AS cited, year, sum(whole * m.share * n.share) AS count
RETURN citing, collect(cited) AS cited, collect(year) AS year, collect(count) AS count
