// question: Which pairs of industries are tied both by trade and by citations?
// note: The receiver cites the source and buys from it; an industry is no pair with itself.
// note: Both shares are over all sources of the receiver, itself included.
// note: With drop_self, a firm's citations of itself count neither above nor below the line.
// param classification: string — classification of the industries, e.g. csrc78
// param citation_origin: string = firm_citations — input table the citations come from
// param trade_origin: string = io_flows — input table: io_flows, trade_links
// param first_year: integer = 0 — first year that counts
// param last_year: integer = 9999 — last year that counts
// param minimum_share: float = 0.05 — smallest share in both networks
// param drop_self: boolean = true — leave out what a firm cites of its own
// param residual: string = unmapped — code that is left out on both sides
// param limit: integer = 20 — how many pairs at most
// column receiver: string — code of the industry that cites and buys
// column source: string — code of the industry that is cited and sells
// column citations: float — citations of the years asked for
// column citation_share: float — part of the receiver's citations
// column deliveries: float — deliveries of the years asked for
// column purchase_share: float — part of the receiver's purchases
// column strength: float — product of the two shares; the list starts with the largest
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code <> $residual AND j.code <> $residual AND c.origin = $citation_origin
  AND c.year >= $first_year AND c.year <= $last_year
WITH i.code AS receiver,
     sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END) AS made
WHERE made > 0
MATCH (i:Industry)-[c:INDUSTRY_CITES]->(j:Industry)
WHERE i.classification = $classification AND j.classification = $classification
  AND i.code = receiver AND j.code <> receiver AND j.code <> $residual
  AND c.origin = $citation_origin AND c.year >= $first_year AND c.year <= $last_year
WITH receiver, made, j.code AS source,
     sum(CASE WHEN $drop_self THEN c.count - c.self_count ELSE c.count END) AS cited
WHERE cited > 0 AND cited >= $minimum_share * made
MATCH (k:Industry)-[d:INDUSTRY_SUPPLIES]->(i:Industry)
WHERE i.classification = $classification AND k.classification = $classification
  AND i.code = receiver AND k.code <> $residual AND d.origin = $trade_origin
  AND d.year >= $first_year AND d.year <= $last_year
WITH receiver, made, source, cited, sum(d.value) AS bought,
     sum(CASE WHEN k.code = source THEN d.value ELSE 0.0 END) AS delivered
WHERE delivered > 0 AND delivered >= $minimum_share * bought
RETURN receiver, source, cited AS citations, cited / made AS citation_share,
       delivered AS deliveries, delivered / bought AS purchase_share,
       (cited / made) * (delivered / bought) AS strength
ORDER BY strength DESC, receiver, source
LIMIT $limit
