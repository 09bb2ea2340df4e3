// question: Patents' citations summed to their owners' fine industries and years of citing.
// note: A patent without an owner is in the residual industry, and no self-citation.
// param low: string — lowest id of the citing patents
// param high: string — id of the citing patents at which to stop
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integer — year of citing
// column count: float — citations, owners' self-citations included
// column self_count: float — those in which both patents have one owner
MATCH (p:Patent)-[c:CITES]->(q:Patent)
WHERE p.id >= $low AND p.id < $high
RETURN p.industry AS receiver, q.industry AS source, c.year AS year, sum(c.count) AS count,
       sum(CASE WHEN p.firm = q.firm AND p.firm <> '' THEN c.count ELSE 0.0 END) AS self_count
