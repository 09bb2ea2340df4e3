// question: Deliveries of one classification mapped to another by the concordance.
// note: INDUSTRY_SUPPLIES points from the supplier (source) to the user (receiver).
// note: Without keep_diagonal both ends are split independently, so a code's flow to itself
//     leaves the diagonal where the code is split. The totals agree either way.
// note: One MATCH for each end: in one, Neo4j would refuse to use a MAPS_TO edge twice.
// param classification: string — classification to map from
// param target: string — classification to map to
// param origin: string — input table of the flow
// param keep_diagonal: boolean — a code's flow to itself stays at (k, k), by its share of k
// column receiver: string — code of the buying industry
// column source: string — code of the supplying industry
// column year: integer — year of delivery
// column value: float — value of the deliveries
MATCH (s:Industry)-[d:INDUSTRY_SUPPLIES]->(u:Industry)
WHERE s.classification = $classification AND u.classification = $classification
  AND d.origin = $origin
MATCH (u)-[m:MAPS_TO]->(k:Industry)
WHERE k.classification = $target
MATCH (s)-[n:MAPS_TO]->(l:Industry)
WHERE l.classification = $target
  AND (NOT $keep_diagonal OR u.code <> s.code OR k.code = l.code)
WITH k.code AS receiver, l.code AS source, d.year AS year, d.value AS whole,
     CASE WHEN $keep_diagonal AND u.code = s.code THEN m.weight
          ELSE m.weight * n.weight END AS part
RETURN receiver, source, year, sum(whole * part) AS value
ORDER BY receiver, source, year
