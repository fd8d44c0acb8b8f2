"""Queries of TikTok's ad library."""
