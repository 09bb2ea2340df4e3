// question: Which firms cite firms of two industries, and so can carry ideas between them?
// note: A firm's citations of itself are left out.
// param first_industry: string — fine industry code
// param second_industry: string — another fine industry code
// param limit: integer = 20 — how many firms at most
// column firm: string — the firm's id
// column name: string — its name
// column industry: string — its own fine industry code
// column first_citations: float — citations it makes to other firms of the first industry
// column second_citations: float — citations it makes to other firms of the second industry
// column weaker: float — the smaller of the two; the list starts with the largest
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE a.id <> b.id
  AND (b.industry = $first_industry OR b.industry = $second_industry)
WITH a.id AS firm, a.name AS name, a.industry AS industry,
     sum(CASE WHEN b.industry = $first_industry THEN c.count ELSE 0.0 END) AS first_citations,
     sum(CASE WHEN b.industry = $second_industry THEN c.count ELSE 0.0 END) AS second_citations
WHERE first_citations > 0 AND second_citations > 0
RETURN firm, name, industry, first_citations, second_citations,
       CASE WHEN first_citations < second_citations THEN first_citations
            ELSE second_citations END AS weaker
ORDER BY weaker DESC, firm
LIMIT $limit
