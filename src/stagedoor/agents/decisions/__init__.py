"""Decisions: whether an agent's call is allowed, and why."""
