// question: How much of the study is in the graph?
// column keep: string — firms, or industries where these alone are nodes
MATCH (s:Study)
RETURN s.keep AS keep
ORDER BY keep
