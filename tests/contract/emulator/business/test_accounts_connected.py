"""Account holders of TikTok API for Business: consent, tokens, refresh; and Business Centers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from stagedoor.cli.demo.consent import answer as answer_form
from stagedoor.platform.products import business, oauth
from tests.examples.business import (
    ADVERTISER_ID,
    APP,
    APP_ID,
    BUSINESS_CENTER_ID,
    CLIENT,
)

from ..conftest import TikTok
from .test_business import callback, get

REDIRECT = "https://app.example.com/account/"
SCOPES = "user.info.basic,video.list,comment.list"


def post(tiktok: TikTok, operation: Any, body: dict[str, Any], **more: Any) -> Any:
    return tiktok.http.post(operation.path, json=body | more).json()


def consented(tiktok: TikTok) -> dict[str, str]:
    asked = {
        "client_key": APP_ID,
        "scope": SCOPES,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "state": "s",
    }
    page = f"{tiktok.url}{oauth.AUTHORIZE.path}?{urlencode(asked)}"
    return dict(parse_qsl(urlsplit(answer_form(page)).query))


def connected(tiktok: TikTok) -> dict[str, Any]:
    sent = {"auth_code": consented(tiktok)["code"], "redirect_uri": REDIRECT}
    answer = post(tiktok, business.TT_USER_TOKEN, CLIENT | sent, grant_type="authorization_code")
    assert answer["code"] == 0, answer
    data: dict[str, Any] = answer["data"]
    return data


def info(tiktok: TikTok, token: str) -> Any:
    asked = {"app_id": APP_ID, "access_token": token}
    return post(tiktok, business.TT_USER_TOKEN_INFO, asked)


def refreshed(tiktok: TikTok, token: str, grant_type: str = "refresh_token") -> Any:
    sent = CLIENT | {"refresh_token": token, "grant_type": grant_type}
    return post(tiktok, business.TT_USER_REFRESH, sent)


@pytest.mark.shows("business.tt_user_token")
def test_an_account_holder_allows_and_the_code_becomes_tokens(tiktok: TikTok) -> None:
    tokens = connected(tiktok)
    assert tokens["access_token"].startswith("act.")
    assert tokens["refresh_token"].startswith("rft.")
    assert (tokens["expires_in"], tokens["refresh_token_expires_in"]) == (86_400, 31_536_000)
    assert tokens["open_id"].startswith("-000")
    assert set(tokens["scope"].split(",")) == set(SCOPES.split(","))
    told = info(tiktok, tokens["access_token"])["data"]
    assert (told["app_id"], told["creator_id"]) == (APP_ID, tokens["open_id"])
    assert set(told["scope"].split(",")) == set(SCOPES.split(","))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"grant_type": "xyz"}, 40108),
        ({"client_secret": "no"}, 40113),
        ({"client_id": "7"}, 40113),
        ({"redirect_uri": "https://other.example.com/"}, 40002),
        ({"auth_code": "no"}, 40110),
    ],
)
def test_an_exchange_that_does_not_fit_is_refused_and_spends_nothing(
    tiktok: TikTok, changed: dict[str, str], code: int
) -> None:
    sent = CLIENT | {
        "auth_code": consented(tiktok)["code"],
        "redirect_uri": REDIRECT,
        "grant_type": "authorization_code",
    }
    assert post(tiktok, business.TT_USER_TOKEN, sent | changed)["code"] == code
    bare = {name: value for name, value in sent.items() if name != "grant_type"}
    assert post(tiktok, business.TT_USER_TOKEN, bare)["message"].startswith("grant_type: Missing")
    assert post(tiktok, business.TT_USER_TOKEN, sent)["code"] == 0
    assert post(tiktok, business.TT_USER_TOKEN, sent)["code"] == 40110


@pytest.mark.shows("business.tt_user_refresh")
def test_a_refresh_rotates_and_does_not_extend(tiktok: TikTok) -> None:
    tokens = connected(tiktok)
    tiktok.advance(86_401)
    assert info(tiktok, tokens["access_token"])["code"] == 40102
    fresh = refreshed(tiktok, tokens["refresh_token"])["data"]
    assert fresh["refresh_token"] != tokens["refresh_token"]
    assert fresh["open_id"] == tokens["open_id"]
    assert 31_536_000 - 86_500 < fresh["refresh_token_expires_in"] < 31_536_000 - 86_300
    assert info(tiktok, fresh["access_token"])["code"] == 0
    assert refreshed(tiktok, tokens["refresh_token"])["code"] == 40107
    assert refreshed(tiktok, fresh["refresh_token"], "xyz")["code"] == 40108
    assert refreshed(tiktok, tiktok.advertiser_token())["code"] == 40107
    tiktok.advance(31_536_000)
    assert refreshed(tiktok, fresh["refresh_token"])["code"] == 40103


@pytest.mark.shows("business.tt_user_revoke")
def test_a_revoked_account_is_gone(tiktok: TikTok) -> None:
    tokens = connected(tiktok)
    assert info(tiktok, tokens["access_token"])["code"] == 0
    gone = CLIENT | {"access_token": tokens["access_token"]}
    assert post(tiktok, business.TT_USER_REVOKE, gone)["data"] == {}
    assert info(tiktok, tokens["access_token"])["code"] == 40105
    assert refreshed(tiktok, tokens["refresh_token"])["code"] == 40107
    assert post(tiktok, business.TT_USER_REVOKE, gone)["code"] == 40105


@pytest.mark.shows("business.oauth2_token")
def test_a_library_of_oauth_sends_a_form(tiktok: TikTok) -> None:
    sent = CLIENT | {"code": callback(tiktok)["auth_code"], "grant_type": "authorization_code"}
    wrong = tiktok.http.post(business.OAUTH2_TOKEN.path, data=sent | {"grant_type": "password"})
    assert wrong.json()["code"] == 40108
    made = tiktok.http.post(business.OAUTH2_TOKEN.path, data=sent).json()["data"]
    assert made["token_type"] == "Bearer"
    listed = get(tiktok, business.OAUTH2_ADVERTISER_GET.path, made["access_token"], **APP)
    assert listed["data"]["list"][0]["advertiser_id"] == ADVERTISER_ID


def test_a_returning_account_holder_comes_back_without_a_code_if_that_is_switched_on(
    tiktok: TikTok,
) -> None:
    connected(tiktok)
    asked = {
        "client_key": APP_ID,
        "scope": SCOPES,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "state": "s",
    }
    creator = next(iter(tiktok.world.creators))
    tiktok.http.cookies.set("stagedoor_creator", creator)
    page = tiktok.http.get(oauth.AUTHORIZE.path, params=asked)
    assert page.status_code == 200
    tiktok.settings(returning_user_without_code=True)
    back = tiktok.http.get(oauth.AUTHORIZE.path, params=asked)
    assert back.status_code == 302
    assert dict(parse_qsl(urlsplit(back.headers["location"]).query)) == {"state": "s"}
    again = tiktok.http.get(oauth.AUTHORIZE.path, params=asked | {"disable_auto_auth": "1"})
    assert again.status_code == 200


def test_a_business_center_has_members_and_assets(tiktok: TikTok) -> None:
    token = tiktok.advertiser_token()
    [center] = get(tiktok, business.BC_GET.path, token)["data"]["list"]
    assert center["bc_info"]["bc_id"] == BUSINESS_CENTER_ID
    assert center["user_role"] == "ADMIN"
    path = business.BC_ASSET_GET.path
    asked = {"bc_id": BUSINESS_CENTER_ID}
    told = get(tiktok, path, token, asset_type="ADVERTISER", **asked)["data"]
    assert [one["asset_id"] for one in told["list"]] == [ADVERTISER_ID]
    assert told["list"][0]["advertiser_role"] == "ADMIN"
    assert told["page_info"] == {
        "page": 1,
        "page_size": 10,
        "total_number": 1,
        "total_page": 1,
    }
    beyond = get(tiktok, path, token, asset_type="ADVERTISER", page="2", **asked)
    assert (beyond["code"], beyond["data"]["list"]) == (0, [])
    [account] = get(tiktok, path, token, asset_type="TT_ACCOUNT", **asked)["data"]["list"]
    assert account["asset_name"] == "Mara Cooks"
    none = get(tiktok, path, token, asset_type="TT_ACCOUNT", filtering='{"keyword":"no"}', **asked)
    assert none["data"]["list"] == []
    tiktok.settings(rate_limits=False)
    mine = {"user_id": "7200000000000000001", "user_email": "mara@example.com"}
    for kind in ("ADVERTISER", "TT_ACCOUNT"):
        for wanted, count in (
            (mine, 1),
            (mine | {"user_email": "other@example.com"}, 0),
            ({"user_id": "1"}, 0),
        ):
            said = get(tiktok, path, token, asset_type=kind, filtering=json.dumps(wanted), **asked)
            assert len(said["data"]["list"]) == count, (kind, wanted)
    assert get(tiktok, path, token, asset_type="NOTHING", **asked)["code"] == 40002
    assert get(tiktok, path, token, asset_type="PIXEL", bc_id="1")["code"] == 40001


def test_members_of_a_business_center_are_filtered(tiktok: TikTok) -> None:
    token = tiktok.advertiser_token()
    path, asked = business.BC_MEMBER_GET.path, {"bc_id": BUSINESS_CENTER_ID}
    told = get(tiktok, path, token, **asked)["data"]
    assert told["list"] == [
        {
            "user_id": "7200000000000000001",
            "user_name": "Mara Lindqvist",
            "user_email": "mara@example.com",
            "user_role": "ADMIN",
            "relation_status": "BOUND",
            "ext_user_role": {"finance_role": "MANAGER"},
        }
    ]
    assert told["page_info"]["total_number"] == 1
    fitting = {"keyword": "LINDQVIST", "user_role": "ADMIN", "relation_status": "BOUND"}
    found = get(tiktok, path, token, filtering=json.dumps(fitting), **asked)["data"]["list"]
    assert found == told["list"]
    for other in ({"keyword": "no"}, {"user_role": "STANDARD"}, {"relation_status": "PENDING"}):
        none = get(tiktok, path, token, filtering=json.dumps(other), **asked)
        assert (none["code"], none["data"]["list"]) == (0, []), other
    unknown = get(tiktok, path, token, filtering='{"user_role":"OWNER"}', **asked)
    assert unknown["code"] == 40002
    assert get(tiktok, path, token, bc_id="1")["code"] == 40001
    narrow = tiktok.advertiser_token(permissions=["150", "153"])
    assert get(tiktok, path, narrow, **asked)["code"] == 40001
