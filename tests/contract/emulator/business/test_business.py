"""Authorization and ad accounts: the portal page, tokens, roles, limits."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from stagedoor.cli.demo.consent import answer as answer_form
from stagedoor.platform.products import business, business_ads
from tests.examples.business import ADVERTISER_ID, APP, APP_ID, OTHER_ADVERTISER_ID
from tests.support.advertiser import Advertiser

from ..conftest import TikTok

REDIRECT = "https://app.example.com/ads/"
USER = business.BUSINESS_USER_INFO.path
ADVERTISERS = business.OAUTH2_ADVERTISER_GET.path
INFO = business.ADVERTISER_INFO.path
EXCHANGE = business.OAUTH2_ACCESS_TOKEN.path
REVOKE = business.OAUTH2_REVOKE_TOKEN.path


def portal(tiktok: TikTok, **changed: str) -> str:
    query = {"app_id": APP_ID, "redirect_uri": REDIRECT, "state": "s 1"} | changed
    return str(httpx2.URL(f"{tiktok.url}{business.PORTAL_AUTH.path}", params=query))


def callback(tiktok: TikTok) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(answer_form(portal(tiktok))).query))


def exchange(tiktok: TikTok, code: str, **changed: Any) -> Any:
    return tiktok.http.post(EXCHANGE, json=APP | {"auth_code": code} | changed).json()


def get(tiktok: TikTok, path: str, token: str | None, **query: str) -> Any:
    headers = {} if token is None else {"Access-Token": token}
    return tiktok.http.get(path, params=query, headers=headers).json()


@pytest.mark.shows("business.oauth2_access_token")
def test_a_person_ticks_ad_accounts_and_the_code_becomes_a_token(tiktok: TikTok) -> None:
    came = callback(tiktok)
    assert came["state"] == "s 1"
    assert came["code"] == came["auth_code"]
    made = exchange(tiktok, came["auth_code"])
    assert made["code"] == 0
    assert made["message"] == "OK"
    data = made["data"]
    assert re.fullmatch("[0-9a-f]{40}", data["access_token"])
    assert data["advertiser_ids"] == [ADVERTISER_ID, OTHER_ADVERTISER_ID]
    assert {1, 2, 3, 4, 6} <= set(data["scope"])
    listed = get(tiktok, ADVERTISERS, data["access_token"], **APP)["data"]["list"]
    assert [one["advertiser_id"] for one in listed] == data["advertiser_ids"]
    assert listed[0]["advertiser_name"] == "Mara's Kitchen"


def test_a_code_works_once_and_for_an_hour(tiktok: TikTok) -> None:
    came = callback(tiktok)
    late = callback(tiktok)
    assert exchange(tiktok, came["auth_code"], return_advertiser_ids=False)["data"].keys() == {
        "access_token",
        "scope",
    }
    again = exchange(tiktok, came["auth_code"])
    assert (again["code"], again["data"]) == (40110, {})
    assert "auth_code" in again["message"]
    tiktok.control("POST", "clock", {"advance": 3_601})
    assert exchange(tiktok, late["auth_code"])["code"] == 40110


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"secret": "no"}, 40113),
        ({"app_id": "7"}, 40113),
        ({"app_id": "emulator-client-key"}, 40002),
        ({"secret": ""}, 40002),
        ({"auth_code": "no"}, 40110),
    ],
)
def test_an_exchange_without_the_right_app_or_code_is_refused(
    tiktok: TikTok, changed: dict[str, str], code: int
) -> None:
    came = callback(tiktok)
    assert exchange(tiktok, **({"code": came["auth_code"]} | _renamed(changed)))["code"] == code
    assert exchange(tiktok, came["auth_code"])["code"] == 0, "the code was not spent"


def _renamed(changed: dict[str, str]) -> dict[str, str]:
    return {"code" if name == "auth_code" else name: value for name, value in changed.items()}


@pytest.mark.shows("business.oauth2_revoke_token")
def test_a_revoked_token_is_unknown_from_then_on(tiktok: TikTok) -> None:
    token, other = tiktok.advertiser_token(), tiktok.advertiser_token()
    person = get(tiktok, USER, token)["data"]
    assert person["display_name"] == "Mara Lindqvist"
    picture = tiktok.http.get(person["avatar_url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    done = tiktok.http.post(REVOKE, json=APP | {"access_token": token}).json()
    assert done["data"]["advertiser_ids"] == [ADVERTISER_ID, OTHER_ADVERTISER_ID]
    assert get(tiktok, USER, token)["code"] == 40105
    assert tiktok.http.post(REVOKE, json=APP | {"access_token": token}).json()["code"] == 40105
    assert get(tiktok, USER, other)["code"] == 0


def test_a_page_for_an_unknown_app_or_address_sends_nobody_anywhere(tiktok: TikTok) -> None:
    for changed in ({"app_id": "1"}, {"redirect_uri": "http://evil.example.com/"}):
        shown = tiktok.http.get(portal(tiktok, **changed))
        assert "location" not in shown.headers
        assert next(iter(changed)) in shown.text
    refused = tiktok.http.post(
        business.PORTAL_AUTH.path,
        data={"app_id": APP_ID, "redirect_uri": REDIRECT, "decision": "allow"},
    )
    assert "location" not in refused.headers, "no ad account was ticked"


def test_only_ticked_ad_accounts_are_reached(tiktok: TikTok) -> None:
    sent = tiktok.http.post(
        business.PORTAL_AUTH.path,
        data={
            "app_id": APP_ID,
            "redirect_uri": REDIRECT,
            "decision": "allow",
            f"advertiser.{OTHER_ADVERTISER_ID}": "on",
            "advertiser.7000000000000009999": "on",
        },
    )
    code = dict(parse_qsl(urlsplit(sent.headers["location"]).query))["auth_code"]
    made = exchange(tiktok, code)["data"]
    assert made["advertiser_ids"] == [OTHER_ADVERTISER_ID]
    refused = get(tiktok, INFO, made["access_token"], advertiser_ids=f'["{ADVERTISER_ID}"]')
    assert refused["code"] == 40001
    assert refused["message"] == (
        f"You don't have permission to operate this advertiser: {ADVERTISER_ID}."
    )


def test_ad_accounts_have_currency_zone_and_balance(tiktok: TikTok) -> None:
    token = tiktok.advertiser_token()
    ids = f'["{ADVERTISER_ID}","{OTHER_ADVERTISER_ID}"]'
    first, second = get(tiktok, INFO, token, advertiser_ids=ids)["data"]["list"]
    assert (first["currency"], second["currency"]) == ("USD", "EUR")
    assert first["balance"] == 5000
    assert second["balance"] == 250.5
    assert second["display_timezone"] == "Europe/Berlin"
    assert second["timezone"] in ("Etc/GMT-1", "Etc/GMT-2")
    assert "ads_only_mode" not in first
    tiktok.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"balance": "0.10"})
    [told] = get(
        tiktok, INFO, token, advertiser_ids=f"[{ADVERTISER_ID}]", fields='["balance","name"]'
    )["data"]["list"]
    assert told == {"advertiser_id": ADVERTISER_ID, "name": "Mara's Kitchen", "balance": 0.1}
    [special] = get(
        tiktok, INFO, token, advertiser_ids=f"[{ADVERTISER_ID}]", fields='["name","ads_only_mode"]'
    )["data"]["list"]
    assert special == {"advertiser_id": ADVERTISER_ID, "ads_only_mode": False}


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({}, 40002, "advertiser_ids: Missing data for required field."),
        ({"advertiser_ids": "7"}, 40002, "advertiser_ids"),
        ({"advertiser_ids": "[]"}, 40002, "advertiser_ids"),
        ({"advertiser_ids": '["7"]'}, 40300, "7"),
        ({"advertiser_ids": '["7"]', "fields": '["nothing"]'}, 40002, "fields"),
    ],
)
def test_a_wrong_request_for_ad_accounts_is_told(
    tiktok: TikTok, query: dict[str, str], code: int, said: str
) -> None:
    told = get(tiktok, INFO, tiktok.advertiser_token(), **query)
    assert told["code"] == code
    assert said in told["message"]


def test_what_is_wrong_with_a_token_is_told_by_its_code(tiktok: TikTok) -> None:
    token = tiktok.advertiser_token()
    missing = tiktok.http.get(USER, headers={"Authorization": f"Bearer {token}"})
    assert missing.status_code == 200
    assert missing.json()["code"] == 40104
    assert missing.json()["message"].startswith("Access token is null")
    assert get(tiktok, USER, "0" * 40)["code"] == 40105
    account = tiktok.token(client_key=APP_ID)["access_token"]
    assert get(tiktok, USER, account)["code"] == 40105, "an account's token is another kind"
    limited = tiktok.advertiser_token(permissions=["2"])
    assert get(tiktok, ADVERTISERS, limited, **APP)["code"] == 40001
    assert get(tiktok, USER, limited)["code"] == 0
    login_kit = tiktok.http.get(
        "/v2/user/info/",
        params={"fields": "open_id"},
        headers={"Authorization": f"Bearer {account}"},
    )
    assert login_kit.json()["error"]["code"] == "access_token_invalid"


def test_a_request_id_names_each_answer(tiktok: TikTok) -> None:
    told = tiktok.http.get(USER)
    assert re.fullmatch(r"\d{14}[0-9A-F]{20}", told.json()["request_id"])
    assert told.headers["x-tt-logid"] == told.json()["request_id"]
    assert told.headers["x-tt-trace-id"]


def test_paths_end_with_a_slash(tiktok: TikTok) -> None:
    bare = tiktok.http.get(INFO.rstrip("/"))
    assert (bare.status_code, bare.text) == (404, "404 page not found")
    assert tiktok.http.get(USER.rstrip("/")).json()["code"] == 40104
    tiktok.settings(strict_slashes=True)
    assert tiktok.http.get(USER.rstrip("/")).status_code == 404


def test_a_get_with_a_json_body_is_taken_as_well(tiktok: TikTok) -> None:
    told = tiktok.http.request(
        "GET",
        INFO,
        json={"advertiser_ids": [int(ADVERTISER_ID)], "fields": ["name"]},
        headers=tiktok.access_token(),
    ).json()
    assert told["data"]["list"][0]["name"] == "Mara's Kitchen"


@pytest.fixture
def still(tiktok: TikTok) -> str:
    """An advertiser's token; the clock stands still at the start of a UTC day."""
    now = tiktok.control("POST", "clock", {"freeze": True})["now"]
    tiktok.advance(86_400 - now % 86_400)
    return tiktok.advertiser_token()


