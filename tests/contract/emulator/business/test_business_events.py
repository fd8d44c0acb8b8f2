"""Conversions, and webhooks of subscriptions as their receiver sees them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor import SubscriptionDelivery, errors, verify_subscription_webhook
from stagedoor.business import AdAccountSuspended, ReviewedAd
from stagedoor.platform import signature
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business, business_ads, business_audiences
from stagedoor.platform.products import business_events as events
from tests.examples.business import ADVERTISER_ID, APP, APP_SECRET, OTHER_ADVERTISER_ID
from tests.support.site import Site

from ..conftest import TikTok

PIXEL = "CSHOPPIXEL0000000001"
PAGE = {"url": "https://shop.example.com/thanks"}


@pytest.fixture
def ads(tiktok: TikTok) -> TikTok:
    """The clock stands still, and no limit counts."""
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.settings(rate_limits=False)
    return tiktok


def post(ads: TikTok, operation: Operation[..., Any], token: str | None = None, **body: Any) -> Any:
    headers = {} if token is None else {"Access-Token": token}
    return ads.http.post(operation.path, json=body, headers=headers).json()


def person(number: int) -> str:
    return f"{number:064x}"


def purchase(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "event": "CompletePayment",
        "event_time": 1_796_000_000,
        "event_id": f"order-{number}",
        "user": {"email": person(number)},
        "properties": {"currency": "USD", "value": 19.9},
        "page": PAGE,
    } | changed


def track(ads: TikTok, token: str, *data: dict[str, Any], **changed: Any) -> Any:
    body = {"event_source": "web", "event_source_id": PIXEL, "data": list(data)} | changed
    return post(ads, events.EVENT_TRACK, token, **body)


def visitors(ads: TikTok, token: str, event: str = "CompletePayment") -> int:
    """The people of a rule audience of the pixel's events, matched now."""
    ads.control("POST", "clock", {"advance": 1})
    conditions = {"operator": "OR", "filters": [{"field": "EVENT", "value": event}]}
    rule = {"event_source_ids": [PIXEL], "retention_days": 30, "filter_set": conditions}
    made = post(
        ads,
        business_audiences.AUDIENCE_RULE_CREATE,
        token,
        advertiser_id=ADVERTISER_ID,
        custom_audience_name="Buyers",
        audience_type="PIXEL",
        rule_spec={"inclusion_rule_set": {"operator": "OR", "rules": [rule]}},
    )["data"]
    ads.advance(6)
    asked = {
        "advertiser_id": ADVERTISER_ID,
        "custom_audience_ids": json.dumps([made["custom_audience_id"]]),
    }
    headers = {"Access-Token": token}
    found = ads.http.get(business_audiences.AUDIENCE_GET.path, params=asked, headers=headers)
    count: int = found.json()["data"]["list"][0]["audience_details"]["cover_num"]
    return count


@pytest.mark.shows("business.event_track")
def test_reported_purchases_make_an_audience_and_count_once(ads: TikTok) -> None:
    now = int(ads.control("GET", "clock")["now"])
    token = ads.advertiser_token()
    batch = [purchase(n, event_time=now) for n in range(1_000)]
    assert track(ads, token, *batch)["code"] == 0
    assert visitors(ads, token) == 1_000
    assert track(ads, token, *batch)["code"] == 0, "a repetition is no error"
    assert len(ads.world.all.tracked_events) == 1_000
    more = [purchase(n, event_time=now) for n in range(900, 1_100)]
    assert track(ads, token, *more)["code"] == 0
    assert visitors(ads, token) == 1_100
    other = [purchase(5_000 + n, event="Search", event_time=now) for n in range(1_000)]
    assert track(ads, token, *other, test_event_code="TEST1")["code"] == 0
    assert visitors(ads, token, "Search") == 0, "test events count nowhere"
    [first, *_] = ads.world.all.tracked_events.values()
    assert (str(first.value), first.currency) == ("19.9", "USD")
    ads.advance(47 * 3_600)
    assert track(ads, token, *batch)["code"] == 0
    assert len(ads.world.all.tracked_events) == 2_100
    ads.advance(2 * 3_600)
    assert track(ads, token, batch[0], batch[0])["code"] == 0
    assert len(ads.world.all.tracked_events) == 2_101, "an id counts again after 48 hours"
    assert first.advertiser_ids == (ADVERTISER_ID, OTHER_ADVERTISER_ID)


