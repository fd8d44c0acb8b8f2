"""Times that people write, with an offset or within a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo


class NoZone(ValueError):
    """A time without an offset, where no zone was named."""

    def __init__(self) -> None:
        super().__init__("has no zone: add an offset such as +01:00, or name a timeZone")


def zone(name: str) -> tzinfo:
    """Raises `ValueError` for a name that is no time zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name} is no time zone such as Europe/Berlin") from None


def moment(text: str, local: tzinfo | None) -> float:
    """The moment in Unix seconds; `local` is the zone of a time without an offset. Raises
    `ValueError` for what names no single moment."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            "should be a time such as 2026-12-01T09:00 or 2026-12-01T09:00+01:00"
        ) from None
    if at.tzinfo is not None:
        return at.timestamp()
    if local is None:
        raise NoZone
    placed = at.replace(tzinfo=local)
    if placed.utcoffset() != at.replace(tzinfo=local, fold=1).utcoffset():
        there = placed.astimezone(UTC).astimezone(local).replace(tzinfo=None) == at
        what = "happens twice" if there else "doesn't exist"
        raise ValueError(f"{what} in {local}, where clocks change then: add an offset")
    return placed.timestamp()
