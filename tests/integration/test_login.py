"""From consent to tokens and back, over real HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import anyio
import httpx2
import pytest

from stagedoor import FileTokens, Login, MemoryTokens, TikTok, Tokens
from stagedoor.cli.demo.consent import allow
from stagedoor.cli.loopback import Loopback
from stagedoor.client.errors import (
    AccessDenied,
    ClientRejected,
    ConfigurationError,
    GrantInvalid,
    LoginError,
    ReconnectRequired,
    TokenInvalid,
)
from stagedoor.platform.scopes import USER_SCOPES
from tests.support.local import KEY, SECRET, Local


@pytest.fixture
def app(local: Local) -> Iterator[TikTok]:
    with TikTok(KEY, SECRET, hosts=local.hosts) as tiktok:
        yield tiktok


def consent(app: TikTok) -> tuple[Login, str]:
    """A login that the first creator allowed, and the URL that the browser came back with."""
    with Loopback() as loopback:
        login = app.begin_login(loopback.redirect_uri, USER_SCOPES)
        allow(login.url)
        callback = loopback.wait(10)
    assert callback is not None
    return login, callback


def changed(url: str, **query: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | query)))


def test_a_creator_allows_and_the_code_becomes_tokens(app: TikTok) -> None:
    login, callback = consent(app)
    connection = app.oauth.finish_login(login, callback)
    assert set(connection.granted) == set(USER_SCOPES)
    assert connection.missing == ()
    assert app.user.info(fields=("username",)).user.username == "maracooks"


def test_a_code_works_once(app: TikTok) -> None:
    login, callback = consent(app)
    app.oauth.finish_login(login, callback)
    with pytest.raises(GrantInvalid, match="connect again"):
        app.oauth.finish_login(login, callback)


def test_a_forged_state_is_refused_without_asking_tiktok(local: Local, app: TikTok) -> None:
    login, callback = consent(app)
    with pytest.raises(LoginError, match="state doesn't belong"):
        app.oauth.finish_login(login, changed(callback, state="forged"))
    assert local.calls("oauth.token_code") == []


def test_the_state_of_another_login_is_refused(app: TikTok) -> None:
    _, callback = consent(app)
    other = app.begin_login(callback.split("?")[0], USER_SCOPES)
    with pytest.raises(LoginError, match="state doesn't belong"):
        app.oauth.finish_login(other, callback)


def test_a_forged_code_is_refused(app: TikTok) -> None:
    login, callback = consent(app)
    with pytest.raises(GrantInvalid):
        app.oauth.finish_login(login, changed(callback, code="forged*v!1234.u1"))


def test_the_code_of_another_redirect_or_verifier_is_refused(app: TikTok) -> None:
    from dataclasses import replace

    from stagedoor.client.errors import BadRequest

    login, callback = consent(app)
    elsewhere = "http://127.0.0.1:1/callback/"
    moved = elsewhere + "?" + urlsplit(callback).query
    with pytest.raises(BadRequest, match="Redirect_uri is not matched"):
        app.oauth.finish_login(replace(login, redirect_uri=elsewhere), moved)
    login, callback = consent(app)
    with pytest.raises(BadRequest, match="Code verifier"):
        app.oauth.finish_login(replace(login, code_verifier="x" * 64), callback)


def test_an_old_code_is_refused(local: Local, app: TikTok) -> None:
    login, callback = consent(app)
    local.advance(700)
    with pytest.raises(GrantInvalid):
        app.oauth.finish_login(login, callback)


def test_a_creator_who_says_no_is_told_as_such(local: Local, app: TikTok) -> None:
    login = app.begin_login("http://127.0.0.1:1/callback/", USER_SCOPES)
    callback = f"{login.redirect_uri}?" + urlencode(
        {"error": "access_denied", "error_description": "User denied", "state": login.state}
    )
    with pytest.raises(AccessDenied, match="said no"):
        app.oauth.finish_login(login, callback)


def test_a_wrong_secret_is_told(local: Local) -> None:
    with (
        TikTok(KEY, "wrong", hosts=local.hosts) as tiktok,
        pytest.raises(ClientRejected, match="same environment"),
    ):
        tiktok.oauth.client_token()


def test_an_expired_access_token_is_refreshed_once_and_the_call_goes_on(local: Local) -> None:
    store = MemoryTokens(local.tokens())
    local.advance(86_500)
    with local.client(tokens=None) as unused, unused.for_account(store) as tiktok:
        before = store.load()
        assert tiktok.user.info().user.open_id
        after = store.load()
    assert before
    assert after
    assert before.access_token != after.access_token
    assert len(local.calls("oauth.token_refresh")) == 1
    assert after.refresh_token != before.refresh_token


def test_a_token_known_to_be_over_is_refreshed_before_it_is_used(local: Local) -> None:
    tokens = local.tokens()
    store = MemoryTokens(tokens.model_copy(update={"expires_at": 1.0}))
    with local.client() as any_client:
        any_client.for_account(store).user.info()
    assert [call["status"] for call in local.calls("display.user_info")] == [200]


@pytest.mark.parametrize("how", ["by the app", "by the creator"])
def test_removed_access_asks_to_connect_again(local: Local, how: str) -> None:
    tokens = local.tokens()
    with local.client(tokens=tokens) as tiktok:
        if how == "by the app":
            tiktok.oauth.disconnect()
        else:
            local.phone("POST", "disconnect", {"client_key": KEY, "reason": 1})
        with pytest.raises(ReconnectRequired, match="connect again"):
            tiktok.user.info()


def test_an_expired_refresh_token_asks_to_connect_again(local: Local) -> None:
    tokens = local.tokens()
    local.advance(366 * 86_400)
    with local.client(tokens=tokens) as tiktok, pytest.raises(ReconnectRequired):
        tiktok.user.info()


def test_a_bare_access_token_that_is_over_is_told_as_such(local: Local) -> None:
    token = local.tokens().access_token
    local.advance(86_500)
    with (
        TikTok(access_token=token, hosts=local.hosts) as tiktok,
        pytest.raises(TokenInvalid, match="Refresh the access token"),
    ):
        tiktok.user.info()


def test_no_account_is_said_so(local: Local, app: TikTok) -> None:
    with pytest.raises(ConfigurationError, match="no account is connected"):
        app.user.info()


def test_fifty_threads_with_an_expired_token_refresh_it_once(local: Local) -> None:
    tokens = local.tokens()
    local.advance(86_500)
    with local.client(tokens=tokens) as tiktok, ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: tiktok.user.info().user.open_id, range(50)))
    assert len(set(answers)) == 1
    assert len(local.calls("oauth.token_refresh")) == 1


def test_fifty_tasks_with_an_expired_token_refresh_it_once(local: Local) -> None:
    tokens = local.tokens()
    local.advance(86_500)

    async def run() -> None:
        async with local.async_client(tokens) as tiktok, anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(tiktok.user.info)

    anyio.run(run)
    assert len(local.calls("oauth.token_refresh")) == 1


def test_clients_that_share_a_token_file_refresh_it_once(local: Local, tmp_path: Path) -> None:
    FileTokens(tmp_path / "tokens.json").save(local.tokens())
    local.advance(86_500)
    gate = threading.Barrier(8)

    def ask(_: int) -> str | None:
        with local.client(tokens=local.tokens()) as tiktok:
            account = tiktok.for_account(FileTokens(tmp_path / "tokens.json"))
            gate.wait()
            return account.user.info().user.open_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(local.calls("oauth.token_refresh")) == 1


def test_the_app_s_own_token_is_given_for_key_and_secret(app: TikTok) -> None:
    token = app.oauth.client_token()
    assert token.access_token.startswith("clt.")
    assert token.access_token not in repr(token)


def test_a_custom_transport_is_used(local: Local) -> None:
    seen: list[str] = []

    class Watching(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            seen.append(request.url.path)
            return super().handle_request(request)

    with TikTok(
        tokens=Tokens(access_token=local.tokens().access_token),
        hosts=local.hosts,
        transport=Watching(),
    ) as tiktok:
        tiktok.user.info()
    assert seen == ["/v2/user/info/"]


def test_clients_of_one_store_in_one_process_refresh_it_once(local: Local) -> None:
    store = MemoryTokens(local.tokens())
    local.advance(86_500)
    with local.client() as app, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: app.for_account(store).user.info(), range(8)))
    assert len(local.calls("oauth.token_refresh")) == 1


def test_a_task_cancelled_while_it_waits_for_a_shared_store_leaves_it_free(local: Local) -> None:
    store = MemoryTokens(local.tokens())
    local.advance(86_500)

    async def run() -> None:
        async with local.async_client() as app:
            with store.exclusive(), pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await app.for_account(store).user.info()
            async with asyncio.timeout(10):
                assert (await app.for_account(store).user.info()).user.open_id

    asyncio.run(run())
