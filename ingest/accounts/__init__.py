"""Whether flows, output, make and use fit together, and what is wrong where they do not."""
