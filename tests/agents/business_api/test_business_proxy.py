"""Operations of TikTok API for Business through the proxy: within the ad accounts and the account
that an integration's credentials reach, and in that API's own envelope."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Host, OperationEffect, Subject, Surface
from stagedoor.platform.products import business_ads, business_audiences, business_comments
from stagedoor.platform.protocols import business_errors
from tests.agents.job_pump import Pump
from tests.examples import example_of, request_of
from tests.support import clients
from tests.support.business_connecting import ADVERTISER, OTHER_ADVERTISER
from tests.support.proxying import PREFIX

from .fixtures import EVERYTHING, Business

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OF_BUSINESS = [one for one in catalogue.operations().values() if one.host is Host.BUSINESS]
GIVEN = [one for one in OF_BUSINESS if Surface.PROXY in one.surfaces]
KEPT = [one for one in OF_BUSINESS if Surface.PROXY not in one.surfaces]
PERMISSION = 40001
MOVED = ("request_id",)


def refused(answer: httpx2.Response) -> tuple[int, str]:
    """Code and message of a refusal in the envelope of TikTok API for Business."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    sent = answer.json()
    assert sent["data"] == {} or "approval_id" in sent["data"], sent
    assert set(sent) == {"code", "message", "request_id", "data"}
    assert isinstance(sent["code"], int)
    assert business_errors.BUSINESS_ERRORS.known(str(sent["code"])) is not None
    return sent["code"], sent["message"]


def comparable(answer: httpx2.Response) -> Any:
    if not answer.headers["content-type"].startswith("application/json"):
        return answer.text
    return {name: value for name, value in answer.json().items() if name not in MOVED}


def test_every_read_gives_through_the_proxy_what_tiktok_gives(business: Business) -> None:
    agent, local = business.agent, business.local
    agent.given(*EVERYTHING)
    local.control("POST", "clock", {"freeze": True})
    reads = [one for one in GIVEN if one.effect is OperationEffect.READ]
    assert len(reads) > 20
    for operation in reads:
        business.rest()
        direct = business.direct(operation)
        before = len(local.calls(operation.id))
        answer = business.send(operation)
        assert answer.status_code == direct.status_code == 200, f"{operation}: {answer.text}"
        assert comparable(answer) == comparable(direct), operation
        assert answer.headers["content-type"] == direct.headers["content-type"]
        seen = local.calls(operation.id)[before:]
        assert [one["log_id"] for one in seen] == [answer.headers["x-tt-logid"]], operation
    rows = agent.rows(limit=100)
    assert {row["operation"] for row in rows} == {one.id for one in reads}
    assert {row["decision"] for row in rows} == {"allowed"}
    by_id = catalogue.operations()
    assert {(row["operation"], row["account"]) for row in rows} == {
        (one.id, business.where(by_id[one.id])) for one in reads
    }


@sqlite_only
def test_every_write_is_done_once_and_recorded(business: Business) -> None:
    agent, local = business.agent, business.local
    agent.given(*EVERYTHING)
    writes = [one for one in GIVEN if one.effect is OperationEffect.WRITE]
    writes.sort(key=lambda one: example_of(one).ends)
    for operation in writes:
        business.rest()
        before = len(local.calls(operation.id))
        answer = business.send(operation)
        good = answer.json()["code"] in (0, business_errors.PARTIAL)
        assert good is not example_of(operation).refused, f"{operation}: {answer.text}"
        assert len(local.calls(operation.id)) == before + 1, operation
        [row] = agent.rows(operation=operation.id)
        assert (row["decision"], row["outcome"]) == ("allowed", "done" if good else "failed")


def test_denials_are_permission_errors_that_official_clients_know(business: Business) -> None:
    answer = business.send(business_ads.CAMPAIGN_GET)
    code, message = refused(answer)
    assert code == PERMISSION
    assert message == "denied_by_policy: Read campaigns is off for this agent."
    business.agent.given({"resource": "ads", "level": "read"})
    code, message = refused(business.send(business_ads.CAMPAIGN_CREATE))
    assert code == PERMISSION
    assert message.endswith("is off for this agent: of Ads it may only read.")
    assert business.local.calls("business.campaign_create") == []
    assert [row["decision"] for row in business.agent.rows()] == ["denied", "denied"]


