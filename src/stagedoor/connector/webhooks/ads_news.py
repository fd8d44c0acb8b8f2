"""Deliveries of subscriptions to news of ads: what each says, as events of ad accounts.

They have another form than the events of accounts, and name no app: the address of a subscription
does, in its query.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stagedoor.client.errors import WebhookInvalid
from stagedoor.client.subscription_webhooks import PER_DELIVERY, ParsedDelivery, parse_delivery
from stagedoor.platform.products.business_events import SubscribeEntity

from ..event_types import EventType

PREFIX = "ads."
"""The names of all events of ad accounts begin so."""
READ_AGAIN = f"{PREFIX}read_again"
"""An unsigned delivery: its content isn't trusted, but the objects that it names should be read
again."""
ACCOUNT_STATUS = EventType.ADS_ACCOUNT_STATUS
AD_GROUP_REVIEW = EventType.ADS_AD_GROUP_REVIEW
AD_REVIEW = EventType.ADS_AD_REVIEW
REPORT_CHANGED = f"{PREFIX}report_changed"
NAMES: Mapping[SubscribeEntity, str] = {
    SubscribeEntity.LEAD: EventType.ADS_LEAD,
    SubscribeEntity.AD_GROUP: AD_GROUP_REVIEW,
    SubscribeEntity.AD: AD_REVIEW,
    SubscribeEntity.CREATIVE_FATIGUE: EventType.ADS_CREATIVE_FATIGUE,
    SubscribeEntity.TCM_VIDEOS: f"{PREFIX}creator_videos",
    SubscribeEntity.REPORT_DATA_CHANGE: REPORT_CHANGED,
    SubscribeEntity.API_SERVICE_STATUS: f"{PREFIX}service_status",
}
_IDS = ("campaign_id", "adgroup_id", "ad_id", "adgroup_ids", "ad_ids")
_MOST = 1_000
_UNSIGNED_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AdNewsDelivery:
    """An event of an ad account. `key` is the same for every delivery of it."""

    event: str
    advertiser_id: str
    created: float
    content: Mapping[str, Any]
    key: str

    def unbelieved(self, app_id: str, now: float) -> AdNewsDelivery:
        """The event of an unsigned delivery, with ids alone: one in a minute for the same ids,
        whatever else the deliveries say."""
        ids = {name: self.content[name] for name in _IDS if name in self.content}
        content = {name: value for name, value in ids.items() if _is_id(value)}
        facts = json.dumps(
            [app_id, self.advertiser_id, content, int(now // _UNSIGNED_SECONDS)], sort_keys=True
        )
        key = hashlib.sha256(facts.encode()).hexdigest()
        return AdNewsDelivery(READ_AGAIN, self.advertiser_id, now, content, f"unsigned {key}")


def parse(body: bytes, app_id: str, now: float) -> list[AdNewsDelivery]:
    """The events of a delivery. Raises `WebhookInvalid` for a body of another form."""
    try:
        delivery = parse_delivery(body, app_id)
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError
        raise WebhookInvalid("the body isn't a webhook of a subscription") from None
    found = list(_of_flat(delivery, now) if delivery.number is None else _of_entries(delivery, now))
    if not 0 < len(found) <= _MOST:
        raise WebhookInvalid("the body holds no news, or too many")
    return [
        AdNewsDelivery(event, advertiser, created, content, f"{delivery.key}:{number}")
        for number, (event, advertiser, created, content) in enumerate(found)
    ]


_Found = tuple[str, str, float, dict[str, Any]]


def _of_flat(delivery: ParsedDelivery, now: float) -> Iterator[_Found]:
    [sent] = delivery.entries
    if "status" not in sent:
        raise WebhookInvalid("the body has neither an object nor a status")
    content = {name: value for name, value in sent.items() if name not in PER_DELIVERY}
    yield (
        ACCOUNT_STATUS.value,
        advertiser_in(sent),
        _moment(sent.get("status_change_time"), now),
        content,
    )


def _of_entries(delivery: ParsedDelivery, now: float) -> Iterator[_Found]:
    event, at = f"{PREFIX}object_{delivery.number}", delivery.sent
    if delivery.entity is not None:
        event = str(NAMES[delivery.entity])
    created = float(at) if at is not None and 0 <= at < 1 << 53 else now
    for entry in delivery.entries:
        changed = entry.get("changed_metrics_values")
        if isinstance(changed, dict):
            for advertiser, metrics in changed.items():
                yield event, advertiser, created, {**entry, "changed_metrics_values": metrics}
        else:
            yield event, advertiser_in(entry), created, entry


def advertiser_in(named: Mapping[str, Any]) -> str:
    """The advertiser's id, which TikTok also sends as a bare number; empty: none is named."""
    value = named.get("adv_id", named.get("advertiser_id"))
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _is_id(value: Any) -> bool:
    if isinstance(value, list):
        return len(value) <= _MOST and all(_is_id(one) for one in value)
    return str(value).isdecimal() and len(str(value)) <= 20


def _moment(text: Any, now: float) -> float:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return now
