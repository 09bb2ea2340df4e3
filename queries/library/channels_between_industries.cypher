// question: Through which third industries does one industry draw on another?
// note: A channel buys from a supplier that learns from the source: S(receiver, via) · W(via,
//     source), one term of the series of ψ.
// param run: string — id of the run, see the query runs
// param year: integer — report year of the run
// param receiver: string — code of the industry that is reached
// param source: string — code of the industry in which the rise begins
// param limit: integer = 10 — how many channels at most
// column via: string — code of the supplier between them
// column name: string — its name
// column share_of_inputs: float — S(receiver, via)
// column share_of_citations: float — W(via, source)
// column strength: float — their product
MATCH (a:Industry)-[s:S]->(v:Industry)
WHERE a.code = $receiver AND s.run = $run AND s.year = $year
MATCH (v)-[w:W]->(b:Industry)
WHERE b.code = $source AND w.run = $run AND w.year = $year
RETURN v.code AS via, v.name AS name, s.weight AS share_of_inputs,
       w.weight AS share_of_citations, s.weight * w.weight AS strength
ORDER BY strength DESC, via
LIMIT $limit
