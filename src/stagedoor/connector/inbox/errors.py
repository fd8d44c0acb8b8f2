"""Errors of the inbox."""

from __future__ import annotations

from ..errors import ApiError, Conflict, ObjectNotFound


class NoConversation(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such conversation. GET /api/inbox/conversations lists the organisation's."
        )


class NoMessage(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__(
            "There is no such message in this conversation, or it was deleted: "
            "GET /api/inbox/conversations/<id> shows those that there are."
        )


class NotAllowed(Conflict):
    """TikTok doesn't allow this for such a message."""

    code = "not_allowed"


class ReplyUnderWay(Conflict):
    """The same reply is being sent, or it isn't known yet whether it was."""

    code, retryable = "reply_under_way", True


class ChangeOutcomeUnknown(ApiError):
    """TikTok's answer was lost, and TikTok doesn't show (yet) whether the change was made."""

    code, http = "outcome_unknown", 502