@pytest.mark.parametrize(
    ("data", "changed", "code", "said"),
    [
        ([purchase(1, user={"email": "jane@example.com"})], {}, 40062, "data.0.user.email"),
        ([purchase(1), purchase(2, user={"phone": ["+1"]})], {}, 40062, "data.1.user.phone"),
        ([], {}, 40061, "data"),
        ([purchase(1)] * 1_001, {}, 40061, "1001"),
        ([purchase(1)], {"event_source": "tv"}, 40002, "event_source"),
        ([purchase(1, page=None)], {}, 40002, "data.0.page"),
        ([purchase(1)], {"event_source": "crm"}, 40002, "data.0.lead"),
        ([purchase(1, event_time="now")], {}, 40002, "event_time"),
        ([purchase(1, event_time=1_796_000_000_000)], {}, 40002, "data.0.event_time"),
        ([purchase(1, properties={"currency": "euro"})], {}, 40002, "data.0.properties.currency"),
    ],
)
def test_a_wrong_batch_is_refused_as_a_whole(
    ads: TikTok, data: list[dict[str, Any]], changed: dict[str, Any], code: int, said: str
) -> None:
    answer = track(ads, ads.advertiser_token(), *data, **changed)
    assert answer["code"] == code
    assert said in answer["message"]
    assert "jane@" not in answer["message"]
    assert not ads.world.all.tracked_events


def test_a_token_without_the_permission_reports_nothing(ads: TikTok) -> None:
    assert track(ads, ads.advertiser_token(permissions=["2"]), purchase(1))["code"] == 40001


def subscribe(ads: TikTok, entity: str, url: str, **detail: Any) -> Any:
    detail.setdefault("access_token", ads.advertiser_token())
    return post(
        ads,
        events.SUBSCRIPTION_SUBSCRIBE,
        **APP,
        subscribe_entity=entity,
        callback_url=url,
        subscription_detail=detail,
    )


def subscriptions(ads: TikTok, **query: Any) -> list[Any]:
    asked = ads.http.get(events.SUBSCRIPTION_GET.path, params=APP | query).json()
    found: list[Any] = asked["data"]["subscriptions"]
    return found


def arrived(ads: TikTok, site: Site) -> list[Any]:
    """The bodies of deliveries, whose signatures are checked."""
    ads.advance(0)
    ads.advance(1)
    found = []
    for got in site.got:
        moment, _, digest = got.headers["tiktok-signature"].partition(",")
        expected = signature.digest(APP_SECRET, moment.removeprefix("t="), got.body)
        assert digest == f"s={expected}"
        found.append(json.loads(got.body))
    return found


def verified(ads: TikTok, site: Site) -> list[SubscriptionDelivery]:
    """The deliveries as the client verifies them."""
    arrived(ads, site)
    now = float(ads.control("GET", "clock")["now"])
    return [
        verify_subscription_webhook(got.body, got.headers["tiktok-signature"], APP_SECRET, now=now)
        for got in site.got
    ]


def an_ad(ads: TikTok) -> Any:
    return next(iter(ads.world.all.business_ads.values()))


@pytest.mark.shows("business.subscription_subscribe")
def test_the_outcome_of_a_review_is_delivered_signed(ads: TikTok, site: Site) -> None:
    ad = an_ad(ads)
    made = subscribe(ads, "AD", f"{site.url}/ads", advertiser_id=ADVERTISER_ID, ad_id=ad.id)["data"]
    group = {"advertiser_id": ADVERTISER_ID, "adgroup_id": ad.adgroup_id}
    assert subscribe(ads, "AD_GROUP", f"{site.url}/groups", **group)["code"] == 0
    [first, second] = subscriptions(ads)
    assert first["subscription_id"] == made["subscription_id"]
    assert first["subscription_detail"]["ad_id"] == ad.id
    assert [one["subscribe_entity"] for one in subscriptions(ads, subscribe_entity="AD")] == ["AD"]
    assert second["callback_url"] == f"{site.url}/groups"
    outcome = {"verdict": "rejected", "reasons": ["Landing page not working."]}
    ads.control("PUT", f"business/reviews/ad/{ad.id}", outcome)
    [body] = arrived(ads, site)
    assert (body["object"], len(body["request_id"])) == (3, 34)
    [entry] = body["entry"]
    assert entry["adv_id"] == int(ADVERTISER_ID)
    assert (entry["ad_id"], entry["ad_name"]) == (ad.id, ad.name)
    assert entry["adgroup_id"] == ad.adgroup_id
    assert entry["review_status"] == "UNAVAILABLE"
    assert entry["reject_reason"] == "Landing page not working."
    ads.control("PUT", f"business/reviews/adgroup/{ad.adgroup_id}", {"verdict": "approved"})
    [_, told] = arrived(ads, site)
    assert (told["object"], "ad_id" in told["entry"][0]) == (2, False)
    assert told["entry"][0]["review_status"] == "ALL_AVAILABLE"
    assert told["entry"][0]["reject_reason"] == ""


