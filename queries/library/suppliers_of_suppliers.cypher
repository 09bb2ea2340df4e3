// question: Who supplies the suppliers of a firm?
// note: The firm itself is never listed, and deliveries of a firm to itself are no step.
// note: A firm that also supplies the firm directly is listed if it supplies a supplier.
// param firm: string — the firm's id
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 20 — how many firms at most
// column supplier: string — id of the supplier two steps away
// column name: string — its name
// column industry: string — its fine industry code
// column through: integer — number of direct suppliers of the firm that it delivers to
// column value: float — its deliveries to those suppliers, whatever they make of them
MATCH (s:Firm)-[d:SUPPLIES]->(f:Firm)
WHERE f.id = $firm AND s.id <> $firm AND d.year >= $first_year AND d.year <= $last_year
WITH DISTINCT s
MATCH (t:Firm)-[e:SUPPLIES]->(s)
WHERE t.id <> $firm AND t.id <> s.id AND e.year >= $first_year AND e.year <= $last_year
RETURN t.id AS supplier, t.name AS name, t.industry AS industry,
       count(DISTINCT s.id) AS through, sum(e.value) AS value
ORDER BY value DESC, supplier
LIMIT $limit
