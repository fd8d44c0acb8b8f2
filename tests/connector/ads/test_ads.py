"""Campaigns, ad groups and ads through the service, with the local TikTok as the judge."""

from __future__ import annotations

from typing import Any

import pytest

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.webhooks import watching
from stagedoor.platform.products.business_accounts import POST_AUTHORIZE_SETTING
from tests.connector.conftest import Service
from tests.support.account_holder import AccountHolder
from tests.support.ads_desk import ADVERTISER, IMAGE, OTHER_ADVERTISER, SITE, AdsDesk, ads_desk
from tests.support.business_connecting import connect_business
from tests.support.local import Local

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RECEIVER = "http://127.0.0.1:9/events"


def told(desk: AdsDesk) -> list[str]:
    """The events of ads that a webhook is told, oldest first."""
    [webhook] = desk.service.api("GET", "/api/webhooks")["webhooks"]
    path = f"/api/webhooks/{webhook['id']}/deliveries"
    found = desk.service.api("GET", path, limit=50)["deliveries"]
    return [one["type"] for one in reversed(found)]


def test_from_a_campaign_to_ads_that_are_on_and_off_again(desk: AdsDesk) -> None:
    desk.service.api("POST", "/api/webhooks", {"url": RECEIVER, "events": ["ads.*"]})
    campaign, group, ad = desk.tree()
    made = desk.api("GET", f"campaigns/{campaign}", role="viewer")
    assert (made["status"], made["budget"], made["budgetMode"]) == (
        "DISABLE",
        "100",
        "BUDGET_MODE_DAY",
    )
    assert made["problems"] == ["It is paused: launch it."]
    shown = desk.api("GET", f"ad-groups/{group}")
    assert (shown["locations"], shown["placements"], shown["bid"]) == (["DE"], [], None)
    assert shown["schedule"]["end"] is None
    assert shown["problems"] == [
        "Its campaign is paused: launch the campaign.",
        "It is paused: launch it.",
    ]
    clip = desk.api("GET", f"ads/{ad}")
    assert (clip["text"], clip["callToAction"], clip["landingPageUrl"]) == (
        "Everything half price",
        "LEARN_MORE",
        SITE,
    )
    assert clip["identity"]["type"] == "CUSTOMIZED_USER"
    assert clip["coverId"]
    assert clip["review"] is None
    launched = desk.api("POST", f"campaigns/{campaign}/launch")
    assert (launched["status"], launched["problems"]) == ("ENABLE", [])
    desk.advance(70)
    [on] = desk.api("GET", "ads", accountId=ADVERTISER, campaignId=campaign)["ads"]
    assert (on["secondaryStatus"], on["problems"]) == ("AD_STATUS_DELIVERY_OK", [])
    assert on["review"]["status"] == "ALL_AVAILABLE"
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"
    paused = desk.api("POST", f"campaigns/{campaign}/pause", user="u2")
    assert (paused["status"], paused["problems"]) == ("DISABLE", ["It is paused: launch it."])
    assert [(one["action"], one["by"], one["outcome"]) for one in paused["changes"]] == [
        ("pause", "u2", "done"),
        ("launch", "u1", "done"),
        ("create", "u1", "done"),
    ]
    assert len(desk.writes("campaign_create")) == len(desk.writes("ad_create")) == 1
    assert told(desk) == [
        "ads.campaignCreated",
        "ads.adGroupCreated",
        "ads.adCreated",
        "ads.adLaunched",
        "ads.adGroupLaunched",
        "ads.campaignLaunched",
        "ads.campaignPaused",
    ]
    with desk.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        watched = watching.of_accounts(tenant, frozenset({ADVERTISER}))
    assert [one.object_id for one in watched] == sorted((group, ad))


def made(desk: AdsDesk) -> dict[str, int]:
    """How many creates of each kind have reached TikTok."""
    names = ("campaign_create", "adgroup_create", "ad_create", "identity_create")
    return {name: len(desk.writes(name)) for name in names}


