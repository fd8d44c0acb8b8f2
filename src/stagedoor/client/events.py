"""Conversions: personal data hashed here, any number of events in batches; subscriptions' pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated

from stagedoor.platform.arguments import Says
from stagedoor.platform.products import business_events as declared
from stagedoor.platform.products.business_events import (
    MAX_BATCH,
    BusinessEvent,
    EventSource,
    EventUser,
)
from stagedoor.platform.refusal import InvalidRequest

from .effects import Blocking, Flow
from .identifiers.block import Block, Hidden
from .identifiers.kinds import HashAlgorithm, IdentifierKind
from .session import Session, build, call

_PAGE = 1_000


def hashed_user(
    email: str | None = None,
    phone: str | None = None,
    external_id: str | None = None,
    *,
    ttclid: str | None = None,
    ttp: str | None = None,
    ip: str | None = None,
    user_agent: str | None = None,
) -> EventUser:
    """The person of an event from raw values: the first three are normalised and hashed here.

    A value that is a hash already stays as it is. TikTok takes the others unhashed. No error shows
    a raw value.
    """
    hidden = _Person({"email": email, "phone": phone, "external_id": external_id})
    del email, phone, external_id  # so that no frame of an error holds them
    rest = {"ttclid": ttclid, "ttp": ttp, "ip": ip, "user_agent": user_agent}
    return EventUser(**hidden.hashed(), **rest)


class _Person(Hidden):
    __slots__ = ("_blocks", "_kinds")

    def __init__(self, raw: Mapping[str, object]) -> None:
        self._kinds = {name: type(value).__name__ for name, value in raw.items()}
        self._blocks = {IdentifierKind(name): Block([value]) for name, value in raw.items()}

    def hashed(self) -> dict[str, str | None]:
        for name, given in self._kinds.items():
            if given not in ("str", "NoneType"):
                raise TypeError(f"hashed_user(): {name} must be str, not {given}")
        found: dict[str, str | None] = {}
        problems: list[tuple[str, str]] = []
        for kind, block in self._blocks.items():
            digests = block.hash(kind, HashAlgorithm.SHA256)
            problems += [(kind.value, reason) for _, reason in digests.problems]
            found[kind.value] = digests.hexes[0] or None
        if problems:
            raise InvalidRequest("hashed_user()", problems)
        return found


def track(
    session: Session,
    event_source: Annotated[EventSource, Says("where the events happened")],
    event_source_id: Annotated[str, Says("the pixel's code, the app's id, or an event set's id")],
    events: Annotated[Iterable[BusinessEvent], Says("any number of them")],
    *,
    test_event_code: str | None = None,
) -> Flow[int]:
    """Report any number of conversions, 1,000 at a time; returns how many there were.

    Give each event an `event_id`: an event that TikTok got in the 48 hours before counts once, so a
    call that failed in the middle can be made again with all events.
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
