"""One row for each decision, in a chain that shows every change."""