def post_of(desk: AdsDesk) -> str:
    """The creative id of a post of the creator whose account is linked to the ad account."""
    business = desk.services.business.for_advertiser("acme", ADVERTISER)
    [identity] = business.identities.list(identity_type="TT_USER").identity_list
    spark = next(one for one in business.ads.list(page_size=50).list if one.tiktok_item_id)
    return f"post:{spark.tiktok_item_id}:TT_USER:{identity.identity_id}"


@SQLITE
def test_each_supported_objective_is_delivered(desk: AdsDesk) -> None:
    forms: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (
            "VIDEO_VIEWS",
            {"optimizationGoal": "ENGAGED_VIEW", "billingEvent": "CPV", "bid": "0.05"},
            {"landingPageUrl": None},
        ),
        (
            "REACH",
            {
                "optimizationGoal": "REACH",
                "billingEvent": "CPM",
                "frequency": {"times": 3, "days": 7},
                "placements": ["PLACEMENT_TIKTOK"],
            },
            {"creativeId": IMAGE, "landingPageUrl": None},
        ),
        (
            "ENGAGEMENT",
            {"optimizationGoal": "FOLLOWERS", "billingEvent": "OCPM", "bid": "2"},
            {"creativeId": post_of(desk), "text": None, "landingPageUrl": None},
        ),
    ]
    for objective, group_fields, ad_fields in forms:
        campaign = desk.campaign(objective, objective=objective, budget=None)
        assert (campaign["budget"], campaign["budgetMode"]) == (None, "BUDGET_MODE_INFINITE")
        group = desk.group(campaign["id"], **group_fields)
        assert group["bid"] == group_fields.get("bid")
        assert group["frequency"] == group_fields.get("frequency")
        ad = desk.ad(group["id"], **ad_fields)
        assert ad["creativeId"] == ad_fields.get("creativeId", ad["creativeId"])
        desk.api("POST", f"campaigns/{campaign['id']}/launch")
        desk.advance(70)
        assert desk.api("GET", f"ads/{ad['id']}")["secondaryStatus"] == "AD_STATUS_DELIVERY_OK"
    assert len(desk.writes("identity_create")) == 1


@SQLITE
def test_whatever_is_missing_or_wrong_is_named_before_anything_is_sent(desk: AdsDesk) -> None:
    campaign = desk.campaign(objective="REACH")["id"]
    sales = desk.campaign("Conversions", objective="WEB_CONVERSIONS")["id"]
    site_campaign = desk.campaign("Site")["id"]
    site = desk.group(site_campaign)["id"]
    before = made(desk)

    def problems(path: str, body: dict[str, Any]) -> dict[str, str]:
        status, error = desk.refused("POST", path, body)
        assert (status, error["code"]) == (400, "invalid_request"), error
        return {one["path"]: one["reason"] for one in error["detail"]["problems"]}

    base = {"accountId": ADVERTISER, "name": "Sale", "objective": "TRAFFIC", "budget": "100"}
    cases: list[tuple[str, dict[str, Any], set[str]]] = [
        ("campaigns", base | {"budget": "-1", "objective": "FAME"}, {"budget", "objective"}),
        ("campaigns", base | {"budget": None, "budgetMode": "BUDGET_MODE_DAY"}, {"budget"}),
        ("campaigns", base | {"name": "Sale \U0001f600"}, {"name"}),
        (
            "campaigns",
            base | {"tiktok": {"app": 1, "request_id": "1", "budget": 9}},
            {"tiktok.app", "tiktok.request_id", "tiktok.budget"},
        ),
        ("campaigns", base | {"objective": "APP_PROMOTION"}, {"tiktok.app_promotion_type"}),
        (
            "ad-groups",
            desk.group_body(campaign, budget=None, locations=["DE", "XX"]),
            {"budget", "frequency", "locations.1"},
        ),
        (
            "ad-groups",
            desk.group_body(
                sales,
                locations=None,
                optimizationGoal="CONVERT",
                billingEvent="OCPM",
                budgetMode="BUDGET_MODE_TOTAL",
            ),
            {"locations", "schedule.end", "tiktok.pixel_id", "tiktok.optimization_event"},
        ),
        (
            "ad-groups",
            desk.group_body(site_campaign, locations=["XX"], budget=None),
            {"locations.0", "budget"},
        ),
        (
            "ad-groups",
            desk.group_body(site_campaign, schedule={"start": desk.at(90), "end": desk.at(90)}),
            {"schedule.end"},
        ),
        ("ads", desk.ad_body(site, landingPageUrl="shop.example.com"), {"landingPageUrl"}),
        ("ads", desk.ad_body(site, text=None, landingPageUrl=None), {"text", "landingPageUrl"}),
        (
            "ads",
            desk.ad_body(site, creativeId="clip:1", callToAction="BUY"),
            {"creativeId", "callToAction"},
        ),
        ("ads", desk.ad_body(site, creativeId=IMAGE, coverId="c"), {"coverId"}),
    ]
    for path, body, wanted in cases:
        assert set(problems(path, body)) == wanted, body
    assert made(desk) == before
    right = desk.group_body(campaign, frequency={"times": 1, "days": 1})
    right |= {"optimizationGoal": "REACH", "billingEvent": "CPM"}
    assert desk.api("POST", "ad-groups", right)["locations"] == ["DE"]


