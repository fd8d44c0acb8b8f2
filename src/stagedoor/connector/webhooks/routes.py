"""Routes of an organisation's events. Deliveries themselves arrive at `endpoint`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query

from ..api import CallerIs, needs, router
from ..provided import provided
from ..shapes import ResponseModel
from ..tenants.roles import Role
from .service import ReceivedEvent, Webhooks

ROUTER = router("/api/webhooks", tags=["webhooks"])


class EventShown(ResponseModel):
    """An event that TikTok sent."""

    id: str
    """The id of the event here."""
    event: str
    """TikTok's name of the event, such as `post.publish.complete`."""
    integration_id: str
    """The account that the event is about."""
    created_at: datetime
    """The time of the event, as TikTok reports it."""
    received_at: datetime
    """When the service received the event, in UTC."""
    content: dict[str, Any]
    """As TikTok sent it, or what sync found."""


class EventsShown(ResponseModel):
    """A page of events."""

    events: list[EventShown]
    """The events of this page, newest first."""
    next_cursor: str | None


@ROUTER.get("/received", dependencies=[needs(Role.ADMIN)])
def list_received_events(
    caller: CallerIs,
    webhooks: Annotated[Webhooks, provided(Webhooks)],
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EventsShown:
    """List TikTok's events of the organisation's accounts, the newest first, for seven days."""
    page = webhooks.events(caller.org, cursor, limit)
    return EventsShown(events=[_shown(event) for event in page.items], next_cursor=page.next_cursor)


def _shown(event: ReceivedEvent) -> EventShown:
    return EventShown(
        id=event.id,
        event=event.event,
        integration_id=event.integration_id,
        created_at=datetime.fromtimestamp(event.created, UTC),
        received_at=datetime.fromtimestamp(event.received, UTC),
        content=event.content,
    )