def test_the_app_s_calls_a_second_are_counted_over_all_operations(
    tiktok: TikTok, still: str
) -> None:
    for _ in range(5):
        assert get(tiktok, USER, still)["code"] == 0
        assert get(tiktok, ADVERTISERS, still, **APP)["code"] == 0
    refused = get(tiktok, USER, still)
    assert (refused["code"], refused["message"]) == (40100, "App reaches the QPS limit.")
    tiktok.advance(1)
    assert get(tiktok, USER, still)["code"] == 0


def test_a_higher_tier_raises_the_limit(tiktok: TikTok, still: str) -> None:
    tiktok.control("PATCH", f"apps/{APP_ID}", {"tier": "Advanced"})
    assert [get(tiktok, USER, still)["code"] for _ in range(21)] == [0] * 20 + [40100]


def test_limits_can_be_switched_off(tiktok: TikTok, still: str) -> None:
    tiktok.settings(rate_limits=False)
    assert [get(tiktok, USER, still)["code"] for _ in range(12)] == [0] * 12


def test_the_sandbox_offers_a_part_of_the_api(tiktok: TikTok) -> None:
    made = tiktok.control("POST", "business/ad_accounts", {"sandbox": True})["id"]
    token = tiktok.advertiser_token(advertiser_ids=[made])
    assert get(tiktok, USER, token)["code"] == 0
    assert get(tiktok, USER, token)["code"] == 40100, "one call a second for each operation"
    assert get(tiktok, INFO, token, advertiser_ids=f"[{made}]")["code"] == 40008
    assert get(tiktok, ADVERTISERS, token, **APP)["code"] == 40001
    at_sandbox = {"Host": "sandbox-ads.tiktok.com", "Access-Token": tiktok.advertiser_token()}
    assert tiktok.http.get(USER, headers=at_sandbox).json()["code"] == 40013


