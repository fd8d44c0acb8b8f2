"""Campaigns, ad groups and ads of ad accounts, and the limit of what they spend in a day."""
