"""Login Kit: the consent page, three grants, revoke."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from .conftest import TikTok

KEY, SECRET = "emulator-client-key", "emulator-client-secret"
CALLBACK = "http://127.0.0.1:9999/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
HEX = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"
BASE64URL = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
AUTHORIZE = "/v2/auth/authorize/"
TOKEN = "/v2/oauth/token/"


class Form(HTMLParser):
    """The form that a browser would send if the person only pressed the first button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = found["action"]
            assert found["method"] == "post"
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and self._select and "selected" in found:
            self.fields[self._select] = found["value"]
        elif tag == "input" and "name" in found:
            if found["type"] == "hidden" or "checked" in found:
                self.fields[found["name"]] = found["value"]
        elif tag == "button" and "name" in found:
            self.fields.setdefault(found["name"], found["value"])


def asked(**changed: str | None) -> dict[str, str]:
    query: dict[str, str | None] = {
        "client_key": KEY,
        "response_type": "code",
        "scope": "user.info.basic,video.list",
        "redirect_uri": CALLBACK,
        "state": "s9f2",
    }
    return {name: value for name, value in (query | changed).items() if value is not None}


def form_of(tiktok: TikTok, **changed: str | None) -> Form:
    page = tiktok.http.get(AUTHORIZE, params=asked(**changed))
    assert page.status_code == 200, page.text
    return Form(page.text)


def redirected(answer: httpx2.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["location"]).query, strict_parsing=True)
    return {name: values[0] for name, values in query.items()}


def consent(tiktok: TikTok, press: dict[str, str] | None = None, **changed: Any) -> dict[str, str]:
    form = form_of(tiktok, **changed)
    return redirected(tiktok.http.post(form.action, data=form.fields | (press or {})))


def redeem(tiktok: TikTok, code: str, **changed: str | None) -> dict[str, Any]:
    sent: dict[str, str | None] = {
        "client_key": KEY,
        "client_secret": SECRET,
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
    }
    body = {name: value for name, value in (sent | changed).items() if value is not None}
    answer = tiktok.http.post(TOKEN, data=body)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def renew(tiktok: TikTok, token: str, **changed: str) -> dict[str, Any]:
    body = {
        "client_key": KEY,
        "client_secret": SECRET,
        "grant_type": "refresh_token",
        "refresh_token": token,
    }
    told: dict[str, Any] = tiktok.http.post(TOKEN, data=body | changed).json()
    return told


def said(told: dict[str, Any]) -> tuple[str, str]:
    assert "access_token" not in told
    assert told["log_id"]
    return told["error"], told["error_description"]


def portal_app(tiktok: TikTok, **changed: Any) -> dict[str, Any]:
    body = {"state": "Live", "scopes": ["user.info.basic", "video.list"]} | changed
    app: dict[str, Any] = tiktok.control("POST", "apps", body)
    return app


@pytest.mark.shows("oauth.token_code")
def test_defaults_of_the_form_approve_everything_as_the_first_creator(tiktok: TikTok) -> None:
    back = consent(tiktok)
    assert back["state"] == "s9f2"
    assert back["scopes"] == "user.info.basic,video.list"
    tokens = redeem(tiktok, back["code"])
    assert tokens["access_token"].startswith("act.")
    assert tokens["refresh_token"].startswith("rft.")
    assert tokens["scope"] == "user.info.basic,video.list"
    assert (tokens["expires_in"], tokens["refresh_expires_in"]) == (86_400, 31_536_000)
    assert tokens["token_type"] == "Bearer"
    user = tiktok.http.get(
        "/v2/user/info/",
        params={"fields": "open_id,display_name"},
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    ).json()["data"]["user"]
    assert user == {"open_id": tokens["open_id"], "display_name": "Mara Cooks"}


def test_the_code_needs_escaping_and_is_escaped(tiktok: TikTok) -> None:
    form = form_of(tiktok)
    location = tiktok.http.post(form.action, data=form.fields).headers["location"]
    assert "%2A" in location
    assert "%21" in location
    assert location.startswith(CALLBACK + "?code=")


