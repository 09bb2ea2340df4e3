// question: Who buys most from a firm?
// note: Deliveries of the firm to itself are left out, above and below the line.
// param firm: string — the supplier's id
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 10 — how many customers at most
// column customer: string — id of the buyer
// column name: string — its name
// column industry: string — its fine industry code
// column value: float — deliveries to it in the years asked for
// column share: float — part of the firm's deliveries to others
MATCH (f:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE f.id = $firm AND b.id <> $firm AND d.year >= $first_year AND d.year <= $last_year
WITH coalesce(sum(d.value), 0.0) AS total
MATCH (f:Firm)-[d:SUPPLIES]->(b:Firm)
WHERE f.id = $firm AND b.id <> $firm AND d.year >= $first_year AND d.year <= $last_year
WITH total, b.id AS customer, b.name AS name, b.industry AS industry, sum(d.value) AS value
WHERE value > 0
RETURN customer, name, industry, value, value / total AS share
ORDER BY value DESC, customer
LIMIT $limit
