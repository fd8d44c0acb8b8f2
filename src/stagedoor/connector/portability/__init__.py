"""Copies of a creator's data, which TikTok collects for the creator's app."""
