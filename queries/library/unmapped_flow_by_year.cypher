// question: How many citations have an end without an industry, year by year?
// note: Citations include those in which a firm cites itself.
// param classification: string — classification of the industries, e.g. csrc78
// param origin: string = firm_citations — input table the citations come from
// param residual: string = unmapped — code of the residual industry
// column year: integer — year of citing
// column citations: float — all citations of the year
// column unmapped: float — those with the residual at one end or both
// column share: float — part with the residual
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND c.origin = $origin
WITH c.year AS year, sum(c.count) AS citations,
     sum(CASE WHEN i.code = $residual OR j.code = $residual THEN c.count ELSE 0.0 END)
     AS unmapped
WHERE citations > 0
RETURN year, citations, unmapped, unmapped / citations AS share
ORDER BY year
