"""Routes of an organisation's events. Deliveries themselves arrive at `endpoint`."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query

from ..api import CallerIs, needs, router
from ..documented import raises
from ..provided import provided
from ..queries import Cursor
from ..shapes import ForeignJson, ResponseModel
from ..tenants.roles import Role
from .dead import DeadEvents, NoDeadEvent
from .service import ReceivedEvent, WebhooksService

ROUTER = router("/api/webhooks", tags=["webhooks"])


class EventState(StrEnum):
    PROCESSED = "processed"
    """The service acted on the event."""
    DEAD = "dead"
    """Processing it failed every time: nothing was done by it."""


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
    content: ForeignJson
    """As TikTok sent it, with its ids as strings, or what sync found."""
    state: EventState
    """`processed`, or `dead`: processing it failed every time, and it can be replayed."""


class EventsShown(ResponseModel):
    """A page of events."""

    events: list[EventShown]
    """The events of this page, newest first."""
    next_cursor: str | None


class EventsReplayed(ResponseModel):
    """The dead events that are processed once more."""

    count: int
    """The number of events that wait now."""


DeadEventsAre = Annotated[DeadEvents, provided(DeadEvents)]


@ROUTER.get("/received", dependencies=[needs(Role.ADMIN)])
def list_received_events(
    caller: CallerIs,
    webhooks: Annotated[WebhooksService, provided(WebhooksService)],
    dead: DeadEventsAre,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    state: Annotated[
        EventState, Query(description="`dead`: those whose processing failed every time.")
    ] = EventState.PROCESSED,
) -> EventsShown:
    """List TikTok's events of the organisation's accounts, the newest first, for seven days."""
    source = dead.page if state is EventState.DEAD else webhooks.events
    page = source(caller.org, cursor, limit)
    shown = [_shown(event, state) for event in page.items]
    return EventsShown(events=shown, next_cursor=page.next_cursor)


@ROUTER.post("/received/replay", dependencies=[needs(Role.ADMIN)])
def replay_received_events(caller: CallerIs, dead: DeadEventsAre) -> EventsReplayed:
    """Process the dead events once more. What was processed before never acts twice; at most 500
    are taken at once."""
    return EventsReplayed(count=dead.replay(caller.org))


@ROUTER.post("/received/{event_id}/replay", dependencies=[needs(Role.ADMIN)])
@raises(NoDeadEvent)
def replay_received_event(caller: CallerIs, dead: DeadEventsAre, event_id: str) -> EventsReplayed:
    """Process one dead event once more."""
    return EventsReplayed(count=dead.replay(caller.org, event_id))


def _shown(event: ReceivedEvent, state: EventState) -> EventShown:
    return EventShown(
        id=event.id,
        event=event.event,
        integration_id=event.integration_id,
        created_at=datetime.fromtimestamp(event.created, UTC),
        received_at=datetime.fromtimestamp(event.received, UTC),
        content=event.content,
        state=state,
    )
