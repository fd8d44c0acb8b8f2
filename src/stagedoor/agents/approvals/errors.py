"""Errors for the agent while a person decides, and for the person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from stagedoor.connector.errors import ApiError, Conflict, Forbidden, InvalidInput, ObjectNotFound

from ..calls.errors import AwaitsApproval

ASK_AGAIN_SECONDS = 15.0


class ApprovalNeeded(AwaitsApproval):
    """A person has to approve the call first. `detail` has `approvalId`, `state`, `expiresAt`,
    and `uploadUrl` where the call's file is still to come."""

    def __init__(
        self, approval_id: str, state: str, expires: float, upload_url: str | None = None
    ) -> None:
        until = datetime.fromtimestamp(expires, UTC)
        detail: dict[str, Any] = {
            "approvalId": approval_id,
            "state": state,
            "expiresAt": f"{until:%Y-%m-%dT%H:%M:%SZ}",
        }
        words = (
            f"A person has to approve this first: it waits as approval {approval_id} until "
            f"{until:%Y-%m-%d %H:%M} UTC. Nothing was done yet. Ask for that "
            "approval, or make exactly the same call again, to get the answer."
        )
        if upload_url is not None:
            detail["uploadUrl"] = upload_url
            words = (
                "A person has to approve this first, and approves what is here: send the file to "
                f"the upload URL of this answer, then it waits as approval {approval_id}. Nothing "
                "was done yet."
            )
        super().__init__(approval_id, words, detail=detail, retry_after=ASK_AGAIN_SECONDS)


class ApprovalRefused(Forbidden):
    """A person refused the call."""

    code = "approval_refused"


class ApprovalExpired(Forbidden):
    """Nobody decided in time."""

    code = "approval_expired"


class NoApproval(ObjectNotFound):
    """The organisation, or the agent, has no such approval."""

    code = "no_approval"

    def __init__(self) -> None:
        super().__init__("There is no such approval, or its time is long over.")


class DecidedAlready(Conflict):
    """The approval can't be decided like this any more."""

    code = "decided_already"


class NotReady(Conflict):
    """The approval can't be decided yet."""

    code, retryable = "approval_not_ready", True


class TooManyApprovals(ApiError):
    """The agent waits for more approvals than people can review."""

    code, http, retryable = "too_many_approvals", 429, True


class MediaUnfit(InvalidInput):
    """TikTok would reject the media, so no person is asked."""

    code = "media_rejected"


class NotAskable(Forbidden):
    """The answer of the call is a file: after an approval, no request waits for the file."""

    code = "not_askable"

    def __init__(self) -> None:
        super().__init__(
            "A download can't wait for an approval, and this agent's grant asks first. An admin "
            "can give the agent portability without askFirst; asking for the copy (data_add) can "
            "still ask first."
        )