def test_page_answers_without_the_trailing_slash(tiktok: TikTok) -> None:
    assert tiktok.http.get(AUTHORIZE.rstrip("/"), params=asked()).status_code == 200


def test_unticked_scope_is_not_granted_and_the_basic_one_always_is(tiktok: TikTok) -> None:
    form = form_of(tiktok)
    del form.fields["grant.video.list"]
    back = redirected(tiktok.http.post(form.action, data=form.fields))
    assert back["scopes"] == "user.info.basic"
    assert redeem(tiktok, back["code"])["scope"] == "user.info.basic"


def test_another_creator_can_be_chosen(tiktok: TikTok) -> None:
    tokens = redeem(tiktok, consent(tiktok, {"creator": "ridewithrio"})["code"])
    mine = redeem(tiktok, consent(tiktok, {"creator": "maracooks"})["code"])
    assert tokens["open_id"] != mine["open_id"]


def test_deny_goes_back_with_access_denied(tiktok: TikTok) -> None:
    assert consent(tiktok, {"decision": "deny"}) == {
        "error": "access_denied",
        "error_description": "User denied",
        "state": "s9f2",
    }


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"client_key": "unknown"}, "client_key"),
        ({"client_key": None}, "client_key"),
        ({"redirect_uri": "http://app.example.com/cb"}, "redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"redirect_uri": "https://app.example.com/cb#x"}, "redirect_uri"),
        ({"scope": "user.info.basic video.list"}, "scope"),
        ({"scope": "no.such.scope"}, "scope"),
        ({"scope": ""}, "scope"),
        ({"code_challenge": "short"}, "code_challenge"),
        ({"code_challenge": HEX, "code_challenge_method": "plain"}, "code_challenge_method"),
        ({"disable_auto_auth": "maybe"}, "disable_auto_auth"),
    ],
)
def test_bad_request_is_a_page_naming_the_parameter_and_redirects_nowhere(
    tiktok: TikTok, changed: dict[str, str | None], named: str
) -> None:
    page = tiktok.http.get(AUTHORIZE, params=asked(**changed))
    assert page.status_code == 200
    assert "Something went wrong" in page.text
    assert f"<code>{named}</code>" in page.text
    assert "<form" not in page.text
    posted = tiktok.http.post(AUTHORIZE, data=asked(**changed) | {"decision": "allow"})
    assert (posted.status_code, "Something went wrong" in posted.text) == (200, True)


def test_several_bad_parameters_are_all_named(tiktok: TikTok) -> None:
    page = tiktok.http.get(AUTHORIZE, params=asked(redirect_uri="x", scope="nope")).text
    assert "<code>redirect_uri</code>" in page
    assert "<code>scope</code>" in page


def test_other_response_type_goes_back_with_an_error(tiktok: TikTok) -> None:
    answer = tiktok.http.get(AUTHORIZE, params=asked(response_type="token"))
    assert redirected(answer)["error"] == "unsupported_response_type"


def test_nothing_from_the_address_reaches_the_page_as_markup(tiktok: TikTok) -> None:
    evil = '"><script>alert(1)</script>'
    for query in (asked(state=evil), asked(client_key=evil), asked(scope=evil)):
        page = tiktok.http.get(AUTHORIZE, params=query).text
        assert "<script" not in page
    assert Form(tiktok.http.get(AUTHORIZE, params=asked(state=evil)).text).fields["state"] == evil


def test_draft_app_is_an_unauthorized_client(tiktok: TikTok) -> None:
    app = portal_app(tiktok, state="Draft", redirect_uris={"web": ["https://a.example.com/cb"]})
    page = tiktok.http.get(
        AUTHORIZE,
        params=asked(client_key=app["client_key"], redirect_uri="https://a.example.com/cb"),
    ).text
    assert "unauthorized_client" in page
    assert "<code>client_key</code>" in page


