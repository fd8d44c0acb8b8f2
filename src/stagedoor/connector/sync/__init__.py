"""Synchronisation: reads accounts' profiles, videos and metrics from TikTok, again and again."""
