"""Errors of copies of creators' data."""

from __future__ import annotations

from ..errors import Conflict, ObjectNotFound


class NoExport(ObjectNotFound):
    """The organisation has no such request for data."""

    def __init__(self) -> None:
        super().__init__(
            "There is no such request. GET /api/portability/requests lists the organisation's."
        )


class WrongExportState(Conflict):
    """The request's present state doesn't allow this."""

    code = "wrong_state"
