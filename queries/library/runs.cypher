// question: Which runs have written their results into the graph?
// note: A run that is made again, with the same input and the same choices, has the same id.
// column run: string — id of the run, as in its run.json
// column study: string — name of the study
// column created: string — when, in UTC
// column classification: string — classification of its industries
// column version: string — version of spillgraph
MATCH (r:Run)
RETURN r.id AS run, r.study AS study, r.created AS created, r.classification AS classification,
       r.version AS version
ORDER BY created, run
