"""Why publishing is paused."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why publishing waits, for callers and for /readyz."""

    PAUSED = "paused"
    """Somebody asked for it."""
    RESTORED = "restored"
    """The database is an earlier one than its witness saw."""
