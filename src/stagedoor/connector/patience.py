"""How long the service retries calls to TikTok while a caller waits."""

from __future__ import annotations

from stagedoor.client import RetryPolicy

IMPATIENT = RetryPolicy(attempts=2, first_delay=0.2)
"""For a person in front of the browser."""
