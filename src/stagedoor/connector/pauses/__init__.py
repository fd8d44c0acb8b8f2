"""Pausing: publishing waits, for an organisation or for the whole service."""
