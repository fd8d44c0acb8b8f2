"""The journal of replies: what was sent, and what may have been.

A reply is written down before it is sent. If TikTok's answer is lost, the reply is settled by what
TikTok shows: a message of the account with the same text that wasn't there before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from .. import leases
from ..database import TenantConnection
from . import store
from .comments import Direction, Seen
from .models import inbox_replies

SLACK_SECONDS = 600.0
"""How far TikTok's clock may be behind this service's."""


class State(StrEnum):
    """How far a reply is."""

    SENDING = "sending"
    """A request holds it, or died while it did."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """TikTok's answer was lost, and TikTok doesn't show the reply (yet)."""
    FAILED = "failed"
    """It wasn't sent."""


_OPEN = (State.SENDING.value, State.UNKNOWN.value)


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
    """Write down that the reply is about to be sent. One that failed before begins anew."""
    same = store.same(tenant, conversation.id, Direction.OUT.value, text)
    values = {
        "conversation": conversation.id,
        "integration": conversation.integration,
        "answers": answers,
        "text": text,
        "state": State.SENDING.value,
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


def settle(tenant: TenantConnection, integration: str, own: Mapping[str, tuple[str, Seen]]) -> None:
    """Settle replies by messages of the account that TikTok shows: by their ids, each with its
    conversation. A reply that a request is sending now is left to it."""
    conversations = {conversation for conversation, _ in own.values()}
    rows = [
        row
        for row in unsettled(tenant, conversations)
        if row.state != State.SENDING.value or leases.is_free(row)
    ]
    if not rows:
        return
    table = inbox_replies.c
    sent = tenant.select(inbox_replies, table.message).where(
        table.conversation.in_(conversations), table.message.is_not(None)
    )
    taken = {row.message for row in tenant.all(sent)}
    for row in rows:
        for id, (conversation, one) in sorted(own.items()):
            if conversation == row.conversation and id not in taken and _is(row, id, one):
                taken.add(id)
                change(tenant, row.id, state=State.SENT.value, message=id, **leases.RELEASED)
                store.change_message(tenant, integration, id, by=row.by)
                break


def _is(row: Any, id: str, one: Seen) -> bool:
    same = " ".join(one.text.split()) == " ".join(row.text.split())
    return same and id not in row.before and one.created >= row.created - SLACK_SECONDS
