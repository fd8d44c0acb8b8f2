"""Answers that are lost and processes that die: nothing is made twice, and what happened is found
out."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from stagedoor.connector.ads.compose import from_json
from stagedoor.connector.ads.journal import SETTLE
from stagedoor.connector.ads.models import ad_writes
from stagedoor.connector.ads.reads import send
from stagedoor.connector.schedule import store as schedule
from stagedoor.connector.tenants.models import answers
from stagedoor.platform.products import business_ads
from tests.support.ads_desk import ADVERTISER, AdsDesk
from tests.support.business_connecting import connect_business

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = {"idempotency-key": "once"}
ASKED = {"accountId": ADVERTISER, "name": "Sale", "objective": "TRAFFIC", "budget": "100"}


def campaigns(desk: AdsDesk, name: str = "Sale") -> list[str]:
    found = desk.api("GET", "campaigns", accountId=ADVERTISER, name=name)["campaigns"]
    return [one["id"] for one in found]


def ads(desk: AdsDesk, group: str) -> list[str]:
    found = desk.api("GET", "ads", accountId=ADVERTISER, adGroupId=group)["ads"]
    return [one["id"] for one in found]


def dies(desk: AdsDesk) -> None:
    """As if the process had died after its request to TikTok, before it wrote anything down."""
    gone = {"held_by": "another-machine 1 1.00 somebody", "held_until": 0.0}
    with desk.services.database.begin() as connection:
        for write in connection.execute(select(ad_writes.c.org, ad_writes.c.id)).all():
            schedule.wait(connection, SETTLE, "/".join(write), desk.services.clock.now() + 60)
        ended = {"outcome": None, "object": None, "ended": None}
        connection.execute(update(ad_writes).values(**ended, **gone))
        connection.execute(update(answers).values(status=None, body=None, **gone))


@SQLITE
@pytest.mark.parametrize("repeated", ["refused", "answered"])
@pytest.mark.parametrize("kind", ["lost", "cut"])
def test_a_lost_answer_to_a_create_makes_one_object(
    desk: AdsDesk, repeated: str, kind: str
) -> None:
    desk.local.settings(repeated_request_id=repeated)
    desk.local.fault("business.campaign_create", kind)
    campaign = desk.campaign()["id"]
    assert campaigns(desk) == [campaign]
    desk.local.fault("business.adgroup_create", kind)
    group = desk.group(campaign)["id"]
    listed = desk.api("GET", "ad-groups", accountId=ADVERTISER, campaignId=campaign)["adGroups"]
    assert [one["id"] for one in listed] == [group]


@SQLITE
def test_an_ad_whose_answer_was_lost_is_found(desk: AdsDesk) -> None:
    group = desk.group(desk.campaign()["id"])["id"]
    desk.local.fault("business.identity_create", "lost")
    first = desk.ad(group)
    desk.local.fault("business.ad_create", "lost")
    second = desk.ad(group)
    assert sorted(ads(desk, group)) == sorted([first["id"], second["id"]])
    assert len(desk.writes("ad_create")) == 2
    assert first["identity"] == second["identity"]
    assert len(desk.writes("identity_create")) == 1


def test_an_ad_that_may_not_exist_is_never_made_twice(desk: AdsDesk) -> None:
    group = desk.group(desk.campaign()["id"])["id"]
    desk.local.fault("business.ad_create", "cut")
    body = desk.ad_body(group)
    status, error = desk.refused("POST", "ads", body, headers=KEY)
    assert (status, error["code"], error["retryable"]) == (502, "create_unsettled", True)
    # neither the same request nor an equal one sends it again before it is settled
    for headers in (KEY, {}):
        assert desk.refused("POST", "ads", body, headers=headers)[1]["code"] == "create_unsettled"
    assert (len(desk.writes("ad_create")), ads(desk, group)) == (1, [])
    for _ in range(12):
        desk.pump(61)
    made = desk.api("POST", "ads", body, headers=KEY)["id"]
    assert ads(desk, group) == [made]
    assert desk.api("POST", "ads", body, headers=KEY)["id"] == made
    assert len(desk.writes("ad_create")) == 2


def test_a_process_that_died_after_its_request_leaves_one_object(desk: AdsDesk) -> None:
    desk.service.api("POST", "/api/webhooks", {"url": "http://127.0.0.1:9/", "events": ["ads.*"]})
    made = desk.api("POST", "campaigns", ASKED, headers=KEY)
    dies(desk)
    assert desk.api("POST", "campaigns", ASKED, headers=KEY)["id"] == made["id"]
    dies(desk)
    desk.pump(61)
    shown = desk.api("GET", f"campaigns/{made['id']}")
    assert [(one["action"], one["outcome"]) for one in shown["changes"]] == [("create", "done")]
    assert campaigns(desk) == [made["id"]]


@SQLITE
def test_a_lost_answer_to_a_change_is_settled_by_what_tiktok_shows(desk: AdsDesk) -> None:
    campaign, _group, ad = desk.tree()

    def outcomes() -> list[str]:
        changes: list[dict[str, Any]] = desk.api("GET", f"campaigns/{campaign}")["changes"]
        return [one["outcome"] for one in changes]

    desk.local.fault("business.campaign_update", "lost")
    assert desk.api("PATCH", f"campaigns/{campaign}", {"name": "New"})["name"] == "New"
    desk.local.fault("business.campaign_update", "cut")
    status, error = desk.refused("PATCH", f"campaigns/{campaign}", {"name": "Newer"})
    assert (status, error["code"]) == (502, "change_unsettled")
    assert outcomes() == ["unknown", "done", "done"]
    desk.pump(61)
    assert outcomes() == ["failed", "done", "done"]
    for operation in ("ad_status_update", "campaign_status_update"):
        desk.local.fault(f"business.{operation}", "lost")
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"
    desk.local.fault("business.campaign_status_update", "lost")
    assert desk.api("POST", f"campaigns/{campaign}/pause")["status"] == "DISABLE"
    assert outcomes()[:2] == ["done", "done"]
    assert desk.api("GET", f"ads/{ad}")["status"] == "ENABLE"


@SQLITE
def test_a_refusal_is_no_lost_answer(desk: AdsDesk) -> None:
    desk.local.fault("business.campaign_create", "rate_limit", times=2)
    assert desk.refused("POST", "campaigns", ASKED, headers=KEY)[0] == 429
    made = desk.api("POST", "campaigns", ASKED, headers=KEY)["id"]
    status, error = desk.refused("POST", "campaigns", ASKED)
    assert (status, error["code"]) == (400, "40002")
    assert campaigns(desk) == [made]


@SQLITE
def test_what_was_paused_while_it_was_launched_stays_off(
    desk: AdsDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, _, ad = desk.tree()
    journal = desk.services.ad_journal
    paused_since = journal.paused_since
    pauses = iter([True])

    def pausing(*arguments: Any) -> frozenset[str]:
        if next(pauses, None):
            desk.api("POST", f"campaigns/{campaign}/pause", user="u2")
        return paused_since(*arguments)

    monkeypatch.setattr(journal, "paused_since", pausing)
    status, error = desk.refused("POST", f"campaigns/{campaign}/launch")
    assert (status, error["code"]) == (409, "paused_meanwhile")
    assert desk.api("GET", f"campaigns/{campaign}")["status"] == "DISABLE"
    assert desk.api("GET", f"ads/{ad}")["status"] == "DISABLE"
    assert desk.api("POST", f"campaigns/{campaign}/launch")["status"] == "ENABLE"


@SQLITE
def test_a_create_that_is_sent_again_after_a_refusal_has_its_own_time(desk: AdsDesk) -> None:
    group = desk.group(desk.campaign()["id"])["id"]
    body = desk.ad_body(group)
    desk.local.fault("business.ad_create", "rate_limit", times=2)
    assert desk.refused("POST", "ads", body, headers=KEY)[0] == 429
    desk.advance(1_200)
    desk.local.fault("business.ad_create", "cut")
    assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
    sent = len(desk.writes("ad_create"))
    desk.pump(61)
    # a minute later TikTok may only not list it yet
    assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
    assert len(desk.writes("ad_create")) == sent


@SQLITE
def test_another_organisations_ad_is_never_taken_for_ones_own(desk: AdsDesk) -> None:
    connect_business(desk.service, org="other")
    group = desk.group(desk.campaign()["id"])["id"]
    body = desk.ad_body(group)
    desk.local.fault("business.ad_create", "cut")
    assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
    theirs = desk.api("POST", "ads", body, org="other")["id"]
    desk.pump(61)
    assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
    shown = desk.api("GET", f"ads/{theirs}", accountId=ADVERTISER)
    assert shown["changes"] == []


@SQLITE
def test_several_objects_that_a_create_may_have_made_leave_it_unsettled(desk: AdsDesk) -> None:
    group = desk.group(desk.campaign()["id"])["id"]
    body = desk.ad_body(group)
    desk.local.fault("business.ad_create", "cut")
    assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
    # two equal ads, made in TikTok's Ads Manager at the same time
    client = desk.services.business.for_advertiser("acme", ADVERTISER)
    with desk.services.database.read() as connection:
        only = select(ad_writes.c.request).where(ad_writes.c.level == "ad")
        request = from_json(business_ads.AD_CREATE, ADVERTISER, connection.scalars(only).one())
    found = [send(client, business_ads.AD_CREATE, request).ad_ids[0] for _ in range(2)]
    for _ in range(12):
        desk.pump(61)
    status, error = desk.refused("POST", "ads", body, headers=KEY)
    assert (status, error["code"]) == (502, "create_unsettled")
    assert "several" in error["message"]
    assert len(ads(desk, group)) == 2
    needless = business_ads.AD_STATUS_UPDATE.request(
        advertiser_id=ADVERTISER, ad_ids=(found[0],), operation_status="DELETE"
    )
    send(client, business_ads.AD_STATUS_UPDATE, needless)
    assert desk.api("POST", "ads", body, headers=KEY)["id"] == found[1]


@SQLITE
def test_a_caller_that_repeats_its_request_often_sees_the_end_of_it(desk: AdsDesk) -> None:
    group = desk.group(desk.campaign()["id"])["id"]
    body = desk.ad_body(group)
    desk.local.fault("business.ad_create", "cut")
    for _ in range(14):
        assert desk.refused("POST", "ads", body, headers=KEY)[1]["code"] == "create_unsettled"
        desk.pump(43)
    desk.advance(5)
    made = desk.api("POST", "ads", body, headers=KEY)["id"]
    assert ads(desk, group) == [made]
    assert len(desk.writes("ad_create")) == 2
