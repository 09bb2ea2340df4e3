// question: Which pairs of industries coagglomerate in the most regions?
// note: Pairs are ordered: j crowds around k, j → k.
// note: Links without a year are those of sites without years, and always count.
// param run: string — id of the run, see the query runs
// param minimum_regions: integer = 1 — smallest number of regions
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param limit: integer = 20 — how many pairs at most
// column j: string — code of the industry that crowds
// column k: string — code of the industry around which it crowds
// column regions: integer — regions in which it does in any year
// column cells: integer — regions and years in which it does
MATCH (a:Industry)-[c:COAGGLOMERATES]->(b:Industry)
WHERE c.run = $run AND (c.year IS NULL OR (c.year >= $first_year AND c.year <= $last_year))
WITH a.code AS j, b.code AS k, count(DISTINCT c.region) AS regions, count(c) AS cells
WHERE regions >= $minimum_regions
RETURN j, k, regions, cells
ORDER BY regions DESC, cells DESC, j, k
LIMIT $limit