@SQLITE
def test_what_others_made_is_found_and_listed_by_pages(
    service_without_worker: Service, local: Local
) -> None:
    desk = ads_desk(service_without_worker, local)
    first = desk.api("GET", "campaigns", accountId=ADVERTISER, limit=2)
    assert len(first["campaigns"]) == 2
    rest = desk.api("GET", "campaigns", accountId=ADVERTISER, limit=2, cursor=first["nextCursor"])
    listed = [*first["campaigns"], *rest["campaigns"]]
    assert (len(listed), rest["nextCursor"]) == (3, None)
    assert desk.refused("GET", "campaigns", accountId=ADVERTISER, cursor="x")[0] == 400
    names = desk.api("GET", "campaigns", accountId=ADVERTISER, name="cookbook")["campaigns"]
    assert [one["name"] for one in names] == ["Cookbook launch"]
    paused = desk.api("GET", "campaigns", accountId=ADVERTISER, status="STATUS_DISABLE")
    assert [one["name"] for one in paused["campaigns"]] == ["Spice box, paused"]
    seeded = listed[0]["id"]
    # another process has listed nothing yet: it looks in each ad account
    desk.services.__dict__.pop("ad_reads")
    desk.services.__dict__.pop("ads")
    assert desk.api("GET", f"campaigns/{seeded}")["changes"] == []
    assert desk.api("GET", f"campaigns/{seeded}", accountId=ADVERTISER)["id"] == seeded
    assert desk.refused("GET", f"campaigns/{seeded}", accountId=OTHER_ADVERTISER)[0] == 404
    assert desk.refused("GET", "campaigns/77")[1]["code"] == "not_found"
    assert desk.refused("GET", "campaigns/abc")[0] == 404


def test_another_organisation_reaches_nothing(
    service_without_worker: Service, local: Local
) -> None:
    desk = ads_desk(service_without_worker, local)
    campaign, group, ad = desk.tree()
    paths = (f"campaigns/{campaign}", f"ad-groups/{group}", f"ads/{ad}")
    for path in paths:
        assert desk.api("GET", path)["id"] in path
        for method, route, body in (
            ("GET", path, None),
            ("PATCH", path, {"name": "Other"}),
            ("POST", f"{path}/launch", None),
            ("POST", f"{path}/pause", None),
        ):
            status, error = desk.refused(method, route, body, org="other")
            assert (status, error["code"]) == (404, "not_found")
    status, error = desk.refused("GET", "campaigns", org="other", accountId=ADVERTISER)
    assert (status, error["code"]) == (403, "account_not_accessible")
    asked = {"accountId": ADVERTISER, "name": "x", "objective": "TRAFFIC"}
    status, error = desk.refused("POST", "campaigns", asked, org="other")
    assert (status, error["detail"]) == (403, {"accountId": ADVERTISER})
    for role, expected in (("viewer", 403), ("member", 403)):
        assert desk.refused("POST", f"campaigns/{campaign}/pause", role=role)[0] == expected
    # an organisation that reaches the same ad account sees what TikTok has, not who did it here
    connect_business(service_without_worker, org="other")
    seen = desk.api("GET", f"campaigns/{campaign}", org="other")
    assert (seen["id"], seen["changes"]) == (campaign, [])


