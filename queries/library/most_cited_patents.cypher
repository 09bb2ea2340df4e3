// question: Which patents are cited most?
// note: With drop_self, citations between patents of one owner are left out.
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param drop_self: boolean = true — leave out citations between patents of one firm
// param limit: integer = 20 — how many patents at most
// column patent: string — the patent's number
// column firm: string — the owner's id, empty where no firm matches
// column industry: string — the owner's fine industry code
// column citations: float — citations received in the years asked for (years of citing)
MATCH (p:Patent)-[c:CITES]->(q:Patent)
WHERE c.year >= $first_year AND c.year <= $last_year
  AND NOT ($drop_self AND p.firm = q.firm AND p.firm <> '')
RETURN q.id AS patent, q.firm AS firm, q.industry AS industry, sum(c.count) AS citations
ORDER BY citations DESC, patent
LIMIT $limit
