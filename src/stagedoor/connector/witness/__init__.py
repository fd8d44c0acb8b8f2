"""A witness outside the database: it shows when the database is an earlier one than it was."""
