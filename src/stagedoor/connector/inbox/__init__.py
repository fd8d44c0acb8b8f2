"""The inbox: conversations of the organisation's accounts with people at TikTok."""
