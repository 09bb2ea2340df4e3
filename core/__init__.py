"""What every room speaks: the errors and the labelled matrix."""
