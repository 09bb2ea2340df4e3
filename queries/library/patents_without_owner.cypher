// question: How many patents have no owner among the firms, year by year?
// param no_year: integer = 0 — year shown for patents known only because they are cited
// column year: integer — year of the patent
// column patents: integer — number of patents
// column without_owner: integer — those that no firm of the register owns
// column share: float — part without an owner
MATCH (p:Patent)
WITH coalesce(p.year, $no_year) AS year, count(*) AS patents,
     count(CASE WHEN coalesce(p.firm, '') = '' THEN p.id END) AS without_owner
RETURN year, patents, without_owner, without_owner * 1.0 / patents AS share
ORDER BY year
