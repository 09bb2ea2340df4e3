// question: Which firms have their headquarters in a region?
// param region: string — name of the region
// param limit: integer = 100 — how many firms at most
// column firm: string — the firm's id
// column name: string — its name
// column industry: string — its fine industry code
// column country: string — country of the headquarters
// column size: float — size, in the unit of the firm table
MATCH (f:Firm)
WHERE f.region = $region
RETURN f.id AS firm, f.name AS name, f.industry AS industry, f.country AS country,
       f.size AS size
ORDER BY firm
LIMIT $limit