def test_sandbox_lets_only_its_target_users_in(tiktok: TikTok) -> None:
    key = "emulator-sandbox-key"
    assert "code" in consent(tiktok, client_key=key)
    back = consent(tiktok, {"creator": "ridewithrio"}, client_key=key)
    assert (back["error"], back["error_type"]) == ("access_denied", "non_sandbox_target")


def test_registered_redirect_must_be_used_to_the_letter(tiktok: TikTok) -> None:
    app = portal_app(tiktok, redirect_uris={"web": ["https://a.example.com/cb"]})
    key = app["client_key"]
    good = asked(client_key=key, redirect_uri="https://a.example.com/cb")
    assert "<form" in tiktok.http.get(AUTHORIZE, params=good).text
    for other in ("https://a.example.com/cb/", "https://a.example.com/cb?x=1", CALLBACK):
        page = tiktok.http.get(AUTHORIZE, params=good | {"redirect_uri": other}).text
        assert "<code>redirect_uri</code>" in page


def desktop_app(tiktok: TikTok) -> dict[str, Any]:
    return portal_app(tiktok, redirect_uris={"desktop": ["http://127.0.0.1:*/callback"]})


def test_desktop_takes_any_port_and_needs_a_challenge(tiktok: TikTok) -> None:
    key = desktop_app(tiktok)["client_key"]
    without = tiktok.http.get(AUTHORIZE, params=asked(client_key=key)).text
    assert "<code>code_challenge</code>" in without
    wrong_port = asked(
        client_key=key, code_challenge=HEX, redirect_uri="http://127.0.0.1:x/callback"
    )
    assert "<code>redirect_uri</code>" in tiktok.http.get(AUTHORIZE, params=wrong_port).text
    assert "code" in consent(tiktok, client_key=key, code_challenge=HEX)


def test_desktop_verifies_hex_alone_and_fails_at_the_exchange(tiktok: TikTok) -> None:
    app = desktop_app(tiktok)
    mine = {"client_key": app["client_key"], "client_secret": app["client_secret"]}
    key = app["client_key"]
    code = consent(tiktok, client_key=key, code_challenge=BASE64URL)["code"]
    told = redeem(tiktok, code, code_verifier=VERIFIER, **mine)
    assert said(told) == ("invalid_request", "Code verifier or code challenge is invalid.")
    code = consent(tiktok, client_key=key, code_challenge=HEX)["code"]
    assert "access_token" in redeem(tiktok, code, code_verifier=VERIFIER, **mine)


@pytest.mark.parametrize("challenge", [HEX, BASE64URL])
def test_web_verifies_both_encodings(tiktok: TikTok, challenge: str) -> None:
    code = consent(tiktok, code_challenge=challenge, code_challenge_method="S256")["code"]
    wrong = ("invalid_request", "Code verifier or code challenge is invalid.")
    assert said(redeem(tiktok, code)) == wrong
    assert said(redeem(tiktok, code, code_verifier="x" * 43)) == wrong
    assert "access_token" in redeem(tiktok, code, code_verifier=VERIFIER)


def test_verifier_without_challenge_is_ignored(tiktok: TikTok) -> None:
    assert "access_token" in redeem(tiktok, consent(tiktok)["code"], code_verifier=VERIFIER)


def test_code_works_once_and_for_ten_minutes(tiktok: TikTok) -> None:
    expired = ("invalid_grant", "Authorization code is expired.")
    code = consent(tiktok)["code"]
    assert "access_token" in redeem(tiktok, code)
    assert said(redeem(tiktok, code)) == expired
    late = consent(tiktok)["code"]
    tiktok.advance(601)
    assert said(redeem(tiktok, late)) == expired


def test_exchange_checks_code_then_client_then_redirect(tiktok: TikTok) -> None:
    wrong = {"client_secret": "wrong", "redirect_uri": "https://else.example.com/"}
    code = consent(tiktok)["code"]
    assert said(redeem(tiktok, "made-up", **wrong)) == (
        "invalid_grant",
        "Authorization code is expired.",
    )
    assert said(redeem(tiktok, code, **wrong)) == (
        "invalid_client",
        "Client key or secret is incorrect.",
    )
    assert said(redeem(tiktok, code, redirect_uri="https://else.example.com/")) == (
        "invalid_request",
        "Redirect_uri is not matched with the uri when requesting code.",
    )
    assert "access_token" in redeem(tiktok, code)


