"""PKCE as TikTok does it: the challenge is hexadecimal, not base64url (`oauth.yaml`, pkce)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

METHOD = "S256"


def challenge(verifier: str) -> str:
    """Lowercase hexadecimal SHA-256 of the verifier: 64 characters."""
    return hashlib.sha256(verifier.encode("ascii")).hexdigest()


def challenge_base64url(verifier: str) -> str:
    """RFC 7636's form, which TikTok takes on web redirects only: 43 characters."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
