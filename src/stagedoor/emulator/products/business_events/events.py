"""Conversions that advertisers report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from stagedoor.platform.products import business_events as declared
from stagedoor.platform.products.business_events import (
    DEDUPLICATION_SECONDS,
    MAX_BATCH,
    BusinessEvent,
    EventBatch,
    EventSource,
    EventUser,
    needed_part,
)

from ...calls import AdmittedCall, Handlers, Refusal
from .state import EVENTS_BY_ID, TRACKED_EVENTS, TrackedEvent

_HASH = re.compile("[0-9a-f]{64}", re.IGNORECASE)
_HASHED = ("email", "phone", "external_id")


def track(call: AdmittedCall) -> dict[str, Any]:
    """Keep the events of a batch, all or none. One that was reported lately counts once."""
    request: EventBatch = call.request
    if request.event_source not in set(EventSource):
        raise Refusal("40002", f"event_source: Not a valid choice: {request.event_source}.")
    if not 1 <= len(request.data) <= MAX_BATCH:
        raise Refusal("40061", f"data: 1 to {MAX_BATCH} events are taken, not {len(request.data)}.")
    needed = needed_part(request.event_source)
    for place, event in enumerate(request.data):
        where = f"data.{place}"
        if needed is not None and getattr(event, needed) is None:
            raise Refusal("40002", f"{where}.{needed}: Missing data for required field.")
        _check_hashed(event.user, where)
    for event in request.data:
        _keep(call, request, event)
    return {}


def _check_hashed(user: EventUser | None, where: str) -> None:
    for name in _HASHED if user is not None else ():
        for value in _values(getattr(user, name)):
            if not _HASH.fullmatch(value):
                raise Refusal("40062", f"{where}.user.{name}: The value is not hashed.")


def _values(value: str | tuple[str, ...] | None) -> Iterable[str]:
    return () if value is None else (value,) if isinstance(value, str) else value


def _keep(call: AdmittedCall, request: EventBatch, event: BusinessEvent) -> None:
    world, token = call.world, call.advertiser_token
    table = world[TRACKED_EVENTS]
    key = (request.event_source_id, event.event, event.event_id)
    earlier = table.by(EVENTS_BY_ID, key) if event.event_id is not None else ()
    if any(call.now - one.received < DEDUPLICATION_SECONDS for one in earlier):
        return
    properties = event.properties
    table.add(
        TrackedEvent(
            id=world.ids.number(call.now),
            event_source=str(request.event_source),
            event_source_id=request.event_source_id,
            event=event.event,
            event_id=event.event_id,
            at=float(event.event_time),
            received=call.now,
            advertiser_ids=() if token is None else token.advertiser_ids,
            user=_person(event.user),
            ttclid=(event.user.ttclid or "") if event.user else "",
            value=(properties.value if properties else None) or Decimal(0),
            currency=(properties.currency if properties else None) or "",
            test_event_code=request.test_event_code,
        )
    )


def _person(user: EventUser | None) -> str:
    """The first identifier of the person."""
    if user is None:
        return ""
    for name in (*_HASHED, "idfa", "gaid", "ttp", "ttclid"):
        for value in _values(getattr(user, name)):
            return value.lower()
    return ""


HANDLERS: Handlers = {
    declared.EVENT_TRACK: track,
}