@sqlite_only
def test_tokens_and_whatever_the_app_authenticates_never_leave_the_client(
    business: Business,
) -> None:
    business.agent.given(*EVERYTHING, {"resource": "posting", "level": "full"})
    before = len(business.running.world.requests)
    assert {one.id for one in KEPT} >= {
        one.id
        for one in OF_BUSINESS
        if one.subject is Subject.APP or one.resource == "authorization"
    }
    # nor what reaches beyond single ad accounts, publishes without a journal, or names people
    assert {one.id for one in KEPT} >= {
        "business.bc_asset_get",
        "business.business_user_info",
        "business.business_video_publish",
        "business.event_track",
        "business.post_authorize",
        "business.segment_mapping",
        "business.tto_creator_discover",
    }
    for operation in KEPT:
        code, message = refused(business.send(operation, query="", body=b"{}"))
        assert (code, message.split(":")[0]) == (PERMISSION, "denied_by_policy"), operation
    assert len(business.running.world.requests) == before
    for operation in GIVEN:
        asked = request_of(operation, business.seeded)
        assert not {"secret", "client_secret"} & set(type(asked).model_fields), operation


@sqlite_only
def test_no_call_names_an_ad_account_that_the_credential_does_not_reach(
    business: Business,
) -> None:
    agent, foreign = business.agent, "7100000000000000009"
    agent.given(*EVERYTHING)
    before = len(business.running.world.requests)
    for operation in (one for one in GIVEN if one.subject is Subject.ADVERTISER):
        named = hasattr(request_of(operation, business.seeded), "advertiser_id")
        name = "advertiser_id" if named else "advertiser_ids"
        value: Any = foreign if name == "advertiser_id" else (ADVERTISER, foreign)
        code, message = refused(business.send(operation, **{name: value}))
        assert code == PERMISSION, operation
        assert f"The ad account {foreign} isn't one that the ads credential of" in message
    assert len(business.running.world.requests) == before
    assert {row["rule"] for row in agent.rows(limit=100)} == {"not-reached"}
    # what is reached isn't told to an agent that was given nothing
    agent.given()
    for other in (foreign, ADVERTISER):
        answer = business.send(business_ads.CAMPAIGN_GET, advertiser_id=other)
        assert refused(answer)[1] == "denied_by_policy: Read campaigns is off for this agent."
    agent.given(*EVERYTHING)
    # the control: the other ad account is reached, too
    good = business.send(business_ads.CAMPAIGN_GET, advertiser_id=OTHER_ADVERTISER, filtering=None)
    assert good.json()["code"] == 0


@sqlite_only
def test_nothing_is_shared_with_an_ad_account_beyond_the_credential(business: Business) -> None:
    business.agent.given(*EVERYTHING)
    share = business_audiences.AUDIENCE_SHARE
    code, message = refused(business.send(share, shared_advertiser_ids=("7100000000000000009",)))
    assert (code, "7100000000000000009" in message) == (PERMISSION, True)
    assert business.local.calls(share.id) == []


@sqlite_only
def test_a_comment_is_written_for_the_own_account_only(business: Business) -> None:
    business.agent.given(*EVERYTHING)
    reply = business_comments.COMMENT_REPLY_CREATE
    at_account = f"{PREFIX}/@maracooks"
    code, message = refused(business.send(reply, base=at_account, business_id="somebody-else"))
    assert (code, "business_id names another account" in message) == (PERMISSION, True)
    assert business.local.calls(reply.id) == []
    assert business.send(reply, base=at_account).json()["code"] == 0


@sqlite_only
def test_what_is_no_call_is_refused_in_the_envelope_of_the_api(business: Business) -> None:
    agent, http = business.agent, business.agent.service.http
    agent.given(*EVERYTHING)
    key = {"Access-Token": agent.key}
    campaigns = f"{PREFIX}{business_ads.CAMPAIGN_GET.path}"
    told = {
        "40400": http.get(f"{PREFIX}/open_api/v1.3/no/such/path/", headers=key),
        "40008": http.post(campaigns, headers=key, json={}),
        "40002": http.get(campaigns, headers=key),
        "40105": http.get(campaigns, headers={"Access-Token": "sda_" + "x" * 43}),
    }
    assert {code: str(refused(answer)[0]) for code, answer in told.items()} == {c: c for c in told}
    two = http.get(campaigns, headers=key | {"Authorization": "Bearer sda_" + "x" * 43})
    assert refused(two)[0] == 40105
    unread = http.get(f"{campaigns}?advertiser_id={ADVERTISER}&filtering=[1", headers=key)
    assert refused(unread)[0] == 40002
    assert "filtering" in refused(unread)[1]
    query = f"{campaigns}?advertiser_id={ADVERTISER}&fields=" + '["campaign_id"]'
    for headers in (key, {"Authorization": f"Bearer {agent.key}"}):
        [campaign, *_] = http.get(query, headers=headers).json()["data"]["list"]
        assert set(campaign) == {"campaign_id"}


