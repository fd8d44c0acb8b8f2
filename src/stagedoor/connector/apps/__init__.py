"""TikTok apps: the service's own, and those that organisations bring."""
