"""Login by QR code: the app's two calls, the phone's answer, and the flow over both."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from stagedoor import AsyncTikTok, Hosts, QrLogin, errors
from stagedoor import TikTok as Client
from stagedoor.platform.products.oauth import QrStatus
from tests.support.local import KEY, SECRET

from .conftest import TikTok

START, CHECK = "/v2/oauth/get_qrcode/", "/v2/oauth/check_qrcode/"
SCOPES = ("user.info.basic", "video.list")


@pytest.fixture
def app(tiktok: TikTok) -> Iterator[Client]:
    with Client(KEY, SECRET, hosts=Hosts.at(tiktok.url)) as made:
        yield made


def start(tiktok: TikTok, **changed: Any) -> dict[str, Any]:
    body = {"client_key": KEY, "scope": ",".join(SCOPES), "state": "s9f2"} | changed
    answer = tiktok.http.post(START, data=body)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def check(tiktok: TikTok, token: str, **changed: Any) -> dict[str, Any]:
    body = {"client_key": KEY, "client_secret": SECRET, "token": token} | changed
    told: dict[str, Any] = tiktok.http.post(CHECK, data=body).json()
    return told


def phone(tiktok: TikTok, path: str, body: Any = None, creator: str = "maracooks") -> Any:
    return tiktok.control("POST", f"phone/{creator}/{path}", body)


def allow(tiktok: TikTok, login: QrLogin, scopes: list[str] | None = None) -> None:
    token = phone(tiktok, "scan", {"url": login.url})["token"]
    phone(tiktok, f"scan/{token}/approve", {"scopes": scopes})


def test_a_code_goes_from_new_to_utilised(tiktok: TikTok) -> None:
    told = start(tiktok)
    token = told["token"]
    query = parse_qs(urlsplit(told["scan_qrcode_url"]).query)
    assert told["scan_qrcode_url"].startswith("aweme://authorize?authType=100&")
    assert (query["client_ticket"], query["token"]) == (["tobefilled"], [token])
    assert check(tiktok, token) == {"client_ticket": "", "status": "new"}
    seen = told["scan_qrcode_url"].replace("tobefilled", "2ncv7awq")
    phone(tiktok, "scan", {"url": seen})
    assert check(tiktok, token) == {"client_ticket": "2ncv7awq", "status": "scanned"}
    phone(tiktok, f"scan/{token}/approve")
    confirmed = check(tiktok, token)
    assert set(confirmed) == {"client_ticket", "status", "redirect_uri", "state"}
    assert (confirmed["status"], confirmed["state"]) == ("confirmed", "s9f2")
    assert "code=" in confirmed["redirect_uri"]
    assert check(tiktok, token) == {"client_ticket": "2ncv7awq", "status": "utilised"}


def test_a_code_that_nobody_uses_expires(tiktok: TikTok) -> None:
    token = start(tiktok)["token"]
    tiktok.advance(181)
    assert check(tiktok, token) == {"client_ticket": "", "status": "expired"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_key": "nobody"}, "invalid_client"),
        ({"scope": ""}, "invalid_request"),
        ({"scope": "live.room.info"}, "invalid_scope"),
    ],
)
def test_a_wrong_start_is_refused(tiktok: TikTok, changed: dict[str, str], code: str) -> None:
    assert start(tiktok, **changed)["error"] == code


def test_a_draft_app_and_one_without_redirect_get_no_code(tiktok: TikTok) -> None:
    made = tiktok.control("POST", "apps", {"scopes": list(SCOPES)})
    assert start(tiktok, client_key=made["client_key"])["error"] == "unauthorized_client"
    tiktok.control("PATCH", f"apps/{made['client_key']}", {"state": "Live"})
    assert start(tiktok, client_key=made["client_key"])["error"] == "invalid_request"
    uris = {"web": ["https://app.example.com/cb/"]}
    tiktok.control("PATCH", f"apps/{made['client_key']}", {"redirect_uris": uris})
    assert "token" in start(tiktok, client_key=made["client_key"])


def test_a_check_needs_the_right_client_and_its_own_token(tiktok: TikTok) -> None:
    token = start(tiktok)["token"]
    assert check(tiktok, token, client_secret="wrong")["error"] == "invalid_client"
    assert check(tiktok, token, client_key="emulator-unaudited-key")["error"] == "invalid_request"
    assert check(tiktok, "MADEUP")["error"] == "invalid_request"


@pytest.mark.shows("oauth.qr_check")
def test_the_flow_connects_and_says_what_was_left_out(tiktok: TikTok, app: Client) -> None:
    login = app.oauth.qr_begin(SCOPES)
    assert app.oauth.qr_check(login).status is QrStatus.NEW
    allow(tiktok, login, ["user.info.basic"])
    connection = app.oauth.qr_wait(login)
    assert connection.granted == ("user.info.basic",)
    assert connection.missing == ("video.list",)
    assert app.user.info(fields=("display_name",)).user.display_name == "Mara Cooks"


def test_the_flow_waits_for_the_phone(tiktok: TikTok, app: Client) -> None:
    login = app.oauth.qr_begin(SCOPES)
    hand = threading.Timer(0.1, allow, (tiktok, login))
    hand.start()
    assert app.oauth.qr_wait(login, every=0.02).granted == SCOPES
    hand.join()


def test_the_async_client_logs_in_too(tiktok: TikTok) -> None:
    async def connected() -> tuple[str, ...]:
        async with AsyncTikTok(KEY, SECRET, hosts=Hosts.at(tiktok.url)) as app:
            login = await app.oauth.qr_begin(SCOPES)
            await anyio.to_thread.run_sync(allow, tiktok, login)
            return (await app.oauth.qr_wait(login)).granted

    assert anyio.run(connected) == SCOPES


def test_where_the_code_stands_does_not_matter(tiktok: TikTok, app: Client) -> None:
    tiktok.settings(qr_tells_code=True)
    login = app.oauth.qr_begin(SCOPES)
    allow(tiktok, login)
    assert app.oauth.qr_wait(login).granted == SCOPES


def test_a_swapped_code_is_noticed(tiktok: TikTok, app: Client) -> None:
    login = app.oauth.qr_begin(SCOPES, ticket="mine")
    assert "client_ticket=mine" in login.url
    phone(tiktok, "scan", {"url": login.url.replace("=mine", "=theirs")})
    with pytest.raises(errors.LoginError, match="another code"):
        app.oauth.qr_wait(login)


@pytest.mark.parametrize("ticket", ["", "x" * 512, "é" * 86])
def test_a_ticket_that_tiktok_would_not_carry_is_refused(app: Client, ticket: str) -> None:
    with pytest.raises(errors.InvalidRequest, match="ticket"):
        app.oauth.qr_begin(SCOPES, ticket=ticket)


@pytest.mark.parametrize("said", ["expired", "scanned"])
def test_a_no_ends_in_an_expired_code(tiktok: TikTok, app: Client, said: str) -> None:
    tiktok.settings(qr_denied_as=said)
    login = app.oauth.qr_begin(SCOPES)
    phone(tiktok, "scan", {"url": login.url})
    phone(tiktok, f"scan/{login.token}/deny")
    assert check(tiktok, login.token)["status"] == said
    with pytest.raises(errors.QrExpired):
        app.oauth.qr_wait(login, timeout=0.1, every=0.05)


def test_a_spent_code_can_be_neither_scanned_nor_approved_again(
    tiktok: TikTok, app: Client
) -> None:
    login = app.oauth.qr_begin(SCOPES)
    early = tiktok.http.post(f"/_emulator/phone/maracooks/scan/{login.token}/approve")
    assert early.status_code == 409
    allow(tiktok, login)
    app.oauth.qr_wait(login)
    for path, body in ((f"scan/{login.token}/approve", None), ("scan", {"url": login.url})):
        again = tiktok.http.post(f"/_emulator/phone/maracooks/{path}", json=body)
        assert again.status_code == 409, path
    with pytest.raises(errors.LoginError, match="handed out before"):
        app.oauth.qr_wait(login)


def test_a_sandbox_lets_only_its_target_users_approve(tiktok: TikTok) -> None:
    with Client("emulator-sandbox-key", SECRET, hosts=Hosts.at(tiktok.url)) as app:
        login = app.oauth.qr_begin(SCOPES)
        phone(tiktok, "scan", {"url": login.url})
        path = f"/_emulator/phone/ridewithrio/scan/{login.token}/approve"
        assert tiktok.http.post(path).status_code == 409
        phone(tiktok, f"scan/{login.token}/approve")
        assert app.oauth.qr_wait(login).granted == SCOPES


@pytest.mark.parametrize("url", ["https://example.com/", "aweme://authorize?x=1", "aweme://[", "x"])
def test_what_is_no_login_code_is_not_scanned(tiktok: TikTok, url: str) -> None:
    assert tiktok.http.post("/_emulator/phone/maracooks/scan", json={"url": url}).status_code == 400


def test_the_code_is_a_picture_and_the_pages_finish_the_login(tiktok: TikTok, app: Client) -> None:
    from .test_oauth import Form

    login = app.oauth.qr_begin(SCOPES)
    page = tiktok.http.get(f"/_emulator/qr/{login.token}?client_ticket={login.ticket}").text
    drawn = page.split('src="')[1].split('"')[0].replace("&amp;", "&")
    picture = tiktok.http.get(drawn)
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg")
    scanned = Form(page)
    asked = Form(tiktok.http.post(scanned.action, data=scanned.fields).text)
    done = tiktok.http.post(asked.action, data=asked.fields | {"creator": "ridewithrio"})
    assert "You are connected" in done.text
    app.oauth.qr_wait(login)
    assert app.user.info(fields=("display_name",)).user.display_name == "Ride with Rio"
    again = asked.fields | {"creator": "ridewithrio"}
    assert tiktok.http.post(asked.action, data=again).status_code == 409


def test_a_ticket_reaches_no_page_as_markup(tiktok: TikTok) -> None:
    token = start(tiktok)["token"]
    evil = '"><script>alert(1)</script>'
    for path in ("", "/picture.svg"):
        answer = tiktok.http.get(f"/_emulator/qr/{token}{path}", params={"client_ticket": evil})
        assert answer.status_code == 200
        assert "<script" not in answer.text
