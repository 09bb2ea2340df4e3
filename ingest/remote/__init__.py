"""Input files that lie on an object store: found by their address, read from a copy on disk."""
