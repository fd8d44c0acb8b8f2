"""Waiting is rows: what is to happen later stands in a table until it is due."""
