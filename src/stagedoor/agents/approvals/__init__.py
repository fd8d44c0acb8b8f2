"""Calls that wait for a person: what was approved is what is done, byte for byte."""
