"""Receiving the webhooks of subscriptions: signature check and typed changes."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ValidationError

from stagedoor.platform.arguments import AtLeast, Says, checked
from stagedoor.platform.model import Answer
from stagedoor.platform.products.business_events import (
    LOG_ID,
    SUBSCRIPTION_EVENTS,
    SubscribeEntity,
    SubscriptionEnvelope,
)

from .errors import WebhookInvalid
from .webhooks import (
    MAX_AGE,
    MAX_AHEAD,
    MAX_BODY,
    RawBody,
    UnknownPayload,
    VerifiedWebhook,
    verify_signature,
)

_BY_NUMBER = {event.number: entity for entity, event in SUBSCRIPTION_EVENTS.items()}
_FLAT = SubscribeEntity.AD_ACCOUNT_SUSPENSION
PER_DELIVERY = ("request_id", "subscription_id")
"""Members of a body that differ between two deliveries of the same changes."""


@dataclass(frozen=True, slots=True)
class SubscriptionDelivery(VerifiedWebhook):
    """A verified delivery of a subscription.

    `entity` is the kind of subscription, and None if Stagedoor doesn't know it. `entries` are the
    changes, typed by `entity`. `key` is the same when a delivery is repeated, though its
    `request_id` and time differ; only changes without an id or date of their own (new numbers of
    reports) have another key when they are sent again at another time. `sent` is Unix seconds;
    None: the delivery doesn't say. `is_signed` is False only if the caller allowed
    deliveries without a signature, and this one has none.
    """

    entity: SubscribeEntity | None
    entries: tuple[Any, ...]
    request_id: str
    sent: int | None
    key: str
    is_signed: bool = True


@checked
def verify_subscription_webhook(
    body: RawBody,
    header: str | None,
    secrets: str | Sequence[str],
    *,
    allow_unsigned: Annotated[
        bool, Says("take a delivery without the header; anybody can send such a one")
    ] = False,
    now: float | None = None,
    max_age: Annotated[float, AtLeast(0)] = MAX_AGE,
    max_ahead: Annotated[float, AtLeast(0)] = MAX_AHEAD,
) -> SubscriptionDelivery:
    """Verify the `TikTok-Signature` of a subscription's delivery and return its changes.

    `body` is the raw bytes, `secrets` the app's secret, or several during a rotation. Any defect
    raises `WebhookInvalid`: answer the request with 401. It isn't certain that TikTok signs all of
    these deliveries: with `allow_unsigned`, one without the header is taken as a hint; read the
    object from TikTok before you act on it. A wrong signature is always refused.
    """
    if len(body) > MAX_BODY:
        raise WebhookInvalid("the body is larger than any webhook of TikTok's")
    is_signed = header is not None or not allow_unsigned
    if is_signed:
        verify_signature(body, header, secrets, now=now, max_age=max_age, max_ahead=max_ahead)
    try:
        return _delivery(body, is_signed)
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError
        raise WebhookInvalid("the body isn't a webhook of a subscription") from None


def _delivery(body: bytes, is_signed: bool) -> SubscriptionDelivery:
    found = parse_delivery(body)
    if found.number is None:
        suspended = SUBSCRIPTION_EVENTS[_FLAT].payload.model_validate(found.entries[0])
        return SubscriptionDelivery(_FLAT, (suspended,), "", None, found.key, is_signed)
    entity, entries = _typed(found.entity, found.entries)
    return SubscriptionDelivery(entity, entries, found.request_id, found.sent, found.key, is_signed)


@dataclass(frozen=True, slots=True)
class ParsedDelivery:
    """The content of a delivery's body, before its changes are typed.

    `number` is the vendor's number of the kind of subscription; None: the body has no envelope,
    and is the only entry itself. The other fields are those of `SubscriptionDelivery`.
    """

    number: int | None
    entity: SubscribeEntity | None
    entries: tuple[dict[str, Any], ...]
    request_id: str
    sent: int | None
    key: str


def parse_delivery(body: bytes, *receiver: str) -> ParsedDelivery:
    """Parse the body of a delivery. Raises ValueError or RecursionError for another form.

    `receiver` names whose delivery it is: the keys of two receivers differ.
    """
    sent = json.loads(body)
    if not isinstance(sent, dict):
        raise ValueError("no object")
    if "object" not in sent:
        return ParsedDelivery(None, _FLAT, (sent,), "", None, _key(sent, _FLAT, (sent,), receiver))
    envelope = SubscriptionEnvelope.model_validate(sent)
    number, entries = envelope.object, envelope.entry
    entity = _BY_NUMBER.get(number)
    key = _key(sent, entity, entries, receiver)
    return ParsedDelivery(number, entity, entries, envelope.request_id, envelope.time, key)


def _key(
    sent: dict[str, Any],
    entity: SubscribeEntity | None,
    entries: tuple[dict[str, Any], ...],
    receiver: tuple[str, ...],
) -> str:
    """The digest of what all deliveries of the same changes have in common.

    The time of sending counts only where an entry has no name of its own: there nothing else
    tells two changes with the same content apart.
    """
    facts = {name: value for name, value in sent.items() if name not in PER_DELIVERY}
    named_by = LOG_ID if entity is None else SUBSCRIPTION_EVENTS[entity].named_by
    if all(entry.get(named_by) is not None for entry in entries):
        facts.pop("time", None)
    text = json.dumps([*receiver, facts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _typed(
    entity: SubscribeEntity | None, entries: tuple[dict[str, Any], ...]
) -> tuple[SubscribeEntity | None, tuple[Answer, ...]]:
    """The typed changes; unknown ones are passed on unchanged, with None as their kind."""
    if entity is not None:
        payload = SUBSCRIPTION_EVENTS[entity].payload
        with contextlib.suppress(ValidationError):
            return entity, tuple(payload.model_validate(one) for one in entries)
    return None, tuple(UnknownPayload.model_validate(one) for one in entries)
