"""The audit: one entry for each decision, in a hash chain that reveals every change."""
