"""Reasons why a call wasn't made; the messages are for the agent."""

from __future__ import annotations

from typing import Any

from stagedoor.connector.errors import ApiError, Conflict, Forbidden, InvalidInput, ObjectNotFound

from ..decisions.decision import Deny, Guard

CORRECT = "Correct the arguments by the tool's input schema, and call it again."


class Denied(Forbidden):
    """The grants don't allow the call, or its arguments can't be judged (`invalid_arguments`)."""

    code = "denied_by_policy"

    def __init__(self, decision: Deny) -> None:
        super().__init__(decision.reason, detail={"rule": decision.rule})
        self.decision = decision
        if decision.rule == Guard.BAD_ARGUMENTS:
            self.code, self.http = "invalid_arguments", 400


class WrongArguments(InvalidInput):
    """The arguments of a tool can't succeed; the message names the places."""

    code = "invalid_arguments"

    def __init__(self, message: str) -> None:
        super().__init__(message, detail={"remedy": CORRECT})


class AwaitsApproval(Forbidden):
    """A person has to approve the call first."""

    code, retryable = "approval_required", True

    def __init__(self, approval_id: str, message: str, **more: Any) -> None:
        super().__init__(message, **more)
        self.approval_id = approval_id


class ChangedSince(Conflict):
    """The stored call differs from the call that was approved."""

    code = "changed_since_approval"


class NoAgentKey(ApiError):
    """The key belongs to no agent."""

    code, http = "access_token_invalid", 401

    def __init__(self) -> None:
        super().__init__(
            "This is no agent's key: send the key that 'stagedoor agents create' printed (sda_...) "
            "as the bearer token."
        )


class AccountNeeded(InvalidInput):
    """Several accounts are connected, and the call names none."""

    code = "account_required"


class NoSuchPost(ObjectNotFound):
    """No post of this account that was made here has this id."""

    code, http = "invalid_publish_id", 400


class CallOutcomeUnknown(ApiError):
    """Whether the post was published can't be known."""

    code, http = "outcome_unknown", 409


class NoRoom(ApiError):
    """A file from TikTok doesn't fit on the disk."""

    code, http, retryable = "storage_full", 507, True

    def __init__(self) -> None:
        super().__init__(
            "The service's disk has no room for this file. Nothing was kept: make room, then ask "
            "again.",
            retry_after=60,
        )


class SameUnderWay(Conflict):
    """An equal call holds the claim of the post."""

    code, retryable = "same_call_under_way", True

    def __init__(self) -> None:
        super().__init__(
            "The same call is still at work. Make it again in a moment: it gets the post that the "
            "first one makes, and makes no second one.",
            retry_after=5,
        )


class AlreadyPosted(Conflict):
    """The file is already part of a post."""

    code = "already_posted"
