"""What TikTok tells of its own accord: verified, kept before it is acknowledged, acted on later."""
