"""Agents of an organisation, their keys, and the stop switch."""
