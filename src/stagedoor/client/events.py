"""Conversions: personal data hashed here, any number of events in batches; subscriptions' pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Any

from stagedoor.platform.arguments import Says
from stagedoor.platform.products import business_events as declared
from stagedoor.platform.products.business_events import (
    MAX_BATCH,
    BusinessEvent,
    EventSource,
    EventUser,
    SubscribeEntity,
    Subscription,
)
from stagedoor.platform.refusal import InvalidRequest

from .effects import Blocking, Flow, Items
from .identifiers.block import Block
from .identifiers.kinds import HashAlgorithm, IdentifierKind
from .paging import walk
from .parameters import Limit, PageSize
from .session import Session, build, call

_PAGE = 1_000


def hashed_user(
    email: str | None = None,
    phone: str | None = None,
    external_id: str | None = None,
    **more: Any,
) -> EventUser:
    """The person of an event from raw values, normalised and hashed here.

    A value that is a hash already stays as it is. `more` are fields that TikTok takes unhashed,
    such as `ttclid`. No error shows a raw value.
    """
    raw = {
        IdentifierKind.EMAIL: Block([email]),
        IdentifierKind.PHONE: Block([phone]),
        IdentifierKind.EXTERNAL_ID: Block([external_id]),
    }
    del email, phone, external_id  # so that no frame of an error holds them
    return _made(raw, more)


def _made(raw: Mapping[IdentifierKind, Block], more: dict[str, Any]) -> EventUser:
    hashed, problems = {}, []
    for kind, block in raw.items():
        digests = block.hash(kind, HashAlgorithm.SHA256)
        problems += [(kind.value, reason) for _, reason in digests.problems]
        hashed[kind.value] = digests.hexes[0] or None
    if problems:
        raise InvalidRequest("hashed_user()", problems)
    return EventUser(**hashed, **more)


def track(
    session: Session,
    event_source: Annotated[EventSource, Says("where the events happened")],
    event_source_id: Annotated[str, Says("the pixel's code, the app's id, or an event set's id")],
    events: Annotated[Iterable[BusinessEvent], Says("any number of them")],
    *,
    test_event_code: str | None = None,
) -> Flow[int]:
    """Report any number of conversions, 1,000 at a time; returns how many there were.

    Give each event an `event_id`: an event that TikTok has already counts once, so a call that
    failed in the middle can be made again with all events.
    """
    source = {
        "event_source": event_source,
        "event_source_id": event_source_id,
        "test_event_code": test_event_code,
    }
    count, remaining = 0, iter(events)
    while batch := (yield Blocking(_batch, (remaining,))):
        request = build(declared.EVENT_TRACK, source | {"data": batch})
        yield from call(session, declared.EVENT_TRACK, request)
        count += len(batch)
    return count


def _batch(events: Iterable[BusinessEvent]) -> tuple[BusinessEvent, ...]:
    return tuple(islice(events, MAX_BATCH))


def all_subscriptions(
    session: Session,
    *,
    subscribe_entity: SubscribeEntity | None = None,
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[Subscription]:
    """All subscriptions of the app; pages are fetched on demand."""
    asked = {"subscribe_entity": subscribe_entity}
    return walk(session, declared.SUBSCRIPTION_GET, asked, limit=limit, page_size=page_size)
