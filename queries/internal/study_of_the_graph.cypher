// question: Whose graph is this?
// column name: string — name of the study
// column target: string — classification of its matrices
MATCH (s:Study)
RETURN s.name AS name, s.target AS target
ORDER BY name
