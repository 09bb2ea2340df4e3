"""The input tables, by subject; :mod:`spillgraph.ingest.contract` puts them in order."""
