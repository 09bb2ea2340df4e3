"""What is doubtful about rows and values, and the keys that would mend it."""
