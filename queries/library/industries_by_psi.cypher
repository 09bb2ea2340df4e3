// question: Which industries do shocks reach most, and from which do they spread?
// note: Sums of ψ, as the run wrote them: the benefit is what a unit rise everywhere does to the
//     industry, the contribution what a unit rise in the industry does to all, each of weight 1. By
//     other weights, final demand say, it is in run.json and psi.json under the name of the weight.
// param run: string — id of the run, see the query runs
// param year: integer — report year of the run
// param limit: integer = 10 — how many industries at most
// column industry: string — code
// column name: string — its name
// column contribution_unit: float — column sum of ψ: the contribution with weight 1 for all
// column benefit: float — row sum of ψ
MATCH (r:Run)-[s:SCORES]->(i:Industry)
WHERE r.id = $run AND s.year = $year AND s.psi_in_strength IS NOT NULL
RETURN i.code AS industry, i.name AS name, s.psi_in_strength AS contribution_unit,
       s.psi_out_strength AS benefit
ORDER BY contribution_unit DESC, industry
LIMIT $limit
