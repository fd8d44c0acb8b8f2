"""TikTok's rate limits, kept by all processes of the service together."""
