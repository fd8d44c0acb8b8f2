"""News of ads: subscriptions to them, and their deliveries."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from stagedoor.client.errors import WebhookInvalid
from stagedoor.connector.database import TenantConnection
from stagedoor.connector.integrations.accounts import Holder
from stagedoor.connector.integrations.consents import SUBSCRIBE
from stagedoor.connector.schedule import store as schedule
from stagedoor.connector.schedule.models import due_rows
from stagedoor.connector.subscriptions.models import event_deliveries
from stagedoor.connector.webhooks import store
from stagedoor.connector.webhooks.ads_news import parse
from stagedoor.connector.webhooks.ingest import entry_of
from stagedoor.connector.webhooks.models import inbox, watched
from stagedoor.connector.webhooks.subscriptions import AGAIN_SECONDS, EVERY_SECONDS
from stagedoor.connector.webhooks.watching import Watched, watch
from stagedoor.emulator.products.business.seed import APP_ID, APP_SECRET
from stagedoor.platform import signature
from stagedoor.platform.products.business_events import SubscribeEntity, Subscription
from tests.connector.conftest import Service
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER, connect_business
from tests.support.connecting import pass_time
from tests.support.local import Local
from tests.support.webhooks import PATH

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REVIEW = {
    "request_id": "1",
    "object": 2,
    "time": 1_900_000_000,
    "entry": [
        {
            "log_id": "L1",
            "adv_id": int(ADVERTISER),
            "adgroup_id": "17",
            "adgroup_name": "US",
            "review_status": "UNAVAILABLE",
            "reject_reason": "Misleading claim.",
        }
    ],
}


def subscriptions(service: Service) -> list[Subscription]:
    return list(service.services.business.for_app("acme").subscriptions.all_subscriptions())


def repair(service: Service) -> None:
    app = service.services.apps.by_key(APP_ID)
    assert app is not None
    service.services.business_subscriptions.repair(app.id)


def events(service: Service, org: str = "acme") -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = service.api("GET", "/api/webhooks/received", org=org)["events"]
    return listed


def post(service: Service, body: bytes, header: str | None, app: str = APP_ID) -> httpx2.Response:
    headers = {} if header is None else {signature.HEADER: header}
    return service.http.post(f"{PATH}?app={app}", content=body, headers=headers)


def signed(service: Service, body: bytes, secret: str = APP_SECRET) -> httpx2.Response:
    moment = int(service.services.clock.now())
    return post(service, body, signature.header(secret, moment, body))


@pytest.fixture
def sends_inside(environment: dict[str, str]) -> None:
    environment["STAGEDOOR_FETCH_PRIVATE"] = "1"


@pytest.mark.usefixtures("sends_inside")
def test_a_suspended_ad_account_is_told_to_whoever_reaches_it(
    service: Service, local: Local
) -> None:
    told: list[tuple[Holder, str]] = []
    service.services.listeners.events.append(lambda holder, event, *_: told.append((holder, event)))
    made = {org: connect_business(service, org=org)["integrationId"] for org in ("acme", "globex")}
    hook = {"url": "http://127.0.0.1:9/events", "events": ["ads.*"]}
    hooks = {
        org: service.api("POST", "/api/webhooks", hook, org=org)["webhook"]["id"] for org in made
    }
    service.until(lambda: len(subscriptions(service)) == 2, what="the subscriptions")
    status = {"status": "STATUS_LIMIT", "rejection_reason": "Unpaid"}
    local.control("PATCH", f"business/ad_accounts/{ADVERTISER}", status)
    for org, integration in made.items():
        [event] = service.until(lambda org=org: events(service, org), what="the event")  # type: ignore[misc]
        assert (event["event"], event["integrationId"]) == ("ads.account_status", integration)
        assert event["content"]["status"] == "STATUS_LIMIT"
        path = f"/api/webhooks/{hooks[org]}/deliveries"
        out = service.api("GET", path, org=org)["deliveries"]
        assert [one["type"] for one in out] == ["ads.account_status"]
    assert told == [(Holder(*holder), "ads.account_status") for holder in made.items()]
    assert events(service, "other") == []


@sqlite_only
@pytest.mark.usefixtures("sends_inside")
def test_a_lead_is_told_to_subscribers_once_and_without_its_answers(service: Service) -> None:
    connect_business(service)
    hook = {"url": "http://127.0.0.1:9/events", "events": ["ads.*"]}
    webhook = service.api("POST", "/api/webhooks", hook)["webhook"]["id"]
    lead = {
        "id": "71",
        "advertiser_id": ADVERTISER,
        "campaign_id": 17,
        "changes": [{"field": "email", "value": "zoe@example.com"}],
    }
    body = json.dumps({"object": 1, "time": 5, "entry": [lead]}).encode()
    for _ in range(2):
        assert signed(service, body).status_code == 200
    service.until(lambda: events(service), what="the event")
    assert signed(service, body).status_code == 200
    with service.services.database.read() as connection:
        sent = TenantConnection(connection, "acme").all(event_deliveries.select())
    assert [one.type for one in sent] == ["ads.lead"]
    told = json.loads(sent[0].body)["data"]
    assert told == {"accountId": ADVERTISER, "id": "71", "campaignId": "17"}
    assert service.api("GET", f"/api/webhooks/{webhook}/deliveries")["deliveries"]


def test_a_comment_is_told_to_whoever_connected_the_account(service: Service, local: Local) -> None:
    held = connect_business(service, "businessAccount")["integrationId"]
    app = service.services.business.for_app("acme")
    address = f"{service.url}{PATH}"
    service.until(
        lambda: app.accounts.webhook(event_type="COMMENT").callback_url == address,
        what="the callback URL",
    )
    account = service.services.business.for_account("acme", held)
    video = account.accounts.list_posts().videos[0].item_id
    local.control("POST", "people", {"username": "asks.a.lot"})
    said = {"author": "asks.a.lot", "text": "Where is this?"}
    local.control("POST", f"videos/{video}/comments", said)
    [event] = service.until(lambda: events(service), what="the event")
    assert (event["event"], event["integrationId"]) == ("comment.update", held)
    assert events(service, "other") == []


def test_subscriptions_are_repaired_and_ended(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    connect_business(service, "businessAccount")
    repair(service)
    before = {one.subscribe_entity: one for one in subscriptions(service)}
    assert set(before) == {"AD_ACCOUNT_SUSPENSION", "REPORT_DATA_CHANGE"}
    address = f"{service.url}{PATH}?app={APP_ID}"
    assert {one.callback_url for one in before.values()} == {address}
    repair(service)
    assert {one.subscription_id for one in subscriptions(service)} == {
        one.subscription_id for one in before.values()
    }
    app = service.services.business.for_app("acme")
    assert app.accounts.webhook(event_type="COMMENT").callback_url == f"{service.url}{PATH}"
    # one is lost at TikTok, and one is made with a token that a new consent replaced
    lost = before[SubscribeEntity.REPORT_DATA_CHANGE].subscription_id
    app.subscriptions.unsubscribe(subscription_id=lost)
    app.accounts.delete_webhook(event_type="COMMENT")
    connect_business(service)
    repair(service)
    after = {one.subscribe_entity: one for one in subscriptions(service)}
    assert set(after) == set(before)
    assert not {one.subscription_id for one in after.values()} & {
        one.subscription_id for one in before.values()
    }
    assert app.accounts.webhook(event_type="COMMENT").callback_url == f"{service.url}{PATH}"
    service.api("DELETE", f"/api/integrations/{made}")
    repair(service)
    assert subscriptions(service) == []


def due(service: Service) -> list[tuple[str, float]]:
    """The ids and times of scheduled repairs, in seconds from now."""
    with service.services.database.read() as connection:
        rows = connection.execute(select(due_rows).where(due_rows.c.kind == SUBSCRIBE)).all()
    return [(row.id, row.due - service.services.clock.now()) for row in rows]


def test_the_next_repair_outlives_the_row_that_the_worker_took(
    service_without_worker: Service, local: Local
) -> None:
    service = service_without_worker
    made = connect_business(service)["integrationId"]
    [(taken, _)] = due(service)

    def ended() -> list[float]:
        """As the worker does it: the job runs, then the row that was taken is deleted."""
        repair(service)
        schedule.done(service.services.database, [taken])
        return [seconds for _, seconds in due(service)]

    local.fault("business.subscription_subscribe", "status", status=500, code="50000", times=9)
    assert ended() == [pytest.approx(AGAIN_SECONDS, abs=300)]
    local.control("DELETE", "faults")
    # a refusal of one object isn't repeated, and leaves the others' subscriptions
    local.fault("business.subscription_subscribe", "status", status=400, code="40002")
    [(taken, _)] = due(service)
    assert ended() == [pytest.approx(EVERY_SECONDS, abs=300)]
    assert len(subscriptions(service)) == 1
    service.api("DELETE", f"/api/integrations/{made}")
    [(taken, _)] = due(service)
    assert ended() == []


def test_the_review_of_a_watched_ad_group_is_subscribed_to(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    connect_business(service)
    business = service.services.business.for_advertiser("acme", ADVERTISER)
    group = str(business.ad_groups.list().list[0].adgroup_id)
    one = Watched(SubscribeEntity.AD_GROUP, ADVERTISER, group)

    def groups() -> list[str | None]:
        repair(service)
        found = subscriptions(service)
        return [
            each.subscription_detail.adgroup_id
            for each in found
            if each.subscribe_entity == SubscribeEntity.AD_GROUP
        ]

    with service.services.database.begin() as connection:
        watch(TenantConnection(connection, "acme"), service.services.clock, one)
    assert groups() == [group]
    with service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        tenant.run(tenant.delete(watched))
    assert groups() == []


def test_the_job_repairs_by_itself(service: Service, local: Local) -> None:
    connect_business(service)
    service.until(lambda: len(subscriptions(service)) == 2, what="the subscriptions")
    app = service.services.business.for_app("acme")
    app.subscriptions.unsubscribe(subscription_id=subscriptions(service)[0].subscription_id)
    pass_time(service, local, 6 * 3_600 + 60)
    service.until(lambda: len(subscriptions(service)) == 2, what="the repair")


def test_a_repeated_delivery_is_one_event_and_a_forged_one_is_none(service: Service) -> None:
    made = connect_business(service)["integrationId"]
    body = json.dumps(REVIEW).encode()
    again = json.dumps(REVIEW | {"request_id": "2", "time": 1_900_000_060}).encode()
    assert signed(service, body, "another-secret").status_code == 401
    assert post(service, body, None).status_code == 401
    assert post(service, body, None, app="7000000000000009999").status_code == 401
    for address in ("%00", "a" * 65, "", "&".join(["1"] * 30), "1" + "&x=1" * 20):
        assert post(service, body, None, app=address).status_code == 401
    assert signed(service, b"[]").status_code == 401
    assert signed(service, body.replace(b'"17"', b"1e999")).status_code == 401
    assert signed(service, body).status_code == 200
    assert signed(service, again).status_code == 200
    [event] = service.until(lambda: events(service), what="the event")
    assert (event["event"], event["integrationId"]) == ("ads.ad_group_review", made)
    assert event["content"]["reject_reason"] == "Misleading claim."


def test_a_delivery_that_the_database_refuses_holds_up_no_other(
    service_without_worker: Service,
) -> None:
    service = service_without_worker
    connect_business(service)
    services = service.services
    bodies = [json.dumps(REVIEW), json.dumps(REVIEW).replace('"17"', "1e999")]
    news = [parse(one.encode(), APP_ID, 0.0)[0] for one in bodies]
    now = services.clock.now()
    with services.database.begin() as connection:
        entries = [entry_of(one, APP_ID, now) for one in news]
        store.add(connection, entries, services.database.sqlite, now)
    assert services.dispatch.batch() == 2
    with services.database.read() as connection:
        found = connection.execute(select(inbox.c.key, inbox.c.state).order_by(inbox.c.id)).all()
    states = {row.key: row.state for row in found}
    assert states[news[0].key] == "done"
    # SQLite keeps the number
    assert states[news[1].key] == ("done" if services.database.sqlite else "waiting")


@pytest.fixture
def accepts_unsigned(environment: dict[str, str]) -> None:
    environment["STAGEDOOR_UNSIGNED_BUSINESS_EVENTS"] = "1"


@pytest.mark.usefixtures("accepts_unsigned")
def test_an_unsigned_delivery_is_only_a_hint_to_read_again(service: Service) -> None:
    connect_business(service)
    body = json.dumps(REVIEW).encode()
    assert signed(service, body, "another-secret").status_code == 401
    assert post(service, body, None, app="7000000000000009999").status_code == 401
    assert post(service, body, None).status_code == 200
    [event] = service.until(lambda: events(service), what="the event")
    assert event["event"] == "ads.read_again"
    assert event["content"] == {"adgroup_id": "17"}


def test_unsigned_deliveries_about_the_same_ids_are_one_event_in_a_minute() -> None:
    def key(now: float, **changed: Any) -> str:
        entry = REVIEW["entry"][0] | changed  # type: ignore[index]
        [one] = parse(json.dumps(REVIEW | {"entry": [entry]}).encode(), APP_ID, now)
        return one.unbelieved(APP_ID, now).key

    assert key(60.0) == key(61.0, log_id="L2", reject_reason="Another.")
    assert len({key(60.0), key(120.0), key(60.0, adgroup_id="18"), key(60.0, adv_id=5)}) == 4


def test_what_two_deliveries_say_is_told_apart() -> None:
    def keys(**changed: Any) -> list[str]:
        return [one.key for one in parse(json.dumps(REVIEW | changed).encode(), APP_ID, 0.0)]

    entry = REVIEW["entry"][0]  # type: ignore[index]
    assert keys() == keys(request_id="9") == keys(time=1)
    assert keys() != keys(entry=[entry | {"log_id": "L2"}])
    assert len(set(keys(entry=[entry, entry]))) == 2
    # without a log id, the time of sending is all that tells two changes apart
    bare = {name: value for name, value in entry.items() if name != "log_id"}
    assert keys(entry=[bare]) != keys(entry=[bare], time=1)


def test_a_change_of_reports_is_an_event_of_each_ad_account() -> None:
    changed = {ADVERTISER: {"spend": "1"}, OTHER_ADVERTISER: {"spend": "2"}}
    body = {"object": 11, "time": 5, "entry": [{"changed_metrics_values": changed}]}
    found = parse(json.dumps(body).encode(), APP_ID, 0.0)
    assert [(one.event, one.advertiser_id) for one in found] == [
        ("ads.report_changed", ADVERTISER),
        ("ads.report_changed", OTHER_ADVERTISER),
    ]
    assert found[0].content["changed_metrics_values"] == {"spend": "1"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"object": "2", "entry": []}',
        b'{"object": 2, "entry": [1]}',
        b'{"object": 2, "entry": []}',
        b"[" * 100_000,
    ],
)
def test_what_has_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookInvalid):
        parse(body, APP_ID, 0.0)
