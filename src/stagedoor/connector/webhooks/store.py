"""Queries on the inbox (inserted by the hundred, taken in leased batches) and on organisations'
events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from ..database import Database, TenantConnection, organisations_with
from ..leases import take_batch
from ..schedule import store as schedule
from .models import events, inbox

DISPATCH = "webhooks.dispatch"
ARRIVED = "arrived"
"""Deliveries wait that nobody has taken."""
AGAIN = "again"
"""Deliveries are leased or postponed: `look_again` moves its due row to the end of the first."""
_AT_ONCE = 1_000
"""Old events that are looked at together for the organisations that have any."""


class InboxEntryState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    """Every attempt to process it failed; it is kept for a person to look at."""


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """A verified delivery for the inbox; times in Unix seconds."""

    key: str
    client_key: str
    open_id: str
    event: str
    created: float
    received: float
    body: str


@dataclass(frozen=True, slots=True)
class InboxDelivery(InboxEntry):
    """A delivery that was taken out of the inbox to be processed."""

    id: int
    attempts: int


_COLUMNS = [item.name for item in fields(InboxEntry)]
_NAMED = ", ".join(_COLUMNS)
# This path handles thousands of deliveries a second, so the SQL is written out.
_SQLITE = (
    f"INSERT INTO {inbox.name} ({_NAMED}, state, attempts) "  # noqa: S608
    f"VALUES ({', '.join('?' * len(_COLUMNS))}, '{InboxEntryState.WAITING}', 0) "
    "ON CONFLICT (key) DO NOTHING"
)
_TYPES = {"created": "float8", "received": "float8"}
_TYPED = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in _COLUMNS)
# as one JSON text: the driver is far slower at writing arrays of texts with quotes in them
_POSTGRES = (
    f"INSERT INTO {inbox.name} ({_NAMED}, state, attempts) "  # noqa: S608
    f"SELECT {_NAMED}, '{InboxEntryState.WAITING}', 0 "
    f"FROM json_to_recordset(%s::json) AS sent({_TYPED}) "
    "ON CONFLICT (key) DO NOTHING"
)


def add(connection: Connection, entries: Sequence[InboxEntry], is_sqlite: bool, now: float) -> int:
    """Insert deliveries that aren't known yet, and schedule their processing; returns the number of
    new ones."""
    new = _add(connection, entries, is_sqlite)
    if new:
        schedule.wait(connection, DISPATCH, ARRIVED, now)
    return new


def _add(connection: Connection, entries: Sequence[InboxEntry], is_sqlite: bool) -> int:
    # a fixed order: two processes that insert the same events can't deadlock
    rows = [
        tuple(getattr(entry, name) for name in _COLUMNS)
        for entry in sorted(entries, key=lambda entry: entry.key)
    ]
    if is_sqlite:
        return connection.exec_driver_sql(_SQLITE, rows).rowcount
    sent = json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows])
    return connection.exec_driver_sql(_POSTGRES, (sent,)).rowcount


def take(
    database: Database, now: float, real_now: float, seconds: float, limit: int
) -> list[InboxDelivery]:
    """Lease up to `limit` waiting deliveries in the order of their arrival.

    The worker that takes them may die: the inbox is processed again when the lease has ended.
    """
    with database.begin() as connection:
        ids = take_batch(
            connection,
            inbox,
            inbox.c.state == InboxEntryState.WAITING.value,
            order_by=[inbox.c.received, inbox.c.id],
            limit=limit,
            real_now=real_now,
            seconds=seconds,
            attempts=inbox.c.attempts + 1,
        )
        # also where nothing could be taken: others are leased, or postponed, for longer
        look_again(connection, now, real_now)
        if not ids:
            return []
        rows = connection.execute(
            select(*(inbox.c[item.name] for item in fields(InboxDelivery)))
            .where(inbox.c.id.in_(ids))
            .order_by(inbox.c.received, inbox.c.id)
        )
        return [InboxDelivery(*row) for row in rows]


def settle(connection: Connection, ids: Sequence[int], state: InboxEntryState) -> None:
    """Set the final state of deliveries."""
    if ids:
        over = update(inbox).where(inbox.c.id.in_(ids))
        connection.execute(over.values(state=state.value, leased_until=None))


def postpone(connection: Connection, delivery_id: int, until: float) -> None:
    """No worker takes the delivery before `until`, on the real clock."""
    connection.execute(update(inbox).where(inbox.c.id == delivery_id).values(leased_until=until))


def look_again(connection: Connection, now: float, real_now: float) -> None:
    """Schedule the inbox for the time at which the first lease in it ends."""
    first = connection.scalars(
        select(func.min(inbox.c.leased_until)).where(inbox.c.state == InboxEntryState.WAITING.value)
    ).one()
    if first is not None:
        schedule.wait(connection, DISPATCH, AGAIN, now + max(0.0, first - real_now) + 0.1)


def forget(connection: Connection, before: float) -> int:
    """Delete settled deliveries that arrived before that time; returns their number."""
    old = events.c.received < before
    first = events.c.received, _AT_ONCE
    while found := organisations_with(connection, events, old, first=first):
        for org in found:
            tenant = TenantConnection(connection, org)
            tenant.run(tenant.delete(events).where(old))
    over = inbox.c.state != InboxEntryState.WAITING.value
    return connection.execute(delete(inbox).where(inbox.c.received < before, over)).rowcount


def add_event(tenant: TenantConnection, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Add one event of several accounts; returns whether it is new for all of them."""
    return all([tenant.insert_one_new(events, row) for row in rows])


def add_events(connection: Connection, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Add events for organisations; an event that was added before is skipped."""
    for org in sorted(told):
        rows = sorted(told[org], key=lambda row: (row["received"], row["key"]))
        TenantConnection(connection, org).insert_new(events, rows)


def events_of(tenant: TenantConnection, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """The newest first; the page begins below the id `before`."""
    query = tenant.select(events).order_by(events.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(events.c.id < before)
    return tenant.all(query)
