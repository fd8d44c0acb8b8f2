"""Verifying the deliveries of subscriptions: unsigned, forged and old ones are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor import RecentEvents, SubscriptionDelivery, verify_subscription_webhook
from stagedoor.business import AdAccountSuspended, Lead, ReviewedAd, ReviewedAdGroup
from stagedoor.client.errors import WebhookInvalid
from stagedoor.platform import signature

SECRET = "app-secret"
NOW = 1_796_000_000
REVIEW = {
    "log_id": "l",
    "adv_id": 7_000_000_000_000_000_001,
    "adgroup_id": "2",
    "ad_id": "3",
    "ad_name": "Ad A",
    "review_status": "UNAVAILABLE",
    "reject_reason": "Landing page not working.",
}


def delivery(number: int = 3, *entries: dict[str, Any], **changed: Any) -> bytes:
    sent = {"request_id": "r1", "object": number, "time": NOW, "entry": entries or [REVIEW]}
    return json.dumps(sent | changed).encode()


def verified(body: bytes, **more: Any) -> SubscriptionDelivery:
    header = signature.header(SECRET, NOW, body)
    return verify_subscription_webhook(body, header, SECRET, now=NOW, **more)


def test_a_review_is_typed_with_exact_ids() -> None:
    found = verified(delivery())
    assert (found.entity, found.request_id, found.sent) == ("AD", "r1", NOW)
    [entry] = found.entries
    assert isinstance(entry, ReviewedAd)
    assert (entry.adv_id, entry.ad_id) == ("7000000000000000001", "3")
    assert not entry.is_approved


@pytest.mark.parametrize(
    ("told", "is_approved"),
    [
        ({"review_status": "ALL_AVAILABLE", "reject_reason": ""}, True),
        ({"review_status": "PART_AVAILABLE"}, False),
        ({"reject_reason": ""}, True),
        ({"reject_reason": "No."}, False),
    ],
)
def test_an_approval_is_told_by_status_or_reason(told: dict[str, str], is_approved: bool) -> None:
    [entry] = verified(delivery(2, {"adgroup_id": 1} | told)).entries
    assert isinstance(entry, ReviewedAdGroup)
    assert entry.is_approved is is_approved


@pytest.mark.parametrize("name", ["suspension_reason", "suspension_reasion"])
def test_a_suspension_comes_without_an_envelope(name: str) -> None:
    told = {"advertiser_id": 5, "status": "STATUS_LIMIT", name: "Policy breach"}
    found = verified(json.dumps(told).encode())
    assert found.entity == "AD_ACCOUNT_SUSPENSION"
    [entry] = found.entries
    assert isinstance(entry, AdAccountSuspended)
    assert (entry.advertiser_id, entry.status) == ("5", "STATUS_LIMIT")
    assert entry.suspension_reason == "Policy breach"


def test_what_a_person_entered_is_in_no_repr() -> None:
    answers = [{"field": "email", "value": "jane@example.com"}]
    found = verified(delivery(1, {"id": 1, "changes": answers}))
    [entry] = found.entries
    assert isinstance(entry, Lead)
    assert entry.changes[0].value == "jane@example.com"
    assert "jane@" not in repr(found)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (1, {"value": ["jane@example.com"]}),  # of another form: passed on untyped
        (1, {"entered": "jane@example.com"}),
        (99, {"value": "jane@example.com"}),
    ],
)
def test_what_a_person_entered_in_an_unknown_form_is_in_no_repr(
    number: int, answer: dict[str, Any]
) -> None:
    entry = {"id": 1, "changes": [{"field": "email"} | answer], "e_mail": "jane@example.com"}
    found = verified(delivery(number, entry))
    assert found.entries[0].e_mail == "jane@example.com"
    assert "jane@" not in f"{found!r} {found.entries[0]}"
    assert "e_mail=" in repr(found)


def test_an_unknown_kind_is_passed_on() -> None:
    found = verified(delivery(99, {"a": 1}))
    assert found.entity is None
    assert found.entries[0].a == 1


def test_a_repeated_delivery_has_the_same_key() -> None:
    recent = RecentEvents()
    assert recent.first(verified(delivery()))
    assert not recent.first(verified(delivery(request_id="r2", time=NOW + 60)))
    assert recent.first(verified(delivery(3, REVIEW | {"log_id": "other"})))
    suspension = {"advertiser_id": 5, "status": "STATUS_LIMIT"}
    keys = {verified(json.dumps(suspension | {"request_id": n}).encode()).key for n in (1, 2)}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("number", "entry", "is_same"),
    [
        (1, {"id": 1}, True),
        (8, {"ad_id": 1, "date": "2026-11-30"}, True),
        (14, {"incident_id": "i"}, True),
        (11, {"changed_metrics_values": {}}, False),
        (2, {"adgroup_id": 1}, False),
        (99, {"id": 1}, False),
    ],
)
def test_the_time_of_sending_tells_only_changes_without_a_name_apart(
    number: int, entry: dict[str, Any], is_same: bool
) -> None:
    keys = {verified(delivery(number, entry, time=at)).key for at in (NOW, NOW + 60)}
    assert (len(keys) == 1) is is_same


@pytest.mark.parametrize("allowed", [False, True])
def test_forged_and_old_deliveries_are_refused(allowed: bool) -> None:
    body = delivery()
    right = signature.header(SECRET, NOW, body)
    for header, text, now in (
        (signature.header("other", NOW, body), body, NOW),
        (right, body.replace(b"Ad A", b"Ad B"), NOW),
        (right, body, NOW + 74 * 3_600),
        (right, body, NOW - 301),
        ("", body, NOW),
    ):
        with pytest.raises(WebhookInvalid):
            verify_subscription_webhook(text, header, SECRET, now=now, allow_unsigned=allowed)


def test_an_unsigned_delivery_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(WebhookInvalid, match="missing"):
        verify_subscription_webhook(delivery(), None, SECRET, now=NOW)
    found = verify_subscription_webhook(delivery(), None, SECRET, now=NOW, allow_unsigned=True)
    assert not found.is_signed
    assert verified(delivery(), allow_unsigned=True).is_signed


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"1", b'{"object":3}', b"\xff", b"[" * 9_999])
def test_a_signed_body_that_is_no_delivery_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookInvalid):
        verified(body)
