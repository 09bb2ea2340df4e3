// question: How did the citations between two industries develop?
// note: With drop_self, a firm's citations of itself are left out.
// param classification: string — classification of the industries, e.g. csrc78
// param first_industry: string — code of an industry
// param second_industry: string — code of another industry
// param origin: string = firm_citations — input table the citations come from
// param drop_self: boolean = true — leave out what a firm cites of its own
// column year: integer — year of citing
// column first_cites_second: float — citations by the first industry to the second
// column second_cites_first: float — citations by the second industry to the first
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND c.origin = $origin
  AND ((i.code = $first_industry AND j.code = $second_industry)
    OR (i.code = $second_industry AND j.code = $first_industry))
WITH c.year AS year, i.code AS citing, j.code AS cited,
     CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END AS citations
RETURN year,
       sum(CASE WHEN citing = $first_industry AND cited = $second_industry
           THEN citations ELSE 0.0 END) AS first_cites_second,
       sum(CASE WHEN citing = $second_industry AND cited = $first_industry
           THEN citations ELSE 0.0 END) AS second_cites_first
ORDER BY year