def test_an_analyst_reads(tiktok: TikTok) -> None:
    token = tiktok.advertiser_token()
    tiktok.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"role": "ANALYST"})
    assert get(tiktok, INFO, token, advertiser_ids=f"[{ADVERTISER_ID}]")["code"] == 0


def test_an_analyst_writes_nothing(tiktok: TikTok) -> None:
    advertiser = Advertiser(tiktok.http, tiktok.access_token(), tiktok.world)
    seen = advertiser.campaigns()
    tiktok.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"role": "ANALYST"})
    pause = {"campaign_ids": [seen[0]["campaign_id"]], "operation_status": "DISABLE"}
    renamed = {"campaign_id": seen[0]["campaign_id"], "campaign_name": "Renamed"}
    for operation, values in (
        (business_ads.CAMPAIGN_STATUS_UPDATE, pause),
        (business_ads.CAMPAIGN_UPDATE, renamed),
        (business_ads.IDENTITY_CREATE, {"display_name": "Mara's Kitchen"}),
    ):
        code, message = advertiser.refused(operation, **values)
        assert (code, ADVERTISER_ID in message) == (40001, True)
    assert advertiser.campaigns() == seen
    tiktok.control("PATCH", f"business/ad_accounts/{ADVERTISER_ID}", {"role": "OPERATOR"})
    assert advertiser.call(business_ads.CAMPAIGN_STATUS_UPDATE, **pause)["code"] == 0


