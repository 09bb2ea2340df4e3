"""What is doubtful about citations as a whole."""
