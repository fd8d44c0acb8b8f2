"""Webhooks to an organisation's own URLs: signed, retried, replayed, and switched off at last."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import Engine, event
from standardwebhooks import Webhook

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.event_types import EventType
from stagedoor.connector.publishing import store as posts
from stagedoor.connector.subscriptions import store
from stagedoor.connector.subscriptions.deliver import TAKEN_SECONDS
from stagedoor.connector.subscriptions.subscription import matches
from tests.connector.subscriptions.conftest import DAY, Teller
from tests.support.site import Got, Site


def types(site: Site) -> list[str]:
    return [json.loads(one.body)["type"] for one in site.got]


def is_signed(got: Got, secret: str) -> bool:
    at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
    signature = Webhook(secret).sign(got.headers["webhook-id"], at, got.body.decode())
    return got.headers["webhook-signature"] == signature


def is_declared(teller: Teller, got: Got) -> bool:
    """Whether a message is what the OpenAPI document says of its type."""
    assert teller.service.declared is not None
    document = teller.service.declared.document
    told = json.loads(got.body)
    operation = document["webhooks"][told["type"]]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(whole).is_valid(told)


def test_a_post_is_told_to_those_who_want_it_and_to_nobody_else(teller: Teller, site: Site) -> None:
    teller.account = teller.service.connect()
    webhook, secret = teller.subscribe(f"{site.url}/mine", "post.*")
    teller.subscribe(f"{site.url}/comments", "comment.*")
    teller.subscribe(f"{site.url}/theirs", org="other")
    publish_id = teller.post(privacyLevel="SELF_ONLY")
    assert teller.run(publish_id)["state"] == "published"
    teller.pump()
    [got] = site.got
    assert got.target == "/mine"
    told = Webhook(secret).verify(got.body, got.headers)
    assert (told["type"], told["organisation"]) == ("post.published", "acme")
    assert told["data"]["publishId"] == publish_id
    assert is_declared(teller, got)
    changed = {**told, "data": {**told["data"], "state": 7}}
    assert not is_declared(teller, replace(got, body=json.dumps(changed).encode()))
    assert told["data"]["visibility"] == "private"
    [delivery] = teller.deliveries(webhook)
    assert (delivery["state"], delivery["id"]) == ("delivered", got.headers["webhook-id"])
    assert secret not in teller.service.send("GET", "/api/webhooks").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_visibility_that_cannot_be_read_any_more_is_told(teller: Teller, site: Site) -> None:
    teller.account = teller.service.connect()
    teller.subscribe(site.url, "post.visibility")
    publish_id = teller.post()
    teller.run(publish_id, "processing")
    reviewed = {"state": "published", "visibility": "inReview"}
    with teller.service.services.database.begin() as connection:
        posts.change(TenantConnection(connection, "acme"), publish_id, **reviewed)
    refusal = {"status": 401, "code": "scope_not_authorized", "times": 50}
    teller.local.fault("posting.status", "status", **refusal)
    for _ in range(10):
        teller.pump(60)
    assert teller.get(publish_id)["visibility"] == "unknown"
    assert [json.loads(one.body)["data"]["visibility"] for one in site.got] == ["unknown"]


def test_only_admins_of_the_organisation_see_and_change_its_webhooks(teller: Teller) -> None:
    webhook, _ = teller.subscribe("https://hooks.example.com/a?key=1")
    path = f"/api/webhooks/{webhook}"
    send = teller.service.send
    for method, where, body in (
        ("GET", "/api/webhooks", None),
        ("POST", "/api/webhooks", {"url": "https://hooks.example.com"}),
        ("GET", path, None),
        ("PATCH", path, {"enabled": False}),
        ("DELETE", path, None),
        ("GET", f"{path}/deliveries", None),
        ("POST", f"{path}/replay", {}),
        ("GET", "/api/settings/notices", None),
        ("PUT", "/api/settings/notices", {"emails": []}),
    ):
        assert send(method, where, body, role="member").status_code == 403, (method, where)
        if where.startswith(path):
            assert send(method, where, body, org="other").status_code == 404, (method, where)
    assert teller.service.api("GET", "/api/webhooks", org="other")["webhooks"] == []
    again = {"idempotency-key": "k1"}
    body = {"url": "https://hooks.example.com/b"}
    first, second = (send("POST", "/api/webhooks", body, headers=again).json() for _ in range(2))
    assert first["webhook"]["id"] == second["webhook"]["id"]
    assert (first["secret"][:6], second["secret"]) == ("whsec_", None)
    assert send("PATCH", path, {"events": []}).status_code == 400
    assert send("DELETE", path).status_code == 204
    assert len(teller.service.api("GET", "/api/webhooks")["webhooks"]) == 1


def test_a_failed_message_is_sent_again_under_its_id(teller: Teller, site: Site) -> None:
    webhook, secret = teller.subscribe(site.url)
    site.statuses = [500, 302]
    teller.tell("integration.expired")
    teller.pump()
    [delivery] = teller.deliveries(webhook)
    assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("waiting", 500, 1)
    teller.pump(6)
    assert "redirect" in teller.deliveries(webhook)[0]["error"]
    teller.pump(200)
    assert len(site.got) == 2, "the back-off grows"
    teller.pump(110)
    assert teller.deliveries(webhook)[0]["state"] == "delivered"
    assert len({one.headers["webhook-id"] for one in site.got}) == 1
    assert is_declared(teller, site.got[0])
    assert len({one.headers["webhook-timestamp"] for one in site.got}) == 3
    assert all(is_signed(one, secret) for one in site.got)


def test_a_worker_that_died_while_sending_repeats_the_message(teller: Teller, site: Site) -> None:
    teller.subscribe(site.url)
    teller.tell("integration.expired")
    services = teller.service.services
    with services.database.begin() as connection:
        # what a worker that is killed leaves behind
        tenant = TenantConnection(connection, "acme")
        assert (
            len(
                store.take(
                    tenant, services.clock.now(), services.deliver._real(), TAKEN_SECONDS, 20
                )
            )
            == 1
        )
    teller.pump()
    assert site.got == [], "another worker may be sending it"
    real = services.deliver._real
    services.deliver._real = lambda: real() + TAKEN_SECONDS + 1
    teller.pump(TAKEN_SECONDS + 1)
    assert types(site) == ["integration.expired"]
    teller.pump(DAY)
    assert len(site.got) == 1


def test_a_receiver_that_fails_for_long_is_switched_off_and_replayed(
    teller: Teller, site: Site
) -> None:
    webhook, _ = teller.subscribe(f"{site.url}/secret-path")
    site.then = 503
    for _ in range(6):
        teller.tell("integration.expired")
        teller.pump()
        for _ in range(5):
            teller.pump(DAY / 5)
    shown = teller.service.api("GET", f"/api/webhooks/{webhook}")
    assert (shown["enabled"], "five days" in shown["disabledWhy"]) == (False, True)
    assert teller.kinds().count("webhook.disabled") == 1
    assert "secret-path" not in teller.service.send("GET", "/api/notices").text
    tries = len(site.got)
    teller.tell("integration.expired")
    teller.pump(DAY / 2)
    assert len(site.got) == tries
    path = f"/api/webhooks/{webhook}"
    assert teller.service.send("POST", f"{path}/replay").status_code == 409
    site.then = 200
    teller.service.api("PATCH", path, {"enabled": True})
    missed = {one["id"] for one in teller.deliveries(webhook) if one["state"] == "failed"}
    assert teller.service.api("POST", f"{path}/replay")["count"] == len(missed) > 0
    teller.pump()
    assert {one.headers["webhook-id"] for one in site.got[tries:]} == missed
    one = next(iter(missed))
    assert teller.service.api("POST", f"{path}/deliveries/{one}/replay")["count"] == 1
    teller.pump()
    assert site.got[-1].headers["webhook-id"] == one
    assert teller.service.send("POST", f"{path}/deliveries/nothing/replay").status_code == 404
    # deliveries are kept for a week
    teller.pump(8 * DAY)
    assert teller.deliveries(webhook) == []


def test_a_receiver_that_is_gone_is_switched_off_at_once(teller: Teller, site: Site) -> None:
    webhook, _ = teller.subscribe(site.url)
    site.then = 410
    teller.tell("integration.expired")
    teller.pump()
    assert teller.service.api("GET", f"/api/webhooks/{webhook}")["enabled"] is False
    assert len(site.got) == 1


def test_an_attempt_whose_lease_is_over_changes_nothing(teller: Teller, site: Site) -> None:
    webhook, _ = teller.subscribe(site.url)
    teller.tell("integration.expired")
    services = teller.service.services
    now = services.clock.now()
    with services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        [slow] = store.take(tenant, now, 1_000.0, TAKEN_SECONDS, 20)
        assert store.take(tenant, now, 1_000.0, TAKEN_SECONDS, 20) == []
        later = 1_001.0 + TAKEN_SECONDS
        assert [one.id for one in store.take(tenant, now, later, TAKEN_SECONDS, 20)] == [slow.id]
        assert not store.settle(tenant, slow.id, 1_000.0 + TAKEN_SECONDS, attempts=7)
        assert store.settle(tenant, slow.id, later + TAKEN_SECONDS, attempts=1)
    assert teller.deliveries(webhook)[0]["attempts"] == 1


def test_subscriptions_are_locked_before_their_deliveries(teller: Teller, site: Site) -> None:
    """As by whoever changes or deletes one; the other order deadlocks in PostgreSQL."""
    teller.subscribe(site.url)
    teller.subscribe(f"{site.url}/2")
    teller.tell("integration.expired")
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(given[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        teller.pump()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    settled = [
        number
        for number, one in enumerate(statements)
        if one.startswith("UPDATE event_deliveries") and "attempted_at" in one
    ]
    assert len(settled) == 2
    locked = [
        number
        for number, one in enumerate(statements[: settled[0]])
        if "event_subscriptions" in one
    ]
    assert not any("event_subscriptions" in one for one in statements[settled[0] :])
    if "postgresql" in str(teller.service.services.settings.database_url):
        assert all("FOR UPDATE" in statements[number] for number in locked[-2:])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_messages_are_listed_and_deleted_by_an_index(teller: Teller) -> None:
    with teller.service.services.database.read() as connection:
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())
            for query in (
                "SELECT * FROM event_deliveries WHERE org = 'a' AND subscription = 's' "
                "AND id < 'm' ORDER BY id DESC LIMIT 50",
                "DELETE FROM event_deliveries WHERE org = 'a' AND created < 1 "
                "AND state != 'waiting'",
                "SELECT min(created) FROM event_deliveries WHERE org = 'a'",
            )
        ]
    assert "(org=? AND subscription=? AND id<?)" in plans[0]
    assert "TEMP B-TREE" not in plans[0]
    assert "(org=? AND created<?)" in plans[1]
    assert "ix_event_deliveries_created" in plans[2]


@pytest.mark.parametrize("environment", [{}], indirect=True)
def test_nothing_is_posted_inside_the_network(teller: Teller, site: Site) -> None:
    webhook, _ = teller.subscribe("https://hooks.example.com/")
    with teller.service.services.database.begin() as connection:
        # as if the name led inside by now
        secure = site.url.replace("http://", "https://")
        store.change(TenantConnection(connection, "acme"), webhook, target=secure)
    teller.tell("integration.expired")
    teller.pump()
    assert "public internet" in teller.deliveries(webhook)[0]["error"]
    assert site.got == []
    path = f"/api/webhooks/{webhook}"
    teller.service.api("PATCH", path, {"enabled": False})
    refused = teller.service.send("PATCH", path, {"enabled": True})
    assert refused.json()["error"]["code"] == "url_refused"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("environment", [{}], indirect=True)
def test_what_can_never_be_delivered_is_refused_at_the_door(teller: Teller) -> None:
    webhook, _ = teller.subscribe("https://hooks.example.com/a")
    for url in (
        "http://hooks.example.com/",
        "https://user:pass@hooks.example.com/",
        "https://127.0.0.1/",
        "https://127.1:8443/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fd00::1]/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://intranet/",
        "https://vault.internal/",
        "https://printer.local/",
        "https://hooks.example.com/a#part",
        "https://hooks.example.com/a#",
    ):
        for method, path in (("POST", "/api/webhooks"), ("PATCH", f"/api/webhooks/{webhook}")):
            refused = teller.service.send(method, path, {"url": url})
            assert refused.status_code == 400, url
            assert refused.json()["error"]["code"] == "url_refused", url
            [problem] = refused.json()["error"]["detail"]["problems"]
            assert problem["path"] == "url"
    twice = {"url": "https://hooks.example.com/b", "events": ["post.*", "ads.*", "post.*"]}
    refused = teller.service.send("POST", "/api/webhooks", twice)
    assert refused.json()["error"]["message"] == "events: names post.* twice"
    assert len(teller.service.api("GET", "/api/webhooks")["webhooks"]) == 1
    moved = teller.service.api(
        "PATCH", f"/api/webhooks/{webhook}", {"url": "https://nobody-has-it.example.com/"}
    )
    assert moved["url"] == "https://nobody-has-it.example.com/"


def test_a_webhook_that_moves_takes_what_waits_and_its_secret_along(
    teller: Teller, site: Site
) -> None:
    webhook, secret = teller.subscribe(f"{site.url}/old")
    teller.tell("integration.expired")
    teller.service.api("PATCH", f"/api/webhooks/{webhook}", {"url": f"{site.url}/new"})
    teller.pump()
    [got] = site.got
    assert got.target == "/new"
    assert is_signed(got, secret)


@pytest.mark.parametrize(
    ("pattern", "type_", "wanted"),
    [
        ("*", "post.failed", True),
        ("post.*", "post.failed", True),
        ("post.failed", "post.failed", True),
        ("post.*", "posts.stranded", False),
        ("post.published", "post.failed", False),
        ("vault.*", "vault.reset", True),
    ],
)
def test_patterns_of_types(pattern: str, type_: str, wanted: bool) -> None:
    assert matches([pattern], type_) is wanted


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_misspelt_type_is_refused_at_the_door(teller: Teller, site: Site) -> None:
    webhook, _ = teller.subscribe(site.url, "post.published")
    for method, path, body in (
        ("POST", "/api/webhooks", {"url": site.url, "events": ["*", "post.publishd"]}),
        ("PATCH", f"/api/webhooks/{webhook}", {"events": ["*", "post.publishd"]}),
    ):
        answer = teller.service.send(method, path, body)
        assert answer.status_code == 400
        message = answer.json()["error"]["message"]
        assert "events.1" in message
        assert "Did you mean 'post.published'?" in message
    settings = {"emails": [], "events": ["post.published"]}
    refused = teller.service.send("PUT", "/api/settings/notices", settings)
    assert refused.status_code == 400, "admins get no notice of a post that went well"
    assert "isn't a kind of notices" in refused.json()["error"]["message"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_not_declared_is_never_emitted(teller: Teller) -> None:
    services = teller.service.services
    with services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        with pytest.raises(ValueError, match=r"post\.publishd"):
            services.events.emit(tenant, "post.publishd", {})  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="kind of notices"):
            services.notices.tell(tenant, EventType.POST_PUBLISHED, "s", "m")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_connections_and_their_ends_are_told(teller: Teller, site: Site) -> None:
    teller.subscribe(site.url, "integration.*")
    account = teller.service.connect()
    assert teller.service.send("DELETE", f"/api/integrations/{account}").status_code == 204
    teller.pump()
    told = {one["type"]: one["data"] for one in (json.loads(got.body) for got in site.got)}
    # sent side by side: their order isn't promised
    assert sorted(told) == ["integration.connected", "integration.deleted"]
    connected = told["integration.connected"]
    assert (connected["integrationId"], connected["credential"]) == (account, "creator")
    assert told["integration.deleted"] == {"integrationId": account}
