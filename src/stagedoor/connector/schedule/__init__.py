"""The schedule: later work is a row until it is due."""
