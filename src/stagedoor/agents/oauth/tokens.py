"""Tokens of 256 bits for clients, and a code that a person can type.

A refresh token consists of its family's name and a secret. The family stays the same from sign-in
to sign-out, so a token that names a family and isn't its newest was used before.
"""

from __future__ import annotations

import secrets

ACCESS = "sdo_"
REFRESH = "sdr_"
_BYTES = 32
_FAMILY_BYTES = 16
_FAMILY = 22
"""Characters of a family's name, which has 128 bits."""
_LENGTH = 43
"""Characters of a secret of 256 bits."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without letters that are easily mistaken for others."""
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
    """Return the family that a refresh token names; None if the text is no refresh token."""
    if not _looks_like(token, REFRESH, _FAMILY + _LENGTH):
        return None
    return token[len(REFRESH) : len(REFRESH) + _FAMILY]


def is_access(token: str) -> bool:
    """Whether the text has the form of an access token; other texts are never looked up."""
    return _looks_like(token, ACCESS, _LENGTH)


def is_secret(text: str) -> bool:
    return _looks_like(text, "", _LENGTH)


def _looks_like(text: str, prefix: str, length: int) -> bool:
    return text.startswith(prefix) and len(text) == len(prefix) + length and text.isascii()


def typed_code() -> str:
    """Return a code of 60 bits, such as `7KQM-3XRD-92TB`: enough for a code that lives ten
    minutes, is used once, and can be tried a few times a minute only."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_TYPED))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _TYPED, _GROUP))


def as_typed(text: str) -> str | None:
    """Return the canonical form of a typed code; None if the text is no code."""
    letters = "".join(ch for ch in text.upper() if ch not in "- ").translate(_MEANT)
    if len(letters) != _TYPED or any(ch not in _LETTERS for ch in letters):
        return None
    return "-".join(letters[at : at + _GROUP] for at in range(0, _TYPED, _GROUP))
