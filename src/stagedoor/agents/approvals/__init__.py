"""Calls that wait for a person: exactly the approved bytes are executed."""
