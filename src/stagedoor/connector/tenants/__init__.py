"""Organisations and authentication: the caller of a request and its organisation."""
