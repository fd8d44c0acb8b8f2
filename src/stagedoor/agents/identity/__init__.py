"""Agents of an organisation, their keys, and the switch that stops them."""
