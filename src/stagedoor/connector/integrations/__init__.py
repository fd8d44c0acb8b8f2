"""Connected accounts: grants with their tokens, and organisations' use of them."""
