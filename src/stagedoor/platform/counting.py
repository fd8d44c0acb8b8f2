"""Numbers with their nouns, for messages: 1 video, 2 videos."""

from __future__ import annotations


def counted(count: int, one: str, many: str | None = None, *, between: str = "") -> str:
    """A number with its noun: 1 video, 2 videos. `between` is put before the noun."""
    return f"{count:,} {between}{one if count == 1 else many or one + 's'}"


def agreeing(count: int, noun: str, one: str, many: str, *, between: str = "") -> str:
    """A number with its noun and the verb that agrees: 1 video is, 2 videos are."""
    return f"{counted(count, noun, between=between)} {one if count == 1 else many}"
