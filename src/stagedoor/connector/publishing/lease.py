"""One process at a time works on a post; who dies while it does is followed at once."""

from __future__ import annotations

SECONDS = 150.0
"""Of real time, longer than any one request to TikTok takes."""
RENEW_SECONDS = 20.0
