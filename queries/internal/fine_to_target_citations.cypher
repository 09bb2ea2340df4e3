// question: Citations of one classification mapped to another by the concordance.
// note: Without keep_diagonal both ends are split independently, so a code's flow to itself
//     leaves the diagonal where the code is split. The totals agree either way.
// note: One MATCH for each end: in one, Neo4j would refuse to use a MAPS_TO edge twice.
// param classification: string — classification to map from
// param target: string — classification to map to
// param origin: string — input table of the flow
// param keep_diagonal: boolean — a code's flow to itself stays at (k, k), by its share of k
// column receiver: string — code of the citing industry
// column source: string — code of the cited industry
// column year: integer — year of citing
// column count: float — citations, firms' self-citations included
// column self_count: float — those in which a firm cites itself
MATCH (a:Industry)-[c:INDUSTRY_CITES]->(b:Industry)
WHERE a.classification = $classification AND b.classification = $classification
  AND c.origin = $origin
MATCH (a)-[m:MAPS_TO]->(k:Industry)
WHERE k.classification = $target
MATCH (b)-[n:MAPS_TO]->(l:Industry)
WHERE l.classification = $target
  AND (NOT $keep_diagonal OR a.code <> b.code OR k.code = l.code)
WITH k.code AS receiver, l.code AS source, c.year AS year, c.count AS whole,
     c.self_count AS own,
     CASE WHEN $keep_diagonal AND a.code = b.code THEN m.weight
          ELSE m.weight * n.weight END AS part
RETURN receiver, source, year, sum(whole * part) AS count, sum(own * part) AS self_count
ORDER BY receiver, source, year