RAW = (
    b"mara@example.com",
    b"+4915112345678",
    b"15112345678,4915112345679",
    b"aa" * 31,
    b"aa" * 32 + b",mara@example.com",
    b"email_SHA256,mara@example.com",
    b"aa" * 32 + b"\nmara@example.com",
)
HASHED = (
    b"email_SHA256,MAID_MD5\n" + b"aa" * 32 + b"," + b"bb" * 16,
    b"aa" * 32 + b"\r\n" + b"bb" * 32,
)


@sqlite_only
def test_a_file_of_people_has_hashes_alone(business: Business) -> None:
    business.agent.given({"resource": "audiences", "level": "full"})
    upload = business_audiences.AUDIENCE_FILE_UPLOAD
    for file in RAW:
        code, message = refused(business.send(upload, file=file))
        assert (code, "isn't hashed" in message) == (40002, True), file
        assert "mara" not in message
    large = b"\n".join([b"aa" * 32] * 8_000)
    assert len(large) > 480 << 10
    code, message = refused(business.send(upload, file=large))
    assert (code, "480" in message or "491" in message) == (40002, True), message
    assert business.local.calls(upload.id) == []
    for file in HASHED:
        # TikTok has it: the signature is of another file
        assert business.send(upload, file=file).json()["code"] == 40900


@sqlite_only
def test_a_call_that_asks_first_names_its_approval(business: Business, pump: Pump) -> None:
    business.agent.given({"resource": "comments", "level": "full", "askFirst": True})
    reply = business_comments.COMMENT_REPLY_CREATE
    answer = business.send(reply)
    code, message = refused(answer)
    assert (code, message.split(":")[0]) == (PERMISSION, "approval_required")
    waits = answer.json()["data"]["approval_id"]
    service = business.agent.service
    shown = service.api("GET", f"/api/approvals/{waits}")
    assert shown["preview"]["title"] == "Reply to comments (@maracooks)"
    assert business.local.calls(reply.id) == []
    service.api("POST", f"/api/approvals/{waits}", {"decision": "approve"})
    pump.run()
    assert len(business.local.calls(reply.id)) == 1
    assert business.send(reply).json()["code"] == 0
    assert len(business.local.calls(reply.id)) == 1


@pytest.mark.timeout(900)  # it may have to be installed
@sqlite_only
def test_tiktok_s_official_sdk_works_with_an_agent_s_key(business: Business) -> None:
    business.agent.given(
        {"resource": "ads", "level": "full", "actions": ["read-campaigns", "read-reports"]}
    )
    reporting = {
        "advertiser_id": ADVERTISER,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id"],
        "metrics": ["spend"],
        "query_lifetime": True,
    }
    created = {"advertiser_id": ADVERTISER, "campaign_name": "Sale", "objective_type": "TRAFFIC"}
    calls = [
        ("CampaignCreationApi", "campaign_get", {"advertiser_id": ADVERTISER, "page_size": 2}),
        (
            "CampaignCreationApi",
            "campaign_get",
            {
                "advertiser_id": ADVERTISER,
                "fields": ["campaign_id", "budget"],
                "filtering": {"primary_status": "STATUS_ALL"},
            },
        ),
        ("ReportingApi", "report_integrated_get", reporting),
        ("CampaignCreationApi", "campaign_create", {"body": created}),
        ("CampaignCreationApi", "campaign_get", {"advertiser_id": "7100000000000000009"}),
    ]
    names = ("api", "method", "arguments")
    asked = {
        "host": f"{business.agent.service.url}{PREFIX}",
        "key": business.agent.key,
        "calls": [dict(zip(names, call, strict=True)) for call in calls],
    }
    page, chosen, report, created, beyond = clients.business(clients.installed("business"), asked)
    assert [one["advertiser_id"] for one in page["data"]["list"]] == [ADVERTISER] * 2
    assert {tuple(one) for one in chosen["data"]["list"]} == {("campaign_id", "budget")}
    assert {tuple(row["metrics"]) for row in report["data"]["list"]} == {("spend",)}
    assert created["error"].startswith("Error Code: 40001, message: denied_by_policy: Create and")
    assert "isn't one that the ads credential of" in beyond["error"]
    assert business.local.calls("business.campaign_create") == []
