"""Capabilities: unguessable strings in URLs, for one purpose and one medium, stored as digests
only."""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

_BYTES = 32
_MAX = 100


class Purpose(StrEnum):
    UPLOAD = "upload"
    PULL = "pull"


def make() -> str:
    return secrets.token_urlsafe(_BYTES)


def digest(capability: str) -> str:
    """The digest of a capability, as it is stored and looked up."""
    return hashlib.sha256(capability[:_MAX].encode()).hexdigest()
