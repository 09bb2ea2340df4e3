// question: The industries of a classification, by code.
// param classification: string — classification of the industries
// column code: string — code; 'unmapped' is the residual
// column name: string — name
MATCH (i:Industry)
WHERE i.classification = $classification
RETURN i.code AS code, i.name AS name
ORDER BY code
