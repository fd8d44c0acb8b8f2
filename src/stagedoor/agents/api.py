"""Helpers that the gateway's routes share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import overload


@overload
def moment(at: float) -> datetime: ...
@overload
def moment(at: None) -> None: ...
@overload
def moment(at: float | None) -> datetime | None: ...
def moment(at: float | None) -> datetime | None:
    """Convert Unix seconds to the form that routes return."""
    return None if at is None else datetime.fromtimestamp(at, UTC)
