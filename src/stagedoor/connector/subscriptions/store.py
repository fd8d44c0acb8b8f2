"""Queries on subscriptions and deliveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, true

from ..database import OF_TENANT, ORG, Prepared, TenantConnection
from ..leases import take_batch
from .models import event_deliveries, event_subscriptions
from .subscription import Channel, DeliveryState, EventDelivery, EventSubscription

_ENABLED = Prepared(
    OF_TENANT.select(event_subscriptions).where(event_subscriptions.c.enabled == true())
)


def enabled(tenant: TenantConnection) -> list[EventSubscription]:
    return [EventSubscription.of(row) for row in tenant.all(_ENABLED)]


def listed(tenant: TenantConnection, channel: Channel) -> list[EventSubscription]:
    """The oldest first."""
    query = tenant.select(event_subscriptions).where(event_subscriptions.c.channel == channel.value)
    ordered = query.order_by(event_subscriptions.c.created, event_subscriptions.c.id)
    return [EventSubscription.of(row) for row in tenant.all(ordered)]


def row(tenant: TenantConnection, subscription_id: str, lock: bool = False) -> Row[Any] | None:
    query = tenant.select(event_subscriptions).where(event_subscriptions.c.id == subscription_id)
    return tenant.one(query.with_for_update() if lock else query)


def add_new(tenant: TenantConnection, **values: Any) -> None:
    """Add a subscription, unless there is one with its id."""
    tenant.insert_new(event_subscriptions, [values])


def change(tenant: TenantConnection, subscription_id: str, **values: Any) -> None:
    mine = event_subscriptions.c.id == subscription_id
    tenant.run(tenant.update(event_subscriptions).where(mine).values(**values))


def remove(tenant: TenantConnection, subscription_id: str) -> None:
    tenant.run(
        tenant.delete(event_deliveries).where(event_deliveries.c.subscription == subscription_id)
    )
    tenant.run(
        tenant.delete(event_subscriptions).where(event_subscriptions.c.id == subscription_id)
    )


def add_delivery(tenant: TenantConnection, **values: Any) -> None:
    tenant.insert(event_deliveries, **values)


def deliveries(
    tenant: TenantConnection,
    subscription_id: str,
    before: str | None,
    limit: int,
    state: DeliveryState | None,
) -> list[EventDelivery]:
    """Newest first: ids sort by time."""
    query = tenant.select(event_deliveries).where(
        event_deliveries.c.subscription == subscription_id
    )
    if before is not None:
        query = query.where(event_deliveries.c.id < before)
    if state is not None:
        query = query.where(event_deliveries.c.state == state.value)
    rows = tenant.all(query.order_by(event_deliveries.c.id.desc()).limit(limit))
    return [EventDelivery.of(one) for one in rows]


def take(
    tenant: TenantConnection, now: float, real_now: float, seconds: float, limit: int
) -> list[EventDelivery]:
    """Lease due deliveries, which are free again at `real_now + seconds` of real time."""
    order = (event_deliveries.c.next_at, event_deliveries.c.id)
    ids = take_batch(
        tenant.connection,
        event_deliveries,
        event_deliveries.c[ORG] == tenant.org,
        event_deliveries.c.state == DeliveryState.WAITING.value,
        event_deliveries.c.next_at <= now,
        order_by=order,
        limit=limit,
        real_now=real_now,
        seconds=seconds,
    )
    if not ids:
        return []
    mine = tenant.select(event_deliveries).where(event_deliveries.c.id.in_(ids))
    return [EventDelivery.of(one) for one in tenant.all(mine.order_by(*order))]


def settle(tenant: TenantConnection, delivery_id: str, lease: float, **values: Any) -> bool:
    """Write how an attempt ended, and end its lease; False: another job leased the delivery
    meanwhile, or it was given up."""
    mine = (event_deliveries.c.id == delivery_id, event_deliveries.c.leased_until == lease)
    change = tenant.update(event_deliveries).where(*mine).values(leased_until=None, **values)
    return tenant.run(change) > 0


def give_up(tenant: TenantConnection, subscription_id: str, error: str) -> None:
    """Fail everything that waits for a subscription that was switched off."""
    waiting = (
        event_deliveries.c.subscription == subscription_id,
        event_deliveries.c.state == DeliveryState.WAITING.value,
    )
    values = {"state": DeliveryState.FAILED.value, "error": error, "leased_until": None}
    tenant.run(tenant.update(event_deliveries).where(*waiting).values(**values))


def replay(
    tenant: TenantConnection, subscription_id: str, now: float, *, since: float, only: str | None
) -> int:
    """Let deliveries that have ended wait once more: one, or those that failed since then."""
    where = [
        event_deliveries.c.subscription == subscription_id,
        event_deliveries.c.state != DeliveryState.WAITING.value,
    ]
    if only is not None:
        where.append(event_deliveries.c.id == only)
    else:
        where += [
            event_deliveries.c.created >= since,
            event_deliveries.c.state == DeliveryState.FAILED.value,
        ]
    values = {"state": DeliveryState.WAITING.value, "attempts": 0, "next_at": now}
    return tenant.run(tenant.update(event_deliveries).where(*where).values(**values))


def exists(tenant: TenantConnection, subscription_id: str, delivery_id: str) -> bool:
    query = tenant.select(event_deliveries, event_deliveries.c.id).where(
        event_deliveries.c.subscription == subscription_id, event_deliveries.c.id == delivery_id
    )
    return tenant.one(query) is not None


def next_due(tenant: TenantConnection) -> float | None:
    """When the next delivery is due that waits."""
    query = tenant.select(event_deliveries, func.min(event_deliveries.c.next_at)).where(
        event_deliveries.c.state == DeliveryState.WAITING.value
    )
    found = tenant.one(query)
    return None if found is None else found[0]


def forget(tenant: TenantConnection, before: float) -> float | None:
    """Delete deliveries that ended and are older; returns when the oldest one left was made."""
    old = (
        event_deliveries.c.created < before,
        event_deliveries.c.state != DeliveryState.WAITING.value,
    )
    tenant.run(tenant.delete(event_deliveries).where(*old))
    found = tenant.one(tenant.select(event_deliveries, func.min(event_deliveries.c.created)))
    return None if found is None else found[0]