@SQLITE
def test_each_level_is_changed(desk: AdsDesk) -> None:
    campaign, group, ad = desk.tree()
    changed = desk.api("PATCH", f"campaigns/{campaign}", {"name": "Autumn", "budget": "150.5"})
    assert (changed["name"], changed["budget"]) == ("Autumn", "150.5")
    assert changed["changes"][0]["changed"] == ["budget", "campaign_name"]
    end = desk.at(86_400 * 9)
    body = {
        "locations": ["AT", "2921044"],
        "budget": "60",
        "schedule": {"start": desk.at(90), "end": end},
    }
    body |= {"bid": "0.4", "tiktok": {"gender": "GENDER_FEMALE"}}
    changed = desk.api("PATCH", f"ad-groups/{group}", body)
    assert (changed["locations"], changed["budget"], changed["bid"]) == (["AT", "DE"], "60", "0.4")
    assert changed["schedule"]["end"] is not None
    assert changed["tiktok"]["gender"] == "GENDER_FEMALE"
    changed = desk.api("PATCH", f"ads/{ad}", {"text": "Last days"})
    assert (changed["text"], changed["landingPageUrl"]) == ("Last days", SITE)
    changed = desk.api("PATCH", f"ads/{ad}", {"landingPageUrl": f"{SITE}/2", "creativeId": IMAGE})
    assert (changed["landingPageUrl"], changed["text"]) == (f"{SITE}/2", "Last days")
    assert (changed["creativeId"], changed["coverId"]) == (IMAGE, None)
    assert desk.refused("PATCH", f"ads/{ad}", {})[0] == 400
    status, error = desk.refused("PATCH", f"campaigns/{campaign}", {"budget": "1"})
    assert (status, error["code"]) == (400, "40002")
    changes = desk.api("GET", f"campaigns/{campaign}")["changes"]
    assert (changes[0]["outcome"], changes[1]["outcome"]) == ("failed", "done")
    assert changes[0]["logId"]
    assert "50" in changes[0]["error"]


@SQLITE
def test_a_launch_tells_every_problem_and_switches_nothing_on(desk: AdsDesk) -> None:
    campaign = desk.campaign()["id"]

    def blocked(path: str) -> dict[tuple[str, str], Any]:
        status, error = desk.refused("POST", f"{path}/launch")
        assert (status, error["code"]) == (409, "launch_blocked")
        return {(one["level"], one["code"]): one for one in error["detail"]["problems"]}

    assert set(blocked(f"campaigns/{campaign}")) == {("campaign", "no_ad_groups")}
    empty = desk.group(campaign, name="Empty")["id"]
    plan = {"level": "ad", "verdict": "rejected", "reasons": ["Shows a knife"], "name": "Bad"}
    desk.local.control("POST", "business/reviews", plan)
    over = desk.group(campaign, name="Over", schedule={"start": desk.at(60), "end": desk.at(3_600)})
    bad = desk.ad(over["id"], name="Bad")["id"]
    pending = desk.ad(over["id"], name="Pending")["id"]
    desk.advance(4_000)
    desk.local.control("PUT", f"business/reviews/ad/{pending}", {"verdict": "approved"})
    balance = {"status": "STATUS_LIMIT", "balance": "0"}
    desk.local.control("PATCH", f"business/ad_accounts/{ADVERTISER}", balance)
    found = blocked(f"campaigns/{campaign}")
    assert set(found) == {
        ("account", "account_status"),
        ("account", "account_balance"),
        ("adGroup", "no_ads"),
        ("adGroup", "schedule_over"),
        ("ad", "rejected"),
    }
    assert found["adGroup", "no_ads"]["id"] == empty
    assert found["ad", "rejected"]["id"] == bad
    assert found["ad", "rejected"]["reasons"] == ["Shows a knife"]
    assert ("ad", "rejected") in blocked(f"ads/{bad}")
    assert ("adGroup", "no_ads") in blocked(f"ad-groups/{empty}")
    assert desk.writes("ad_status_update") == desk.writes("campaign_status_update") == []
    assert "TikTok's reason: Shows a knife" in desk.api("GET", f"ads/{bad}")["problems"]
    # what is paused can be paused, whatever keeps it from being launched
    assert desk.api("POST", f"campaigns/{campaign}/pause")["status"] == "DISABLE"


