"""The schedule: work for later is a row until it is due."""
