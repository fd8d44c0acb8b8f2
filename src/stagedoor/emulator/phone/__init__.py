"""The creator's side: inbox, own posts, account settings, connected apps."""
