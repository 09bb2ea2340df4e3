"""The command line, and the one pipeline that calls the rooms in order."""