def test_an_ad_account_can_have_a_limit_of_its_own(tiktok: TikTok, still: str) -> None:
    tiktok.settings(advertiser_qps=2)
    one = Advertiser(tiktok.http, {"Access-Token": still}, tiktok.world)
    other = Advertiser(one.http, one.headers, one.world, OTHER_ADVERTISER_ID)
    assert [one.call(business_ads.CAMPAIGN_GET)["code"] for _ in range(2)] == [0, 0]
    code, message = one.refused(business_ads.CAMPAIGN_GET)
    assert code == 40133
    assert message == (
        f"Advertiser ({ADVERTISER_ID})'s QPS (3) reaches QPS limit 2 for current path, "
        "request is temporarily restricted."
    )
    assert other.call(business_ads.CAMPAIGN_GET)["code"] == 0
    assert one.call(business_ads.ADGROUP_GET)["code"] == 0
    tiktok.advance(1)
    assert one.call(business_ads.CAMPAIGN_GET)["code"] == 0


def test_sandbox_records_lack_a_status_and_nothing_is_reviewed_or_delivered(
    tiktok: TikTok,
) -> None:
    tiktok.settings(rate_limits=False)
    tiktok.control("POST", "clock", {"freeze": True})
    made = tiktok.control("POST", "business/ad_accounts", {"sandbox": True, "balance": 500})["id"]
    linked = {"advertiser_id": made, "creator": "maracooks"}
    tiktok.control("POST", "business/identities", linked)
    sandbox = Advertiser(
        tiktok.http, tiktok.access_token(advertiser_ids=[made]), tiktok.world, made
    )
    campaign = sandbox.campaign()
    group = sandbox.group(campaign["campaign_id"])
    ad = sandbox.ad(group["adgroup_id"])
    tiktok.advance(7_200)
    records = [campaign, group, ad, *sandbox.campaigns(), *sandbox.groups(), *sandbox.ads()]
    assert len(records) == 6
    assert all("secondary_status" not in one for one in records)
    by_status = {"filtering": {"secondary_status": "CAMPAIGN_STATUS_ENABLE"}}
    assert sandbox.refused(business_ads.CAMPAIGN_GET, **by_status)[0] == 40009
    assert sandbox.refused(business_ads.AD_REVIEW_INFO, ad_ids=[ad["ad_id"]])[0] == 40008
    assert tiktok.control("GET", f"business/spending/{made}")["spent"] in ("0", "0.00")
    assert tiktok.world.all.business_ads[ad["ad_id"]].review.state == "pending"


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"balance": -1}, "balance"),
        ({"currency": "usd"}, "currency"),
        ({"name": None}, "name"),
    ],
)
def test_a_wrong_change_of_an_ad_account_names_the_member(
    tiktok: TikTok, body: dict[str, Any], member: str
) -> None:
    path = f"/_emulator/business/ad_accounts/{ADVERTISER_ID}"
    refused = tiktok.http.patch(path, json=body)
    assert refused.status_code == 400
    assert member in refused.text
