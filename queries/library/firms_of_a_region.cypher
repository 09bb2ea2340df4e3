// question: Which firms have their headquarters in a region?
// param region: string — name of the region
// param limit: integer = 100 — how many firms at most
// column firm: the firm's id
// column name: its name
// column industry: its fine industry code
// column country: country of the headquarters
// column size: size, in the unit of the firm table
MATCH (f:Firm)
WHERE f.region = $region
RETURN f.id AS firm, f.name AS name, f.industry AS industry, f.country AS country,
       f.size AS size
ORDER BY firm
LIMIT $limit
