"""What clients and people are given: tokens of 256 bits, and a code that can be typed.

A refresh token is its family's name and a secret: the family stays the same from sign-in to
sign-out, so one that names it and isn't its newest was used before.
"""

from __future__ import annotations

import secrets

ACCESS = "sdo_"
REFRESH = "sdr_"
_BYTES = 32
_FAMILY_BYTES = 16
_FAMILY = 22
"""Characters of a family's name, which is 128 bits."""
_LENGTH = 43
"""Characters of 256 bits."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that people take for others."""
_MEANT = str.maketrans("OIL", "011")
_TYPED = 12
_GROUP = 4


def secret() -> str:
    return secrets.token_urlsafe(_BYTES)


def access() -> str:
    return ACCESS + secret()


def family() -> str:
    return secrets.token_urlsafe(_FAMILY_BYTES)


def refresh(family: str) -> str:
    return REFRESH + family + secret()


def family_of(token: str) -> str | None:
    """Which family a refresh token names; None: it is no refresh token."""
    if not _looks_like(token, REFRESH, _FAMILY + _LENGTH):
        return None
    return token[len(REFRESH) : len(REFRESH) + _FAMILY]


def is_access(token: str) -> bool:
    """Whether it could be an access token: what isn't, is never looked up."""
    return _looks_like(token, ACCESS, _LENGTH)


def is_secret(text: str) -> bool:
    return _looks_like(text, "", _LENGTH)


def _looks_like(text: str, prefix: str, length: int) -> bool:
    return text.startswith(prefix) and len(text) == len(prefix) + length and text.isascii()


def typed_code() -> str:
    """60 bits, such as `7KQM-3XRD-92TB`: enough for what lives ten minutes, is used once, and is
    asked for a few times a minute."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_TYPED))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _TYPED, _GROUP))


def as_typed(text: str) -> str | None:
    """The code that somebody typed, however they wrote it; None: it is none."""
    letters = "".join(ch for ch in text.upper() if ch not in "- ").translate(_MEANT)
    if len(letters) != _TYPED or any(ch not in _LETTERS for ch in letters):
        return None
    return "-".join(letters[at : at + _GROUP] for at in range(0, _TYPED, _GROUP))
