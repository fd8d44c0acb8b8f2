"""The checks of every call of the API before its own behaviour: order, shapes, bounds."""

from __future__ import annotations

import re
import time

import httpx2
import pytest

from stagedoor.platform.products.oauth import LOG_ID

from .conftest import TikTok

INFO = "/v2/user/info/"
KEY = "emulator-client-key"
LIST = "/v2/video/list/"


def error_of(answer: httpx2.Response) -> str:
    body = answer.json()
    assert body["data"] == {}
    assert LOG_ID.match(body["error"]["log_id"])
    assert answer.headers["x-tt-logid"] == body["error"]["log_id"]
    return str(body["error"]["code"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/user/info"),
        ("GET", LIST),
        ("POST", INFO),
        ("HEAD", INFO),
        ("OPTIONS", LIST),
        ("GET", "/v2/oauth/token/"),
        ("POST", "/v2/no/such/path/"),
        ("GET", "/something/else"),
    ],
)
def test_wrong_path_or_method_is_the_gateways_plain_404(
    tiktok: TikTok, method: str, path: str
) -> None:
    answer = tiktok.http.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    if method != "HEAD":
        assert answer.text == "Unsupported path(Janus)"


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "act.nothing"}, {"Authorization": "Bearer act.nothing"}]
)
def test_no_or_unknown_token_is_refused_before_anything_else(
    tiktok: TikTok, header: dict[str, str]
) -> None:
    answer = tiktok.http.get(INFO, headers=header)
    assert answer.status_code == 401
    assert error_of(answer) == "access_token_invalid"


def test_expired_token_is_refused_on_the_emulators_clock(tiktok: TikTok) -> None:
    bearer = tiktok.bearer()
    query = {"fields": "open_id"}
    assert tiktok.http.get(INFO, headers=bearer, params=query).status_code == 200
    tiktok.advance(86_401)
    assert error_of(tiktok.http.get(INFO, headers=bearer, params=query)) == "access_token_invalid"


