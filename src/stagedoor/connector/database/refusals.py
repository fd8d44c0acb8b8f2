"""Distinguishes a permanent refusal of the database from a temporary failure."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

_LASTING_STATES = ("28", "3D", "3F", "42501", "25006", "0A")
"""SQLSTATE, or its class: authorization, unknown database or schema, privileges, read-only."""
_LASTING_WORDS = re.compile(
    # libpq has no SQLSTATE for a connection that couldn't be made
    r"authentication failed|no pg_hba\.conf entry|(database|role|user) .* does not exist"
    r"|no such (database|user)|permission denied|invalid connection option|invalid dsn"
    r"|invalid port number|root certificate file|server does not support SSL|no password supplied"
    r"|unsupported startup parameter"
    # SQLite
    r"|unable to open database file|readonly database|file is not a database|malformed",
    re.IGNORECASE,
)


def lasting(error: DBAPIError) -> bool:
    """Whether a retry is useless until somebody changes a setting or the database."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_LASTING_STATES)
    return _LASTING_WORDS.search(str(error.orig)) is not None


def reason(error: DBAPIError) -> str:
    """The driver's message in one line; it never repeats a password."""
    return " ".join(str(error.orig).split())[:300]
