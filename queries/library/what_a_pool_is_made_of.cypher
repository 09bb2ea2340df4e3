// question: What is the outward pool of an industry made of in a region?
// note: A row each industry around which it crowds there. Their patents, patent values, employment
//     and output add up to its outward pools, the properties outward_size, outward_quality,
//     outward_employment and outward_output of its IndustryRegion; what the table of sites does not
//     have is empty.
// param run: string — id of the run, see the query runs
// param industry: string — code of the industry, as the sites have it, e.g. C39
// param region: string — region of the sites
// param first_year: integer = 0 — first year that counts; without years all count
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 20 — how many rows at most
// column year: integer — year of the sites; empty where they have none
// column source: string — code of an industry around which it crowds
// column name: string — its name
// column sites: integer — its sites in the region
// column size: float — its patents there
// column quality: float — their value
// column employment: float — its employment there
// column output: float — its output there
MATCH (j:Industry)-[c:COAGGLOMERATES]->(k:Industry)
WHERE j.code = $industry AND c.run = $run AND c.region = $region
  AND (c.year IS NULL OR (c.year >= $first_year AND c.year <= $last_year))
WITH DISTINCT k, coalesce(c.year, 0) AS linked
MATCH (x:IndustryRegion)-[:OF_INDUSTRY]->(k)
WHERE x.run = $run AND x.region = $region AND coalesce(x.year, 0) = linked
RETURN x.year AS year, k.code AS source, k.name AS name, x.sites AS sites, x.size AS size,
       x.quality AS quality, x.employment AS employment, x.output AS output
ORDER BY year, coalesce(size, 0.0) DESC, source
LIMIT $limit