def test_another_apps_code_is_refused(tiktok: TikTok) -> None:
    code = consent(tiktok)["code"]
    told = redeem(tiktok, code, client_key="emulator-unaudited-key")
    assert said(told)[0] == "invalid_grant"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"client_secret": None}, ("invalid_request", "Client secret is missed in request.")),
        ({"client_key": None}, ("invalid_request", "The request parameters are malformed.")),
        ({"redirect_uri": None}, ("invalid_request", "The request parameters are malformed.")),
        ({"grant_type": None}, ("invalid_request", "The request parameters are malformed.")),
        ({"grant_type": "password"}, ("unsupported_grant_type", "Grant type is not supported.")),
    ],
)
def test_incomplete_exchange_says_what_tiktok_says(
    tiktok: TikTok, changed: dict[str, str | None], expected: tuple[str, str]
) -> None:
    assert said(redeem(tiktok, "code", **changed)) == expected


def test_json_body_is_not_accepted(tiktok: TikTok) -> None:
    answer = tiktok.http.post(TOKEN, json={"grant_type": "refresh_token"})
    assert (answer.status_code, answer.json()["error"]) == (200, "invalid_request")


def test_refresh_checks_the_client_first(tiktok: TikTok) -> None:
    assert said(renew(tiktok, "made-up", client_secret="wrong"))[0] == "invalid_client"
    assert said(renew(tiktok, "made-up")) == (
        "invalid_grant",
        "Refresh token is invalid or expired.",
    )
    token = tiktok.token()["refresh_token"]
    assert said(renew(tiktok, token, client_key="emulator-unaudited-key"))[0] == "invalid_grant"


