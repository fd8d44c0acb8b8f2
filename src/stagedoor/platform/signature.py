"""The signature on TikTok's webhooks (`webhooks.yaml`, signature)."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "TikTok-Signature"


def digest(secret: str, timestamp: int | str, body: bytes) -> str:
    """Lowercase hex HMAC-SHA256, keyed by the client secret, over `<timestamp>.<raw body>`."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def header(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the header: `t=<unix seconds>,s=<hex>`."""
    return f"t={timestamp},s={digest(secret, timestamp, body)}"
