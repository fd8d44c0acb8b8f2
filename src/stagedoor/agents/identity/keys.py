"""Agent keys: `sda_` and 256 bits, shown once, stored as a digest."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "sda_"
_BYTES = 32
_SHOWN = 4
_MAX = 128


def new() -> str:
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest(key: str) -> str:
    """Return the stored digest of a key. 256 bits can't be guessed, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown(key: str) -> str:
    """Return the prefix by which people tell keys apart; too short to guess the rest."""
    return key[: len(PREFIX) + _SHOWN]


def looks_like(text: str) -> bool:
    """Whether the text has the form of an agent's key; other texts are never looked up."""
    return text.startswith(PREFIX) and len(text) <= _MAX and text.isascii()