@pytest.mark.shows("oauth.token_refresh")
def test_refresh_rotates_and_the_old_access_token_lives_on(tiktok: TikTok) -> None:
    first = tiktok.token()
    second = renew(tiktok, first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert second["open_id"] == first["open_id"]
    assert second["scope"] == first["scope"]
    assert said(renew(tiktok, first["refresh_token"]))[0] == "invalid_grant"
    assert "access_token" in renew(tiktok, second["refresh_token"])
    for token in (first["access_token"], second["access_token"]):
        answer = tiktok.http.get(
            "/v2/user/info/?fields=open_id", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200


def test_old_refresh_token_lives_through_its_grace(tiktok: TikTok) -> None:
    tiktok.settings(refresh_grace_seconds=30)
    old = tiktok.token()["refresh_token"]
    assert "access_token" in renew(tiktok, old)
    assert "access_token" in renew(tiktok, old)
    tiktok.advance(31)
    assert said(renew(tiktok, old))[0] == "invalid_grant"


def test_refresh_without_rotation_counts_down(tiktok: TikTok) -> None:
    tiktok.settings(refresh_rotates=False)
    first = tiktok.token()
    tiktok.advance(86_400)
    again = renew(tiktok, first["refresh_token"])
    assert again["refresh_token"] == first["refresh_token"]
    assert again["refresh_expires_in"] == pytest.approx(31_536_000 - 86_400, abs=5)
    tiktok.advance(31_536_000)
    assert said(renew(tiktok, first["refresh_token"]))[0] == "invalid_grant"


def test_new_consent_continues_the_grant_with_the_new_scopes(tiktok: TikTok) -> None:
    first = redeem(tiktok, consent(tiktok)["code"])
    second = redeem(tiktok, consent(tiktok, scope="user.info.basic")["code"])
    assert second["open_id"] == first["open_id"]
    assert second["scope"] == "user.info.basic"
    assert len(tiktok.world.all.grants) == 1


def test_open_id_is_per_app_and_union_id_per_developer(tiktok: TikTok) -> None:
    ids = []
    for key in (KEY, "emulator-unaudited-key"):
        answer = tiktok.http.get(
            "/v2/user/info/?fields=open_id,union_id", headers=tiktok.bearer(client_key=key)
        )
        ids.append(answer.json()["data"]["user"])
    assert ids[0]["open_id"] != ids[1]["open_id"]
    assert ids[0]["union_id"] == ids[1]["union_id"]


def test_client_credentials_give_the_apps_own_token(tiktok: TikTok) -> None:
    body = {"client_key": KEY, "client_secret": SECRET, "grant_type": "client_credentials"}
    told = tiktok.http.post(TOKEN, data=body).json()
    assert told["access_token"].startswith("clt.")
    assert (told["expires_in"], told["token_type"]) == (7_200, "Bearer")
    assert set(told) == {"access_token", "expires_in", "token_type"}


def revoke(tiktok: TikTok, token: str, **changed: str) -> dict[str, Any]:
    body = {"client_key": KEY, "client_secret": SECRET, "token": token}
    answer = tiktok.http.post("/v2/oauth/revoke/", data=body | changed)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def test_revoke_ends_every_token_of_the_grant(tiktok: TikTok) -> None:
    issued = tiktok.token()
    assert revoke(tiktok, issued["access_token"]) == {}
    assert said(renew(tiktok, issued["refresh_token"]))[0] == "invalid_grant"
    assert said(revoke(tiktok, issued["access_token"]))[0] == "invalid_grant"
    assert tiktok.token()["open_id"] == issued["open_id"]


def test_revoke_refuses_refresh_tokens_strangers_and_expired_tokens(tiktok: TikTok) -> None:
    issued = tiktok.token()
    assert said(revoke(tiktok, issued["refresh_token"]))[0] == "invalid_grant"
    stranger = {"client_key": "emulator-unaudited-key"}
    assert said(revoke(tiktok, issued["access_token"], **stranger))[0] == "invalid_grant"
    assert said(revoke(tiktok, "made-up", client_secret="wrong"))[0] == "invalid_client"
    tiktok.advance(86_401)
    assert said(revoke(tiktok, issued["access_token"]))[0] == "invalid_grant"
    assert "access_token" in renew(tiktok, issued["refresh_token"])


def test_consent_is_skipped_when_asked_for_and_everything_is_granted(tiktok: TikTok) -> None:
    redeem(tiktok, consent(tiktok)["code"])
    skipped = tiktok.http.get(AUTHORIZE, params=asked(disable_auto_auth="0"))
    assert redirected(skipped)["scopes"] == "user.info.basic,video.list"
    for query in (
        asked(disable_auto_auth="1"),
        asked(),
        asked(disable_auto_auth="0", scope="user.info.basic,video.publish"),
    ):
        assert "<form" in tiktok.http.get(AUTHORIZE, params=query).text
    with httpx2.Client(base_url=tiktok.url) as stranger:
        assert "<form" in stranger.get(AUTHORIZE, params=asked(disable_auto_auth="0")).text


def test_login_kit_v1_says_that_it_ended(tiktok: TikTok) -> None:
    told = tiktok.http.post("/oauth/access_token/", data={"code": "x"}).json()
    assert told["message"] == "error"
    assert "ended" in told["data"]["description"]


@pytest.mark.parametrize(
    ("path", "replaced_by"),
    [
        ("/auth/authorize/", "/v2/auth/authorize/"),
        ("/oauth/refresh_token/", "/v2/oauth/token/"),
        ("/oauth/revoke/", "/v2/oauth/revoke/"),
        ("/v0/oauth/get_qrcode", "/v2/oauth/get_qrcode/"),
        ("/v0/oauth/check_qrcode", "/v2/oauth/check_qrcode/"),
    ],
)
def test_a_retired_path_names_what_replaced_it(tiktok: TikTok, path: str, replaced_by: str) -> None:
    assert replaced_by in tiktok.http.get(path).json()["data"]["description"]


def mobile_app(tiktok: TikTok, platform: str) -> dict[str, Any]:
    return portal_app(tiktok, redirect_uris={platform: ["https://app.example.com/open/"]})


@pytest.mark.parametrize("platform", ["ios", "android"])
def test_a_backend_redeems_the_code_that_a_mobile_app_got(tiktok: TikTok, platform: str) -> None:
    app = mobile_app(tiktok, platform)
    mine = {"client_key": app["client_key"], "client_secret": app["client_secret"]}
    back: dict[str, Any] = {"redirect_uri": "https://app.example.com/open/"}
    sdk: dict[str, Any] = {
        "sdk_name": "tiktok_sdk_auth",
        "device_platform": platform,
        "request_id": "r-1",
    }
    for challenge, works in ((HEX, True), (BASE64URL, False)):
        # The SDKs send no code_challenge_method; Android's without the slash at the end.
        came = consent(
            tiktok, None, client_key=app["client_key"], code_challenge=challenge, **back, **sdk
        )
        assert came["request_id"] == "r-1"
        told = redeem(tiktok, came["code"], code_verifier=VERIFIER, **mine, **back)
        assert ("access_token" in told) is works
    without = tiktok.http.get(AUTHORIZE, params=asked(client_key=app["client_key"], **back)).text
    assert "<code>code_challenge</code>" in without


@pytest.mark.parametrize(
    ("platform", "names"), [("ios", {"errCode", "error_code"}), ("android", {"errCode"})]
)
def test_a_mobile_app_hears_a_no_with_a_number(
    tiktok: TikTok, platform: str, names: set[str]
) -> None:
    key = mobile_app(tiktok, platform)["client_key"]
    back = consent(
        tiktok,
        {"decision": "deny"},
        client_key=key,
        code_challenge=HEX,
        redirect_uri="https://app.example.com/open/",
    )
    assert back["error"] == "access_denied"
    assert {name for name in back if name in ("errCode", "error_code")} == names
    assert {back[name] for name in names} == {"-2"}


def test_the_mobile_sdks_address_leads_to_the_same_page(tiktok: TikTok) -> None:
    assert "<form" in tiktok.http.get("/opensdk/oauth/", params=asked()).text


@pytest.mark.parametrize("state", ["In review", "Not approved"])
def test_only_a_live_app_may_ask_for_consent(tiktok: TikTok, state: str) -> None:
    app = portal_app(tiktok, state=state, redirect_uris={"web": ["https://a.example.com/cb"]})
    query = asked(client_key=app["client_key"], redirect_uri="https://a.example.com/cb")
    assert "unauthorized_client" in tiktok.http.get(AUTHORIZE, params=query).text
    grant = {"grant_type": "client_credentials", "client_key": app["client_key"]}
    told = tiktok.http.post(TOKEN, data=grant | {"client_secret": app["client_secret"]}).json()
    assert told["access_token"].startswith("clt."), "works for apps still in review"


def test_tokens_live_as_long_as_the_settings_say(tiktok: TikTok) -> None:
    tiktok.settings(access_token_seconds=7_200, refresh_token_seconds=15_552_000)
    told = redeem(tiktok, consent(tiktok)["code"])
    assert (told["expires_in"], told["refresh_expires_in"]) == (7_200, 15_552_000)
    info = ("/v2/user/info/?fields=open_id", {"Authorization": f"Bearer {told['access_token']}"})
    assert tiktok.http.get(info[0], headers=info[1]).status_code == 200
    tiktok.advance(7_201)
    assert tiktok.http.get(info[0], headers=info[1]).status_code == 401
    assert "access_token" in renew(tiktok, told["refresh_token"])


def test_a_rotated_refresh_token_may_die_when_the_first_would_have(tiktok: TikTok) -> None:
    tiktok.settings(refresh_expiry_restarts=False, refresh_token_seconds=100_000)
    first = tiktok.token()
    tiktok.advance(60_000)
    second = renew(tiktok, first["refresh_token"])
    assert second["refresh_expires_in"] == pytest.approx(40_000, abs=5)
