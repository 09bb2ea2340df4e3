// question: Which industries crowd around an industry, and in how many regions?
// note: j crowds around k where j → k was found: sites of k, drawn anew, would be farther from j.
// note: Links without a year are those of sites without years, and always count.
// param run: string — id of the run, see the query runs
// param industry: string — code of the industry k, as the sites have it, e.g. C39
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 20 — how many industries at most
// column industry: string — code of the industry j
// column name: string — its name
// column regions: integer — regions in which it crowds around k in any year
// column cells: integer — regions and years in which it does
MATCH (j:Industry)-[c:COAGGLOMERATES]->(k:Industry)
WHERE k.code = $industry AND c.run = $run
  AND (c.year IS NULL OR (c.year >= $first_year AND c.year <= $last_year))
RETURN j.code AS industry, j.name AS name, count(DISTINCT c.region) AS regions, count(c) AS cells
ORDER BY regions DESC, cells DESC, industry
LIMIT $limit
