"""Reports: pure functions from results to figures, tables and one self-contained HTML page."""
