"""The names of Stagedoor's environment variables, and names that misspell one of them."""

from __future__ import annotations

from collections.abc import Iterable

from . import terminal

PREFIX = "STAGEDOOR_"
_NAMES = """
AGENT_KEY ALLOWED_HOSTS APPROVAL_HOURS CLOCK CORS_ORIGINS DATA DATABASE_URL ENDS_WITH_STDIN
FETCH_PRIVATE HOME JWT_AUDIENCE JWT_ISSUER JWT_JWKS_URL JWT_ORG_CLAIM JWT_ROLE_CLAIM JWT_SECRET
JWT_USER_CLAIM LIBRARY_DAYS MEDIA_DAYS MEDIA_URL PUBLIC_URL PULL_URL SERVICE_URL SMTP_FROM SMTP_HOST
SMTP_PASSWORD SMTP_PORT SMTP_SECURITY SMTP_USER TIKTOK_URL TIKTOK_VERIFICATION TOKEN TRUSTED_PROXIES
UNSIGNED_BUSINESS_EVENTS VAULT_KEYS
"""
NAMES = frozenset(PREFIX + name for name in _NAMES.split())
_CLOSE = 0.85
"""How alike two names are where one is taken for a misspelling of the other."""
_told: set[str] = set()
"""Names that this command has told already: it may read its settings several times."""


def misspelt(names: Iterable[str]) -> dict[str, str]:
    """The names that nothing reads and that look like a setting, each with the setting."""
    unknown = sorted(name for name in names if name.startswith(PREFIX) and name not in NAMES)
    if not unknown:
        return {}
    from difflib import get_close_matches

    found = {name: get_close_matches(name, NAMES, 1, _CLOSE) for name in unknown}
    return {name: close[0] for name, close in found.items() if close}


def tell_misspelt(names: Iterable[str]) -> None:
    """Note each misspelt name on standard error, once: its value has no effect."""
    for name, meant in misspelt(names).items():
        if name not in _told:
            _told.add(name)
            terminal.note(f"{name} is no setting, and nothing reads it. Did you mean {meant}?")
