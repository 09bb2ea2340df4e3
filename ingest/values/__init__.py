"""What a value of a file means: texts, numbers, years, and which are one but for their spelling."""
