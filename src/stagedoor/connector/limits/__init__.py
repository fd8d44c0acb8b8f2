"""TikTok's rate limits, enforced by all processes of the service together."""
