"""The witness, kept outside the database: it shows when the database was restored from an earlier
state."""
