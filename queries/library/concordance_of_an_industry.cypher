// question: Which codes of another classification does an industry map to?
// param classification: string — classification of the industry, e.g. csrc78
// param industry: string — code of the industry
// param target: string — classification that it maps to
// column code: string — code of the target classification; 'unmapped' is the residual
// column name: string — its name
// column weight: float — share of the industry that belongs to it; shares add to 1
MATCH (i:Industry)-[m:MAPS_TO]->(t:Industry)
WHERE i.classification = $classification AND i.code = $industry AND t.classification = $target
RETURN t.code AS code, t.name AS name, m.weight AS weight
ORDER BY weight DESC, code