@pytest.mark.shows("business.subscription_unsubscribe")
def test_an_ended_subscription_and_a_revoked_token_send_nothing(ads: TikTok, site: Site) -> None:
    ad, token = an_ad(ads), ads.advertiser_token()
    detail = {"advertiser_id": ADVERTISER_ID, "ad_id": ad.id, "access_token": token}
    made = subscribe(ads, "AD", site.url, **detail)["data"]["subscription_id"]
    kept = subscribe(ads, "AD", site.url, **detail)["data"]["subscription_id"]
    ended = APP | {"subscription_id": made}
    assert post(ads, events.SUBSCRIPTION_UNSUBSCRIBE, **ended)["code"] == 0
    assert [one["subscription_id"] for one in subscriptions(ads)] == [kept]
    assert post(ads, events.SUBSCRIPTION_UNSUBSCRIBE, **ended)["code"] == 40007
    ads.control("PUT", f"business/reviews/ad/{ad.id}", {"verdict": "approved"})
    assert len(arrived(ads, site)) == 1
    post(ads, business.OAUTH2_REVOKE_TOKEN, **APP, access_token=token)
    ads.control("PUT", f"business/reviews/ad/{ad.id}", {"verdict": "rejected", "reasons": ["No."]})
    assert len(arrived(ads, site)) == 1


def test_a_pause_sends_nothing(ads: TikTok, site: Site) -> None:
    ad, token = an_ad(ads), ads.advertiser_token()
    subscribe(ads, "AD", site.url, advertiser_id=ADVERTISER_ID, ad_id=ad.id)
    subscribe(ads, "AD_GROUP", site.url, advertiser_id=ADVERTISER_ID, adgroup_id=ad.adgroup_id)
    subscribe(ads, "AD_ACCOUNT_SUSPENSION", site.url, advertiser_ids=[ADVERTISER_ID])
    for status in ("DISABLE", "ENABLE"):
        account = {"advertiser_id": ADVERTISER_ID, "operation_status": status}
        for operation, ids in (
            (business_ads.CAMPAIGN_STATUS_UPDATE, {"campaign_ids": [ad.campaign_id]}),
            (business_ads.ADGROUP_STATUS_UPDATE, {"adgroup_ids": [ad.adgroup_id]}),
            (business_ads.AD_STATUS_UPDATE, {"ad_ids": [ad.id]}),
        ):
            assert post(ads, operation, token, **account, **ids)["code"] == 0
    assert arrived(ads, site) == []


def test_a_suspension_of_an_ad_account_is_told_flat(ads: TikTok, site: Site) -> None:
    made = subscribe(ads, "AD_ACCOUNT_SUSPENSION", site.url, advertiser_ids=[ADVERTISER_ID])
    change = {"status": "STATUS_LIMIT", "rejection_reason": "Policy breach"}
    ads.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", change)
    [body] = arrived(ads, site)
    assert body["subscription_id"] == made["data"]["subscription_id"]
    assert (body["status"], body["suspension_reason"]) == ("STATUS_LIMIT", "Policy breach")
    assert body["advertiser_id"] == ADVERTISER_ID
    assert "entry" not in body
    ads.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"name": "Renamed"})
    ads.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"status": "STATUS_ENABLE"})
    assert [one["status"] for one in arrived(ads, site)] == ["STATUS_LIMIT", "STATUS_ENABLE"]


