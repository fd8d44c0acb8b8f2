"""News of ads objects: changes that lists show and reviews that webhooks tell, each told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from stagedoor.platform.ads_vocabulary import ReviewStatus

from ..clock import Clock
from ..database import TenantConnection
from ..event_types import EventType
from ..subscriptions.events import EventEmitter
from ..webhooks import store as webhooks
from . import objects, states, store
from .objects import AdLevel
from .states import REVIEWS, AdObjectState, ObjectSnapshot


class NewsSource(StrEnum):
    """The way by which the outcome of a review was heard of first."""

    LIST = "list"
    WEBHOOK = "webhook"


class AdNews:
    """Records the states of ads objects, and tells of changes. Every method works in the caller's
    transaction. Thread-safe."""

    def __init__(self, clock: Clock, events: EventEmitter) -> None:
        self._clock = clock
        self._events = events

    def listed(
        self,
        tenant: TenantConnection,
        integration: str,
        account_id: str,
        level: AdLevel,
        seen: Sequence[ObjectSnapshot],
        at: float,
        first: bool,
    ) -> None:
        """Record objects of one list, which was asked for at the time `at`, and tell of changes.
        `first`: the ad account's lists were never read before, so nothing in them is news."""
        seen = sorted({one.id: one for one in seen}.values(), key=lambda one: one.id)
        store.lock_account(tenant, account_id)  # two connections may read the same ad account
        known = objects.locked(tenant, account_id, level, [one.id for one in seen])
        added = []
        for one in seen:
            row = known.get(one.id)
            before = _before(row, one, first)
            now = states.next_state(before, one)
            if row is not None and row.reviewed_at is not None and row.reviewed_at > at:
                now = AdObjectState(
                    now.switch, now.status, row.review, now.ended
                )  # a webhook is newer
            values = _values(one, now)
            if now.review != before.review or row is None:
                values |= {"reviewed_at": at, "review_by": NewsSource.LIST.value}
            if row is None:
                added.append({"level": level.value, "object_id": one.id, "seen_at": at, **values})
                added[-1] = {"reviewed_at": None, "review_by": None} | added[-1]
            elif any(getattr(row, name) != value for name, value in values.items()):
                objects.change(tenant, account_id, level, one.id, **values)
            for name in states.news(level, before, now):
                self._tell(tenant, integration, account_id, name, one, now, at)
        objects.add(tenant, account_id, added)
        objects.saw(tenant, account_id, level, list(known), at)

    def heard(
        self,
        tenant: TenantConnection,
        account_id: str,
        level: AdLevel,
        content: Mapping[str, Any],
        at: float,
    ) -> bool:
        """Record a review's outcome that a webhook told, and tell subscribers of it, unless it is
        known or older than what is known. Returns False if a list had the outcome first."""
        object_id, outcome = str(content.get(f"{level.word}_id") or ""), _outcome(content)
        campaign_id = str(content.get("campaign_id") or "")
        group = (
            str(content["adgroup_id"]) if level is AdLevel.AD and "adgroup_id" in content else None
        )
        if not object_id or not campaign_id or outcome is None:
            return True
        objects.record_unlisted(tenant, account_id, level, object_id, campaign_id, group)
        row = objects.locked(tenant, account_id, level, [object_id])[object_id]
        if row.review == outcome:
            return bool(row.review_by != NewsSource.LIST)
        if row.reviewed_at is not None and row.reviewed_at > at:
            return True
        values = {"review": outcome, "reviewed_at": at, "review_by": NewsSource.WEBHOOK.value}
        objects.change(tenant, account_id, level, object_id, **values)
        told = content.get(f"{level.word}_name")
        name = row.name if told is None else str(told)
        seen = ObjectSnapshot(level, object_id, campaign_id, group, name, row.switch, row.status)
        reason = str(content.get("reject_reason") or "") or None
        self._emit(tenant, account_id, REVIEWS[level], seen, AdObjectState(review=outcome), reason)
        return True

    def _tell(
        self,
        tenant: TenantConnection,
        integration: str,
        account_id: str,
        name: EventType,
        seen: ObjectSnapshot,
        now: AdObjectState,
        at: float,
    ) -> None:
        """Tell of news that a list showed: among the events of TikTok, and to subscribers."""
        content = {
            "adv_id": account_id,
            "campaign_id": seen.campaign_id,
            "adgroup_id": seen.ad_group_id,
            f"{seen.level.word}_id": seen.id,
            f"{seen.level.word}_name": seen.name,
            "operation_status": now.switch,
            "secondary_status": now.status,
            "review_status": now.review or None,
        }
        row = {
            "integration_id": integration,
            "key": f"{name.value} {seen.id} {at!r}",
            "event": name.value,
            "created": at,
            "received": self._clock.now(),
            "content": {key: value for key, value in content.items() if value is not None},
        }
        webhooks.add_events(tenant.connection, {tenant.org: [row]})
        self._emit(tenant, account_id, name, seen, now, None)

    def _emit(
        self,
        tenant: TenantConnection,
        account_id: str,
        name: EventType,
        seen: ObjectSnapshot,
        now: AdObjectState,
        reason: str | None,
    ) -> None:
        data = {
            "accountId": account_id,
            "level": seen.level.value,
            "id": seen.id,
            "name": seen.name,
            "campaignId": seen.campaign_id,
            "adGroupId": seen.ad_group_id,
            "status": seen.switch,
            "secondaryStatus": seen.status,
            "reviewStatus": now.review or None,
            "rejectReason": reason,
        }
        self._events.emit(tenant, name, data)


def _before(row: Any, seen: ObjectSnapshot, first: bool) -> AdObjectState:
    """The state before a list. For an unknown object: a state for which only differences from its
    present state are news."""
    if row is None:
        return (
            states.next_state(AdObjectState(), seen)
            if first
            else states.state_before_first_seen(seen)
        )
    if row.seen_at is None:
        known = states.next_state(AdObjectState(review=row.review), seen)
        return AdObjectState(known.switch, known.status, row.review or known.review, known.ended)
    return AdObjectState(row.switch, row.status, row.review, row.ended)


def _values(seen: ObjectSnapshot, now: AdObjectState) -> dict[str, Any]:
    return {
        "campaign_id": seen.campaign_id,
        "ad_group_id": seen.ad_group_id,
        "name": seen.name,
        "switch": now.switch,
        "status": now.status,
        "review": now.review,
        "ended": now.ended,
    }


def _outcome(content: Mapping[str, Any]) -> str | None:
    """The outcome in TikTok's word; by the reason alone, where TikTok sends no word."""
    told = content.get("review_status")
    if isinstance(told, str) and told:
        return told
    if "reject_reason" not in content:
        return None
    rejected = ReviewStatus.UNAVAILABLE if content["reject_reason"] else None
    return (rejected or ReviewStatus.ALL_AVAILABLE).value
