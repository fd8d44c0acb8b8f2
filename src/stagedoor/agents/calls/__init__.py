"""Calls that were let in: what both doors do with one, from the decision to its outcome."""
