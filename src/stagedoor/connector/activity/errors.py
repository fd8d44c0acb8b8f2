"""Errors of the activity store."""

from __future__ import annotations

from ..errors import BadRequest


class BadPlace(BadRequest):
    """The cursor isn't one that a page of the list gave."""

    def __init__(self) -> None:
        super().__init__("cursor: is none that a page of this list gave")


class BadSpan(BadRequest):
    """A span of time ends before it begins."""

    def __init__(self, first: str, last: str) -> None:
        super().__init__(f"{last}: is not after {first}: name a later time")
