"""Connected accounts: grants with their tokens, and the integrations of organisations."""
