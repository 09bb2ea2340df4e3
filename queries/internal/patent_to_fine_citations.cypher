// question: Patents' citations summed to their owners' fine industries and years of citing.
// note: A patent without an owner is in the residual industry, and no self-citation.
// column receiver: code of the citing industry
// column source: code of the cited industry
// column year: year of citing
// column count: citations, owners' self-citations included
// column self_count: those in which both patents have one owner
MATCH (p:Patent)-[c:CITES]->(q:Patent)
RETURN p.industry AS receiver, q.industry AS source, c.year AS year, sum(c.count) AS count,
       sum(CASE WHEN p.firm = q.firm AND p.firm <> '' THEN c.count ELSE 0.0 END) AS self_count
ORDER BY receiver, source, year