def test_the_client_verifies_what_is_delivered(ads: TikTok, site: Site) -> None:
    ad = an_ad(ads)
    subscribe(ads, "AD", site.url, advertiser_id=ADVERTISER_ID, ad_id=ad.id)
    subscribe(ads, "AD_ACCOUNT_SUSPENSION", site.url, advertiser_ids=[ADVERTISER_ID])
    rejection = {"verdict": "rejected", "reasons": ["No."]}
    ads.control("PUT", f"business/reviews/ad/{ad.id}", rejection)
    [reviewed] = verified(ads, site)
    [entry] = reviewed.entries
    assert isinstance(entry, ReviewedAd)
    assert (entry.ad_id, entry.adv_id, entry.is_approved) == (ad.id, ADVERTISER_ID, False)
    change = {"status": "STATUS_LIMIT", "rejection_reason": "Policy breach"}
    ads.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", change)
    [_, suspended] = verified(ads, site)
    [entry] = suspended.entries
    assert isinstance(entry, AdAccountSuspended)
    assert (entry.status, entry.suspension_reason) == ("STATUS_LIMIT", "Policy breach")
    got = site.got[0]
    forged = got.body.replace(ad.id.encode(), b"1")
    with pytest.raises(errors.WebhookInvalid):
        verify_subscription_webhook(forged, got.headers["tiktok-signature"], APP_SECRET)


def test_other_news_is_sent_on_request(ads: TikTok, site: Site) -> None:
    made = subscribe(ads, "LEAD", site.url, advertiser_id=ADVERTISER_ID)["data"]["subscription_id"]
    lead = {"id": "1", "lead_source": "INSTANT_FORM", "changes": [{"field": "email", "value": "x"}]}
    ads.control("POST", f"business/subscriptions/{made}/send", {"entry": lead})
    [body] = arrived(ads, site)
    assert (body["object"], body["entry"]) == (1, [lead])


@pytest.mark.parametrize(
    ("entity", "url", "detail", "code"),
    [
        ("NEWS", "https://app.example.com/", {}, 40002),
        ("AD", "http://app.example.com/", {"advertiser_id": ADVERTISER_ID, "ad_id": "1"}, 40002),
        ("AD", "https://app.example.com/", {"ad_id": "1"}, 40002),
        ("AD", "https://app.example.com/", {"advertiser_id": ADVERTISER_ID, "ad_id": "1"}, 40002),
        ("LEAD", "https://app.example.com/", {}, 40002),
        ("LEAD", "https://app.example.com/", {"advertiser_id": "1"}, 40001),
        ("LEAD", "https://app.example.com/", {"access_token": "no", "library_id": "1"}, 40105),
    ],
)
def test_a_wrong_subscription_is_refused(
    ads: TikTok, entity: str, url: str, detail: dict[str, Any], code: int
) -> None:
    assert subscribe(ads, entity, url, **detail)["code"] == code
    assert subscriptions(ads) == []


def test_a_subscription_needs_the_app_s_secret(ads: TikTok) -> None:
    wrong = APP | {"secret": "no"}
    assert ads.http.get(events.SUBSCRIPTION_GET.path, params=wrong).json()["code"] == 40113
    made = subscribe(ads, "API_SERVICE_STATUS", "https://app.example.com/")
    ended = wrong | {"subscription_id": made["data"]["subscription_id"]}
    assert post(ads, events.SUBSCRIPTION_UNSUBSCRIBE, **ended)["code"] == 40113
    assert len(subscriptions(ads)) == 1


@pytest.mark.parametrize(
    ("rules", "conditions", "said"),
    [
        ({"operator": "XOR"}, {}, "inclusion_rule_set.operator"),
        ({}, {"operator": "AND"}, "rules.0.filter_set.operator"),
        ({}, {"filters": [{"field": "PRICE", "value": "9"}]}, "filters.0.field"),
        ({}, {"filters": [{"operator": "GT", "value": "9"}]}, "filters.0.operator"),
    ],
)
def test_a_rule_that_would_not_be_followed_is_refused(
    ads: TikTok, rules: dict[str, Any], conditions: dict[str, Any], said: str
) -> None:
    rule = {"event_source_ids": [PIXEL], "retention_days": 30, "filter_set": conditions}
    answer = post(
        ads,
        business_audiences.AUDIENCE_RULE_CREATE,
        ads.advertiser_token(),
        advertiser_id=ADVERTISER_ID,
        custom_audience_name="Buyers",
        audience_type="PIXEL",
        rule_spec={"inclusion_rule_set": {"rules": [rule]} | rules},
    )
    assert (answer["code"], said in answer["message"]) == (40002, True)
