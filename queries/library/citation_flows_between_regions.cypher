// question: How many citations flow between two regions, year by year?
// note: A firm's citations of itself are left out; they matter only if both regions are one.
// param first_region: string — name of a region
// param second_region: string — name of another region
// column year: integer — year of citing
// column first_cites_second: float — citations by firms of the first region to firms of the second
// column second_cites_first: float — citations by firms of the second region to firms of the first
MATCH (a:Firm)-[c:CITES]->(b:Firm)
WHERE a.id <> b.id
  AND ((a.region = $first_region AND b.region = $second_region)
    OR (a.region = $second_region AND b.region = $first_region))
RETURN c.year AS year,
       sum(CASE WHEN a.region = $first_region AND b.region = $second_region
           THEN c.count ELSE 0.0 END) AS first_cites_second,
       sum(CASE WHEN a.region = $second_region AND b.region = $first_region
           THEN c.count ELSE 0.0 END) AS second_cites_first
ORDER BY year
