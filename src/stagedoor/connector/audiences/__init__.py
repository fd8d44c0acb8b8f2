"""Audiences of customers in ad accounts: their members leave hashed, and are kept nowhere raw."""
