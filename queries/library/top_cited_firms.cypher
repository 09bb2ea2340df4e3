// question: Which firms of an industry are cited most by other firms?
// note: A firm's citations of itself are left out.
// param industry: string — fine industry code, e.g. C39
// param limit: integer = 10 — how many firms at most
// column firm: string — the firm's id
// column name: string — its name
// column citations: float — citations received from other firms, over all years
// column citing_firms: integer — number of other firms that cite it
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE b.industry = $industry AND a.id <> b.id
RETURN b.id AS firm, b.name AS name, sum(c.count) AS citations,
       count(DISTINCT a.id) AS citing_firms
ORDER BY citations DESC, firm
LIMIT $limit
