// question: Which firms of an industry make its deliveries, and what share of them is theirs?
// note: Deliveries of a firm to itself are left out, above and below the line.
// param industry: string — fine industry code, e.g. C39
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 10 — how many firms at most
// column firm: string — the firm's id
// column name: string — its name
// column value: float — deliveries to other firms in the years asked for
// column customers: integer — number of other firms that it supplies
// column share: float — part of all such deliveries of the industry's firms
MATCH (a:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE a.industry = $industry AND a.id <> b.id
  AND d.year >= $first_year AND d.year <= $last_year
WITH coalesce(sum(d.value), 0.0) AS total
MATCH (a:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE a.industry = $industry AND a.id <> b.id
  AND d.year >= $first_year AND d.year <= $last_year
WITH total, a.id AS firm, a.name AS name, sum(d.value) AS value,
     count(DISTINCT b.id) AS customers
WHERE value > 0
RETURN firm, name, value, customers, value / total AS share
ORDER BY value DESC, firm
LIMIT $limit
