"""TikTok adds fields and values without notice: nothing that is declared fails on them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.client.answer import read
from stagedoor.client.effects import Reply
from stagedoor.client.subscription_webhooks import verify_subscription_webhook
from stagedoor.client.webhooks import verify_webhook
from stagedoor.platform import catalogue, signature
from stagedoor.platform.model import Answer
from stagedoor.platform.operation import Event, Operation
from stagedoor.platform.products.business_events import SubscriptionEvent
from stagedoor.platform.protocols.business import BusinessProtocol
from stagedoor.platform.protocols.open_api import OPEN_API_FILE, OPEN_API_TEXT, OpenApi
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.support.every import every
from tests.support.flows import enveloped
from tests.support.samples import BIG, NEW_FIELD, Closed, tomorrow

BARE = (UPLOAD_TRANSFER, OPEN_API_TEXT, OPEN_API_FILE)
"""Answers that are no JSON."""
READABLE = [one for one in catalogue.operations().values() if one.protocol not in BARE]
SUBSCRIBED = [one for one in catalogue.events().values() if isinstance(one, SubscriptionEvent)]
EVENTS = [one for one in catalogue.events().values() if one not in SUBSCRIBED]


def kept(sent: Any, found: Any) -> None:
    """Every field that was sent is there, ids as text, unknown values as they came."""
    if isinstance(sent, dict):
        assert sent.keys() <= found.keys()
        for name, value in sent.items():
            kept(value, found[name])
    elif isinstance(sent, list):
        assert len(sent) == len(found)
        for one, other in zip(sent, found, strict=True):
            kept(one, other)
    elif sent == BIG:
        assert found == str(BIG)
    else:
        assert found == sent


@every("operation", READABLE, ids=lambda operation: operation.id)
def test_new_fields_are_kept_and_new_values_pass(operation: Operation[..., Any]) -> None:
    sent = tomorrow(operation.response)
    plain = Reply(200, {}, json.dumps(sent).encode())
    reply = enveloped(sent) if isinstance(operation.protocol, OpenApi) else plain
    if isinstance(operation.protocol, BusinessProtocol):
        made = operation.protocol.wrap(operation, sent, "20260101R")
        reply = Reply(made.status, {}, made.body)
    found = read(operation, reply)
    assert isinstance(found, Answer)
    assert getattr(found, NEW_FIELD) == {"a": 1}
    kept(sent, found.model_dump(mode="json"))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.name)
def test_every_event_is_typed_with_exact_ids_whatever_is_added(event: Event) -> None:
    content = tomorrow(event.payload)
    body = json.dumps(
        {
            "client_key": "k",
            "event": event.name,
            "create_time": 1,
            "content": json.dumps(content),
            NEW_FIELD: 1,
        }
    ).encode()
    found = verify_webhook(body, signature.header("s", 10, body), "s", now=10)
    assert found.known
    assert type(found.payload) is event.payload
    kept(content, found.payload.model_dump(mode="json"))


@pytest.mark.parametrize("event", SUBSCRIBED, ids=lambda event: event.name)
def test_every_change_of_a_subscription_is_typed_whatever_is_added(
    event: SubscriptionEvent,
) -> None:
    sent = tomorrow(event.payload)
    body = json.dumps(
        sent
        if event.number is None
        else {"request_id": "r", "object": event.number, "time": 1, "entry": [sent], NEW_FIELD: 1}
    ).encode()
    found = verify_subscription_webhook(body, signature.header("s", 10, body), "s", now=10)
    assert found.entity is not None
    [entry] = found.entries
    assert type(entry) is event.payload
    kept(sent, entry.model_dump(mode="json"))


def test_a_closed_enum_would_be_found() -> None:
    from stagedoor.platform.products.oauth import QrStatus

    class Strict(Answer):
        status: QrStatus

    with pytest.raises(Closed, match=r"Strict\.status"):
        tomorrow(Strict)
