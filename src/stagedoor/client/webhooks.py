"""Receiving TikTok's webhooks: signature check, typed payloads, detection of repeats."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ValidationError

from stagedoor.platform import signature
from stagedoor.platform.arguments import AtLeast, Says, checked
from stagedoor.platform.model import Answer, PrivateAnswer
from stagedoor.platform.operation import Event
from stagedoor.platform.products.webhooks import EVENTS, RETRY_HOURS, Envelope

from .errors import WebhookInvalid

MAX_AGE = (RETRY_HOURS + 1) * 3600
"""TikTok retries for 72 h, and it isn't known whether a retry has a new timestamp."""
MAX_AHEAD = 300
MAX_BODY = 1 << 20


class UnknownPayload(PrivateAnswer):
    """The content of an event that Stagedoor doesn't know, passed on unchanged.

    Its repr shows the names of the members and no values.
    """


class VerifiedWebhook:
    """Base of what verified deliveries are: all deliveries of one event have the same `key`."""

    __slots__ = ()

    key: str


@dataclass(frozen=True, slots=True)
class WebhookEvent(VerifiedWebhook):
    """A verified event.

    `key` is the same for every delivery of one event: TikTok sends no event id and repeats
    deliveries. `twin` is the name of the other event with which TikTok may report the same fact.
    `payload` is typed by `name`; times are Unix seconds.
    """

    name: str
    client_key: str
    open_id: str
    created: int
    payload: Any
    key: str
    twin: str | None = None
    known: bool = True


RawBody = Annotated[bytes, Says("pass the raw bytes of the request, not parsed or decoded")]


@checked
def verify_webhook(
    body: RawBody,
    header: str | None,
    secrets: str | Sequence[str],
    *,
    now: float | None = None,
    max_age: Annotated[float, AtLeast(0)] = MAX_AGE,
    max_ahead: Annotated[float, AtLeast(0)] = MAX_AHEAD,
) -> WebhookEvent:
    """Verify a request's `TikTok-Signature` and return its event.

    `body` is the raw bytes, `secrets` the app's client secret, or several during a rotation (all
    are tried). Any defect raises `WebhookInvalid`: answer the request with 401. Answer 200 only
    when you have stored the event; answer 200 to a repeated `key`, too.
    """
    verify_signature(body, header, secrets, now=now, max_age=max_age, max_ahead=max_ahead)
    return _event(body)


def verify_signature(
    body: bytes,
    header: str | None,
    secrets: str | Sequence[str],
    *,
    now: float | None = None,
    max_age: float = MAX_AGE,
    max_ahead: float = MAX_AHEAD,
) -> None:
    """Verify that `TikTok-Signature` fits the body. Raises `WebhookInvalid`."""
    if len(body) > MAX_BODY:
        raise WebhookInvalid("the body is larger than any webhook of TikTok's")
    timestamp, claimed = _parse(header)
    live = [secrets] if isinstance(secrets, str) else list(secrets)
    if not any(live):
        raise WebhookInvalid("there is no client secret to verify with")
    matches = [
        hmac.compare_digest(signature.digest(secret, timestamp, body), claimed)
        for secret in live
        if secret
    ]
    if not any(matches):
        raise WebhookInvalid("the signature doesn't fit the body and this app's client secret")
    age = (time.time() if now is None else now) - int(timestamp)
    if age > max_age or age < -max_ahead:
        raise WebhookInvalid("the signature's time is too old or in the future")


def _parse(header: str | None) -> tuple[str, str]:
    parts = dict(
        part.strip().partition("=")[::2] for part in (header or "").split(",") if "=" in part
    )
    timestamp, claimed = parts.get("t", ""), parts.get("s", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise WebhookInvalid(f"the {signature.HEADER} header is missing or malformed")
    if not (claimed.isascii() and len(claimed) == 64):
        raise WebhookInvalid(f"the {signature.HEADER} header is missing or malformed")
    return timestamp, claimed


def _event(body: bytes) -> WebhookEvent:
    try:
        sent = Envelope.model_validate_json(body)
        content = json.loads(sent.content) if sent.content else {}
        if not isinstance(content, dict):
            raise WebhookInvalid("the event's content is not a JSON object")
        declared, payload = _payload(sent.event, content)
        # numbers like NaN and 1e999 aren't JSON, and databases refuse them
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError
        raise WebhookInvalid("the body is signed, but it isn't a webhook") from None
    facts = (sent.client_key, sent.user_openid, sent.event, str(sent.create_time), canonical)
    return WebhookEvent(
        name=sent.event,
        client_key=sent.client_key,
        open_id=sent.user_openid,
        created=sent.create_time,
        payload=payload,
        key=hashlib.sha256(json.dumps(facts).encode()).hexdigest(),
        twin=declared.twin if declared else None,
        known=declared is not None,
    )


def _payload(name: str, content: dict[str, Any]) -> tuple[Event | None, Answer]:
    """The declared event and its typed content; None if the event or the content is unknown."""
    declared = EVENTS.get(name)
    if declared is not None:
        with contextlib.suppress(ValidationError):
            return declared, declared.payload.model_validate(content)
    return None, UnknownPayload.model_validate(content)


class RecentEvents:
    """Detects repeated deliveries of an event, within one process.

    Remembers the last `limit` keys. A receiver that must not forget any keeps the keys in its
    database, under a unique index.
    """

    @checked
    def __init__(self, limit: Annotated[int, AtLeast(1)] = 100_000) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()

    @checked
    def first(self, event: VerifiedWebhook) -> bool:
        """True for the first delivery, False for a repeat."""
        with self._lock:
            if event.key in self._seen:
                self._seen.move_to_end(event.key)
                return False
            self._seen[event.key] = None
            if len(self._seen) > self._limit:
                self._seen.popitem(last=False)
            return True
