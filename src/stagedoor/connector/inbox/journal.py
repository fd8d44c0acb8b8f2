"""The journal of replies: those that were sent, and those that may have been.

A reply is written down before it is sent. If TikTok's answer is lost, the reply is settled by what
TikTok shows: a message of the account with the same text that wasn't there before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from .. import leases
from ..database import TenantConnection, organisations_with
from . import store
from .comments import CommentSnapshot, Direction, conversation_id
from .models import inbox_replies

SLACK_SECONDS = 600.0
"""How far TikTok's clock may be off this service's."""
SENT_SECONDS = 120.0
"""The longest time from the journal's row to the end of its request."""


class ReplyState(StrEnum):
    """How far a reply is."""

    SENDING = "sending"
    """A request holds it, or died while it did."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """TikTok's answer was lost, and TikTok doesn't show the reply (yet)."""
    FAILED = "failed"
    """The reply wasn't sent."""


_OPEN = (ReplyState.SENDING.value, ReplyState.UNKNOWN.value)


def find(tenant: TenantConnection, id: str, lock: bool = False) -> Any:
    query = tenant.select(inbox_replies).where(inbox_replies.c.id == id)
    return tenant.one(query.with_for_update() if lock else query)


def begin(
    tenant: TenantConnection,
    id: str,
    conversation: Any,
    answers: str,
    text: str,
    by: str,
    now: float,
    hold: Mapping[str, Any],
) -> None:
    """Record that the reply is about to be sent. A reply that failed before starts again."""
    same = store.same(tenant, conversation.id, Direction.OUT.value, text)
    values = {
        "conversation": conversation.id,
        "integration": conversation.integration,
        "answers": answers,
        "text": text,
        "state": ReplyState.SENDING.value,
        "message": None,
        "before": same,
        "by": by,
        "created": now,
        "reads": 0,
        **hold,
    }
    if not change(tenant, id, **values):
        tenant.insert(inbox_replies, id=id, **values)


def change(tenant: TenantConnection, id: str, **values: Any) -> bool:
    this = inbox_replies.c.id == id
    return bool(tenant.run(tenant.update(inbox_replies).where(this).values(**values)))


def unsettled(tenant: TenantConnection, conversations: Collection[str]) -> Sequence[Any]:
    """The replies of these conversations whose outcome isn't known, the oldest first."""
    table = inbox_replies.c
    query = tenant.select(inbox_replies).where(
        table.conversation.in_(conversations), table.state.in_(_OPEN)
    )
    return tenant.all(query.order_by(table.created, table.id))


def settle(
    tenant: TenantConnection, integration: str, own: Mapping[str, tuple[str, CommentSnapshot]]
) -> None:
    """Settle replies by messages of the account that TikTok shows: by their ids, each with its
    conversation. A reply that a request is sending now is left to it.

    Other organisations may write as the same account. A message that one of them sent isn't ours;
    where theirs with the same text may be it as well, ours stays unknown, unless TikTok shows one
    for each.
    """
    conversations = {conversation for conversation, _ in own.values()}
    rows = [
        row
        for row in unsettled(tenant, conversations)
        if row.state != ReplyState.SENDING.value or leases.is_free(row)
    ]
    if not any(_is(row, id, one) for row in rows for id, (_, one) in own.items()):
        return
    table = inbox_replies.c
    sent = tenant.select(inbox_replies, table.message).where(
        table.conversation.in_(conversations), table.message.is_not(None)
    )
    elsewhere = _of_others(tenant, own)
    taken = {row.message for row in (*tenant.all(sent), *elsewhere)}
    for row in rows:
        found = sorted(
            (one.created, id)
            for id, (conversation, one) in own.items()
            if conversation == row.conversation and id not in taken and _is(row, id, one)
        )
        rivals = [row] + [
            other
            for other in elsewhere
            if other.state in _OPEN and any(_may_be(other, id, own[id][1]) for _, id in found)
        ]
        if not found or len(found) < len(rivals):
            continue
        rivals.sort(key=lambda one: (one.created, one.id))
        _, id = found[rivals.index(row)]
        taken.add(id)
        change(tenant, row.id, state=ReplyState.SENT.value, message=id, **leases.RELEASED)
        store.change_message(tenant, integration, id, by=row.by)


def _of_others(
    tenant: TenantConnection, own: Mapping[str, tuple[str, CommentSnapshot]]
) -> list[Any]:
    """The replies of other organisations that are one of these messages, or whose outcome isn't
    known: for the service's own use."""
    table = inbox_replies.c
    found: dict[tuple[str, str], Any] = {}
    # two queries, each with its index
    for these in (table.state.in_(_OPEN), table.message.in_(sorted(own))):
        for org in organisations_with(tenant.connection, inbox_replies, these):
            if org != tenant.org:
                theirs = TenantConnection(tenant.connection, org)
                rows = theirs.all(theirs.select(inbox_replies).where(these))
                found |= {(org, row.id): row for row in rows}
    return list(found.values())


def _may_be(other: Any, id: str, one: CommentSnapshot) -> bool:
    """Whether a message may be the reply of another organisation."""
    return conversation_id(other.integration, one.top) == other.conversation and _is(other, id, one)


def _is(row: Any, id: str, one: CommentSnapshot) -> bool:
    same = " ".join(one.text.split()) == " ".join(row.text.split())
    late = row.created + SENT_SECONDS + SLACK_SECONDS
    return same and id not in row.before and row.created - SLACK_SECONDS <= one.created <= late
