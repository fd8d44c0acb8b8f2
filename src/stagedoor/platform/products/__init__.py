"""TikTok's products: one folder each, with its models and its operations."""