def test_client_token_is_no_user_token(tiktok: TikTok) -> None:
    sent = {
        "client_key": "emulator-client-key",
        "client_secret": "emulator-client-secret",
        "grant_type": "client_credentials",
    }
    token = tiktok.http.post("/v2/oauth/token/", data=sent).json()["access_token"]
    answer = tiktok.http.get(
        INFO, params={"fields": "open_id"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert error_of(answer) == "access_token_invalid"


def test_scope_is_checked_before_fields(tiktok: TikTok) -> None:
    answer = tiktok.http.post(LIST, headers=tiktok.bearer(scopes=["user.info.basic"]))
    assert answer.status_code == 401
    assert error_of(answer) == "scope_not_authorized"


def test_rate_limit_is_checked_before_scope_and_counts_each_token_apart(tiktok: TikTok) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    bearer = tiktok.bearer(scopes=["user.info.basic"])
    codes = [error_of(tiktok.http.post(LIST, headers=bearer)) for _ in range(601)]
    assert codes[:600] == ["scope_not_authorized"] * 600
    assert codes[600] == "rate_limit_exceeded"
    assert tiktok.http.get(INFO, params={"fields": "open_id"}, headers=bearer).status_code == 200
    assert error_of(tiktok.http.post(LIST, headers=tiktok.bearer())) == "invalid_params"
    tiktok.advance(59.9)
    assert error_of(tiktok.http.post(LIST, headers=bearer)) == "rate_limit_exceeded"
    tiktok.advance(0.2)
    assert error_of(tiktok.http.post(LIST, headers=bearer)) == "scope_not_authorized"


def test_rate_limits_can_be_turned_off(tiktok: TikTok) -> None:
    tiktok.settings(rate_limits=False)
    bearer = tiktok.bearer()
    path = "/v2/post/publish/creator_info/query/"
    assert {tiktok.http.post(path, headers=bearer).status_code for _ in range(25)} == {200}


@pytest.mark.parametrize(
    ("query", "body", "named"),
    [
        ("", b"{}", "fields"),
        ("fields=", b"{}", "fields"),
        ("fields=id,fps", b"{}", "fps"),
        ("fields=id", b'{"max_count": 21}', "max_count"),
        ("fields=id", b'{"max_count": "5"}', "max_count"),
        ("fields=id", b'{"cursor": 1.5}', "cursor"),
        ("fields=id", b"[1]", ""),
        ("fields=id", b'{"max_count": 5', ""),
        ("fields=id", b"[" * 100_000, ""),
        ("fields=id", b'{"a":' * 50_000, ""),
        ("fields=id", b"{" + b" " * 1_100_000 + b"}", ""),
        ("fields=id", b'{"cursor":' + b"9" * 900_000 + b"}", ""),
    ],
)
def test_bad_request_is_refused_at_once_and_names_the_field(
    tiktok: TikTok, query: str, body: bytes, named: str
) -> None:
    started = time.monotonic()
    answer = tiktok.http.post(f"{LIST}?{query}", content=body, headers=tiktok.bearer())
    assert answer.status_code == 400
    assert error_of(answer) == "invalid_params"
    assert named in answer.json()["error"]["message"]
    assert time.monotonic() - started < 2


def test_unknown_body_fields_are_ignored_and_fields_count_in_the_query_alone(
    tiktok: TikTok,
) -> None:
    bearer = tiktok.bearer()
    extra = {"max_count": 1, "fields": "nonsense", "other": {"deep": [1]}}
    answer = tiktok.http.post(f"{LIST}?fields=id", json=extra, headers=bearer)
    assert answer.status_code == 200
    assert [set(video) for video in answer.json()["data"]["videos"]] == [{"id"}]


def test_too_many_query_pairs_are_refused(tiktok: TikTok) -> None:
    answer = tiktok.http.get(f"{INFO}?{'a=1&' * 3_000}fields=open_id", headers=tiktok.bearer())
    assert error_of(answer) == "invalid_params"


@pytest.mark.shows("oauth.revoke")
def test_a_token_ends_with_its_grant(tiktok: TikTok) -> None:
    issued = tiktok.token()
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    client = {
        "client_key": "emulator-client-key",
        "client_secret": "emulator-client-secret",
    }
    tiktok.http.post("/v2/oauth/revoke/", data=client | {"token": issued["access_token"]})
    answer = tiktok.http.get(INFO, params={"fields": "open_id"}, headers=bearer)
    assert error_of(answer) == "access_token_invalid"


def test_every_request_is_kept_without_its_secrets(tiktok: TikTok) -> None:
    issued = tiktok.token()
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    tiktok.http.get(INFO, params={"fields": "open_id"}, headers=bearer)
    tiktok.http.get("/v2/nothing/")
    tiktok.http.get("/v2/auth/authorize/", params={"client_key": "x"})
    seen = tiktok.control("GET", "requests")["requests"]
    assert [(one["operation"], one["status"]) for one in seen] == [
        ("display.user_info", 200),
        (None, 404),
        ("oauth.authorize", 200),
    ]
    assert seen[0]["client_key"] == "emulator-client-key"
    assert seen[0]["creator_id"]
    assert re.search("act\\.|rft\\.|fields", repr(seen)) is None


def test_an_app_may_have_limits_of_its_own(tiktok: TikTok) -> None:
    limits = {"display.video_list": [2, 60]}
    shown = tiktok.control("PATCH", f"apps/{KEY}", {"limits": limits})
    assert shown["limits"] == limits
    bearer = tiktok.bearer()
    codes = [
        tiktok.http.post(f"{LIST}?fields=id", headers=bearer, json={}).status_code for _ in range(3)
    ]
    assert codes == [200, 200, 429]
    wrong = tiktok.http.patch(f"/_emulator/apps/{KEY}", json={"limits": {"display.likes": [1, 1]}})
    assert wrong.status_code == 400
    tiktok.control("PATCH", f"apps/{KEY}", {"limits": {}})
    assert tiktok.http.post(f"{LIST}?fields=id", headers=bearer, json={}).status_code == 200