@SQLITE
def test_a_post_is_shown_as_long_as_its_creator_allows(desk: AdsDesk) -> None:
    holder = AccountHolder(desk.local.http, creator="ridewithrio")
    post = holder.control("POST", "videos", {"creator": "ridewithrio", "title": "Bench"})["id"]
    setting = {"item_id": post, "is_ad_promotable": True, "authorization_days": 7}
    code = holder.data(POST_AUTHORIZE_SETTING, **setting)["auth_code"]
    business = desk.services.business.for_advertiser("acme", ADVERTISER)
    business.spark_posts.authorize(auth_code=code)
    [redeemed] = business.spark_posts.list().list
    assert redeemed.user_info is not None
    creative = f"post:{post}:AUTH_CODE:{redeemed.user_info.identity_id}"
    group = desk.group(desk.campaign()["id"])["id"]
    ad = desk.ad(group, creativeId=creative, text=None)
    assert (ad["creativeId"], ad["text"]) == (creative, None)
    assert desk.api("POST", f"ads/{ad['id']}/launch")["status"] == "ENABLE"
    desk.api("POST", f"ads/{ad['id']}/pause")
    desk.advance(8 * 86_400)
    error = desk.refused("POST", f"ads/{ad['id']}/launch")[1]
    assert [one["code"] for one in error["detail"]["problems"]] == ["post_not_allowed"]


@SQLITE
def test_an_ad_whose_review_is_pending_is_launched(desk: AdsDesk) -> None:
    desk.local.settings(ad_review_seconds=9_000)
    campaign, group, ad = desk.tree()
    assert desk.api("POST", f"ads/{ad}/launch")["status"] == "ENABLE"
    assert desk.api("POST", f"ad-groups/{group}/launch")["status"] == "ENABLE"
    assert desk.api("GET", f"campaigns/{campaign}")["status"] == "DISABLE"
    desk.api("POST", f"campaigns/{campaign}/launch")
    assert desk.api("GET", f"ads/{ad}")["problems"] == ["TikTok reviews it."]
    assert desk.api("POST", f"ads/{ad}/pause")["status"] == "DISABLE"
    assert desk.api("POST", f"ad-groups/{group}/pause")["status"] == "DISABLE"


@SQLITE
def test_names_go_from_the_journal_and_old_entries_by_the_setting(desk: AdsDesk) -> None:
    campaign = desk.campaign("For zoe.bakes")["id"]
    person = {"username": "zoe.bakes"}
    found = desk.service.api("POST", "/api/data/find", person)["kinds"]
    assert {one["kind"]: one["count"] for one in found if one["count"]} == {"adChanges": 1}
    erased = desk.service.api("POST", "/api/data/erase", person)["erased"]
    assert erased == {"adChanges": 1}
    found = desk.service.api("POST", "/api/data/find", person)["kinds"]
    assert [one["kind"] for one in found if one["count"]] == []
    shown = desk.api("GET", f"campaigns/{campaign}")
    assert [one["action"] for one in shown["changes"]] == ["create"]
    assert "campaign_name" in shown["changes"][0]["changed"]

    rules = desk.service.services.retention_rules
    desk.service.api("PUT", "/api/settings/retention", {"days": {"adChanges": 30}})
    desk.advance(29 * 86_400)
    rules.run("acme")
    assert desk.api("GET", f"campaigns/{campaign}")["changes"]
    desk.advance(2 * 86_400)
    rules.run("acme")
    assert desk.api("GET", f"campaigns/{campaign}", accountId=ADVERTISER)["changes"] == []
