"""How a run takes back what its writes made, where TikTok lets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stagedoor.errors import InvalidRequest
from stagedoor.platform.operation import Operation, OperationEffect
from stagedoor.platform.products import (
    business_accounts,
    business_ads,
    business_audiences,
    business_comments,
    business_reports,
    portability,
)
from tests.examples import Values, example_of

from .credentials import Unreachable
from .suite import Outcome, Suite, Unanswered

Undoing = Callable[[Any, Any], Values]
"""From the write's request and its answer to the values of the operation that takes it back."""


@dataclass(frozen=True, slots=True)
class Undo:
    write: Operation[..., Any]
    by: Operation[..., Any]
    values: Undoing


def _deleted(ids: str, made: str) -> Undoing:
    """The values that delete what the member `made` of an answer names."""

    def values(request: Any, answer: Any) -> Values:
        found = getattr(answer, made)
        named = (found,) if isinstance(found, str) else found
        return {
            "advertiser_id": request.advertiser_id,
            ids: named,
            "operation_status": "DELETE",
        }

    return values


def _audience(request: Any, answer: Any) -> Values:
    return {
        "advertiser_id": request.advertiser_id,
        "custom_audience_ids": (answer.custom_audience_id,),
    }


def _comment(request: Any, answer: Any) -> Values:
    return {"business_id": request.business_id, "comment_id": answer.comment_id}


def _opposite(action: str) -> Undoing:
    return lambda request, _: request.model_dump() | {"action": action}


UNDOS = (
    Undo(
        business_ads.CAMPAIGN_CREATE,
        business_ads.CAMPAIGN_STATUS_UPDATE,
        _deleted("campaign_ids", "campaign_id"),
    ),
    Undo(
        business_ads.ADGROUP_CREATE,
        business_ads.ADGROUP_STATUS_UPDATE,
        _deleted("adgroup_ids", "adgroup_id"),
    ),
    Undo(business_ads.AD_CREATE, business_ads.AD_STATUS_UPDATE, _deleted("ad_ids", "ad_ids")),
    Undo(business_audiences.AUDIENCE_CREATE, business_audiences.AUDIENCE_DELETE, _audience),
    Undo(business_audiences.AUDIENCE_RULE_CREATE, business_audiences.AUDIENCE_DELETE, _audience),
    Undo(business_audiences.LOOKALIKE_CREATE, business_audiences.AUDIENCE_DELETE, _audience),
    Undo(
        business_audiences.SEGMENT_AUDIENCE,
        business_audiences.SEGMENT_AUDIENCE,
        lambda request, answer: {
            "advertiser_id": request.advertiser_id,
            "action": "delete",
            "delete_audience_id": answer.audience_id,
        },
    ),
    Undo(
        business_reports.REPORT_TASK_CREATE,
        business_reports.REPORT_TASK_CANCEL,
        lambda request, answer: {
            "advertiser_id": request.advertiser_id,
            "task_id": answer.task_id,
        },
    ),
    Undo(business_comments.COMMENT_CREATE, business_comments.COMMENT_DELETE, _comment),
    Undo(business_comments.COMMENT_REPLY_CREATE, business_comments.COMMENT_DELETE, _comment),
    Undo(business_comments.COMMENT_LIKE, business_comments.COMMENT_LIKE, _opposite("UNLIKE")),
    Undo(business_comments.COMMENT_PIN, business_comments.COMMENT_PIN, _opposite("UNPIN")),
    Undo(
        business_accounts.POST_AUTHORIZE_SETTING,
        business_accounts.POST_AUTHORIZE_SETTING,
        lambda request, _: {
            "business_id": request.business_id,
            "item_id": request.item_id,
            "is_ad_promotable": False,
        },
    ),
    Undo(
        business_accounts.PROPERTY_ADD,
        business_accounts.PROPERTY_DELETE,
        lambda request, _: request.model_dump(),
    ),
    Undo(
        business_accounts.WEBHOOK_UPDATE,
        business_accounts.WEBHOOK_DELETE,
        lambda request, _: {
            "app_id": request.app_id,
            "secret": request.secret,
            "event_type": request.event_type,
        },
    ),
    Undo(
        portability.DATA_ADD,
        portability.DATA_CANCEL,
        lambda _, answer: {"request_id": answer.request_id},
    ),
)
NO_UNDO = "no operation takes it back"
UNDO_OF = {one.write.id: one for one in UNDOS}


@dataclass(frozen=True, slots=True)
class CleanUp:
    """The state of a write that TikTok answered well. `left`: why its effect is still there."""

    write: str
    left: str | None = None


def clean_up(suite: Suite) -> list[CleanUp]:
    """Take back what the writes of a run made, the last first."""
    answered = [one for one in suite.outcomes.values() if one.problem is None]
    done = [
        one
        for one in reversed(answered)
        if one.operation.effect is OperationEffect.WRITE and not example_of(one.operation).ends
    ]
    left = {one.operation.id: _undone(suite, one) for one in done}
    gone = {name for name, why in left.items() if why is None}
    for one in done:
        # what was changed of something goes with it
        makers = suite.references.makers.get(one.operation.id)
        if one.operation.id not in UNDO_OF and makers and makers <= gone:
            left[one.operation.id] = None
    return [CleanUp(name, why) for name, why in left.items()]


def _undone(suite: Suite, outcome: Outcome) -> str | None:
    """Why the write's effect couldn't be taken back; None: it was."""
    undo = UNDO_OF.get(outcome.operation.id)
    if undo is None:
        return NO_UNDO
    try:
        request = undo.by.request(**undo.values(outcome.request, outcome.answer))
        earlier = suite.outcomes.get(undo.by.id)
        if earlier is not None and earlier.problem is None and earlier.request == request:
            return None  # its own test took it back
        answered = suite.ask(undo.by, request)
    except (InvalidRequest, Unreachable, Unanswered) as error:
        return f"{undo.by.id} couldn't be asked: {error}"
    if answered.problem is not None:
        return f"{undo.by.id} was refused: {answered.code}"
    return None
