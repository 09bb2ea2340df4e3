// question: Which firms of an industry receive its citations, and what share of them is theirs?
// note: A firm's citations of itself are left out, above and below the line.
// param industry: string — fine industry code, e.g. C39
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 10 — how many firms at most
// column firm: string — the firm's id
// column name: string — its name
// column citations: float — citations received from other firms in the years asked for
// column citing_firms: integer — number of other firms that cite it
// column share: float — part of all such citations of the industry's firms
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE b.industry = $industry AND a.id <> b.id
  AND c.year >= $first_year AND c.year <= $last_year
WITH coalesce(sum(c.count), 0.0) AS total
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE b.industry = $industry AND a.id <> b.id
  AND c.year >= $first_year AND c.year <= $last_year
WITH total, b.id AS firm, b.name AS name, sum(c.count) AS citations,
     count(DISTINCT a.id) AS citing_firms
WHERE citations > 0
RETURN firm, name, citations, citing_firms, citations / total AS share
ORDER BY citations DESC, firm
LIMIT $limit
