"""Records become checked tables, and tables become a graph."""
