"""One entry of the study file as rows in our columns: which rows, columns and cells are taken."""
