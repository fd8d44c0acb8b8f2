"""Pausing publishing, for an organisation or for the whole service."""
