"""The checks of rows, repeated keys, and what became of a table."""
