"""Errors of the activity store."""

from __future__ import annotations

from ..errors import BadRequest


class BadSpan(BadRequest):
    """A span of time ends before it begins."""

    def __init__(self, first: str, last: str) -> None:
        super().__init__(f"{last}: is not after {first}: name a later time")
