"""Files of every kind as tables of their own columns."""
