// question: Every firm and its fine industry.
// column firm: string — id of the firm
// column industry: string — code of its industry
MATCH (f:Firm)
RETURN f.id AS firm, f.industry AS industry
ORDER BY firm
