"""Subscriptions and deliveries, as values. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds after each failed attempt, as Standard Webhooks recommends; after the last one a delivery
has failed."""
DISABLE_SECONDS = 5 * 86_400.0
"""A subscription that failed all the time for so long is switched off."""
KEEP_SECONDS = 7 * 86_400.0
"""How long deliveries are kept, and can be replayed."""


class Channel(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EventSubscription:
    """A subscription; times in Unix seconds."""

    id: str
    channel: Channel
    target: str
    events: tuple[str, ...]
    enabled: bool
    disabled_why: str | None
    failing_since: float | None
    created: float
    created_by: str

    @classmethod
    def of(cls, row: Row[Any]) -> EventSubscription:
        return cls(
            row.id,
            Channel(row.channel),
            row.target,
            tuple(row.events),
            row.enabled,
            row.disabled_why,
            row.failing_since,
            row.created,
            row.created_by,
        )


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """An event on its way to one subscription; times in Unix seconds."""

    id: str
    subscription: str
    type: str
    body: str
    created: float
    state: DeliveryState
    attempts: int
    next_at: float
    attempted_at: float | None
    status: int | None
    error: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> EventDelivery:
        return cls(
            row.id,
            row.subscription,
            row.type,
            row.body,
            row.created,
            DeliveryState(row.state),
            row.attempts,
            row.next_at,
            row.attempted_at,
            row.status,
            row.error,
        )


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """How an attempt ended. `gone`: the receiver wants no more of anything."""

    delivered: bool
    status: int | None = None
    error: str | None = None
    gone: bool = False
    retry_after: float | None = None


def matches(patterns: Sequence[str], type_: str) -> bool:
    """Whether a subscription wants events of this type."""
    return any(
        one == "*" or one == type_ or (one.endswith(".*") and type_.startswith(one[:-1]))
        for one in patterns
    )
