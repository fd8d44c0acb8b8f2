"""Fetching what others name: every address that isn't ours goes through one guard."""
