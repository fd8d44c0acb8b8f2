"""Login: the consent link, and the checks of the callback."""

from __future__ import annotations

from string import ascii_letters, digits
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import Hosts, Login, TikTok, begin_login
from stagedoor.client import read_callback
from stagedoor.client.effects import SaveTokens, Send
from stagedoor.client.errors import (
    AccessDenied,
    ClientRejected,
    ConfigurationError,
    InvalidRequest,
    LoginError,
    TikTokError,
)
from stagedoor.client.login import finish_login
from stagedoor.client.session import Session
from stagedoor.platform import pkce
from tests.support.flows import Steps, flat

BACK = "https://app.example.com/cb/"
LOGIN = Login(
    url="https://www.tiktok.com/v2/auth/authorize/?...",
    state="s9f2",
    redirect_uri=BACK,
    scopes=("user.info.basic", "video.list"),
    code_verifier="v" * 43,
)


def test_the_link_asks_for_exactly_this() -> None:
    login = begin_login("awexample0000001", BACK, ["user.info.basic", "video.list"], state="s9f2")
    address, _, query = login.url.partition("?")
    assert address == "https://www.tiktok.com/v2/auth/authorize/"
    assert login.code_verifier is not None
    assert dict(parse_qsl(query, strict_parsing=True)) == {
        "client_key": "awexample0000001",
        "response_type": "code",
        "scope": "user.info.basic,video.list",
        "redirect_uri": BACK,
        "state": "s9f2",
        "code_challenge": pkce.challenge(login.code_verifier),
        "code_challenge_method": "S256",
        "disable_auto_auth": "1",
    }
    assert login.scopes == ("user.info.basic", "video.list")


def test_a_web_app_may_leave_pkce_out_and_let_tiktok_skip_the_page() -> None:
    login = begin_login("k", BACK, ["video.list"], with_pkce=False, always_ask=False)
    query = parse_qs(urlsplit(login.url).query)
    assert login.code_verifier is None
    assert not {"code_challenge", "code_challenge_method"} & set(query)
    assert query["disable_auto_auth"] == ["0"]


def test_every_attempt_has_its_own_unguessable_state_and_verifier() -> None:
    attempts = [begin_login("k", BACK, ["video.list"]) for _ in range(50)]
    assert len({login.state for login in attempts}) == 50
    assert len({login.code_verifier for login in attempts}) == 50
    for login in attempts:
        assert len(login.state) >= 32
        assert login.code_verifier is not None
        assert len(login.code_verifier) in range(43, 129)
        assert set(login.code_verifier) <= set(f"{ascii_letters}{digits}-._~")


def test_a_scope_named_twice_is_asked_for_once() -> None:
    login = begin_login("k", BACK, ["video.list", "user.info.basic", "video.list"])
    assert login.scopes == ("video.list", "user.info.basic")


def test_scopes_in_one_text_are_not_taken_apart_letter_by_letter() -> None:
    assert begin_login("k", BACK, "video.list").scopes == ("video.list",)
    assert begin_login("k", BACK, "video.list,user.info.basic").scopes == (
        "video.list",
        "user.info.basic",
    )


def test_the_link_goes_to_the_emulator_when_hosts_say_so() -> None:
    login = begin_login("k", BACK, ["video.list"], hosts=Hosts.at("http://127.0.0.1:8701/"))
    assert login.url.startswith("http://127.0.0.1:8701/v2/auth/authorize/?")


def test_a_redirect_uri_that_tiktok_does_not_take_is_refused_here() -> None:
    begin_login("k", f"{BACK}{'x' * (511 - len(BACK))}", ["video.list"])
    with pytest.raises(InvalidRequest, match="redirect_uri is longer than 511"):
        begin_login("k", f"{BACK}{'x' * (512 - len(BACK))}", ["video.list"])


def test_a_client_without_a_key_cannot_begin_a_login() -> None:
    with TikTok(access_token="act.1") as tiktok, pytest.raises(ConfigurationError, match="client_"):
        tiktok.begin_login(BACK, ["video.list"])


def test_no_repr_shows_what_proves_the_attempt() -> None:
    assert "s9f2" not in repr(LOGIN)
    assert "vvv" not in repr(LOGIN)


def test_the_code_is_read_unescaped() -> None:
    url = f"{BACK}?code=Zk9vExampleQ_x%2Av%216431.u1&scopes=user.info.basic%2Cvideo.list&state=s9f2"
    assert read_callback(LOGIN, url) == "Zk9vExampleQ_x*v!6431.u1"


@pytest.mark.parametrize(
    "url",
    [
        f"{BACK}?code=c&state=other",
        f"{BACK}?code=c&state=",
        f"{BACK}?code=c",
        f"{BACK}?error=access_denied&state=other",
        f"{BACK}?error=access_denied",
        BACK,
        "",
    ],
)
def test_a_callback_without_this_logins_state_is_not_believed(url: str) -> None:
    with pytest.raises(LoginError):
        read_callback(LOGIN, url)


@pytest.mark.parametrize(
    "address",
    [
        "http://app.example.com:8080/cb/",
        "https://app.example.com:8443/cb/",
        "https://evil.example.com/cb/",
        "https://app.example.com@evil.example.com/cb/",
        "https://user:hunter2@evil.example.com/cb/",
        "https://app.example.com/cb/more",
        "ftp://app.example.com/cb/",
        "nonsense",
    ],
)
def test_a_callback_to_another_address_is_not_believed(address: str) -> None:
    with pytest.raises(LoginError, match="redirect_uri") as error:
        read_callback(LOGIN, f"{address}?code=s3cret&state=s9f2#s3cret")
    said = str(error.value)
    assert BACK in said
    assert address.rpartition("@")[2] in said
    assert not any(secret in said for secret in ("s3cret", "s9f2", "hunter2"))
    assert "code= and state=" in said


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.com/cb/",
        "https://app.example.com/cb",
        "https://app.example.com:443/cb/",
        "https://APP.Example.com/cb/",
        "http://app.example.com/cb/",  # behind a proxy that ends TLS
        "http://app.example.com:80/cb",
    ],
)
def test_what_means_the_same_address_is_believed(address: str) -> None:
    assert read_callback(LOGIN, f"{address}?code=c&state=s9f2") == "c"
    with pytest.raises(LoginError, match="state"):
        read_callback(LOGIN, f"{address}?code=c&state=another")


def test_http_does_not_stand_for_https_the_other_way_round() -> None:
    login = Login("", "s9f2", "http://127.0.0.1:3000/cb", ("video.list",))
    assert read_callback(login, "http://127.0.0.1:3000/cb?code=c&state=s9f2") == "c"
    with pytest.raises(LoginError, match="redirect_uri"):
        read_callback(login, "https://127.0.0.1:3000/cb?code=c&state=s9f2")


@pytest.mark.parametrize("url", ["https://[", "https://[::1?code=c", f"{BACK}?state=\ud800"])
def test_a_callback_that_is_no_address_is_not_believed(url: str) -> None:
    with pytest.raises(LoginError, match="can't be read"):
        read_callback(LOGIN, url)


def test_a_creators_no_is_access_denied_with_tiktoks_words() -> None:
    url = f"{BACK}?error=access_denied&error_description=User+denied&state=s9f2"
    with pytest.raises(AccessDenied) as error:
        read_callback(LOGIN, url)
    assert error.value.message == "User denied"
    assert error.value.code == "access_denied"


def test_a_sandboxs_no_names_its_type() -> None:
    url = f"{BACK}?error=access_denied&error_type=non_sandbox_target&state=s9f2"
    with pytest.raises(AccessDenied, match="non_sandbox_target"):
        read_callback(LOGIN, url)


def test_other_errors_keep_their_class_also_new_ones() -> None:
    with pytest.raises(ClientRejected):
        read_callback(LOGIN, f"{BACK}?error=unauthorized_client&error_type=client_key&state=s9f2")
    with pytest.raises(TikTokError) as error:
        read_callback(LOGIN, f"{BACK}?error=error_of_tomorrow&state=s9f2")
    assert type(error.value) is TikTokError


def test_a_callback_without_code_and_error_is_no_answer() -> None:
    with pytest.raises(LoginError, match="neither a code nor an error"):
        read_callback(LOGIN, f"{BACK}?state=s9f2&scopes=video.list")


@given(query=st.text(st.characters()), url=st.text(st.characters()))
def test_whatever_comes_back_is_refused_with_one_kind_of_error(query: str, url: str) -> None:
    for forged in (
        url,
        BACK + "?" + query,
        BACK + "?" + urlencode({"state": query}, errors="replace"),
    ):
        with pytest.raises(LoginError):
            read_callback(LOGIN, forged)


GRANTED: dict[str, Any] = {
    "access_token": "act.1",
    "expires_in": 86_400,
    "open_id": "o",
    "refresh_token": "rft.1",
    "refresh_expires_in": 31_536_000,
    "scope": "user.info.basic",
}
SESSION = Session("key", "secret", Hosts.at("http://tiktok.test"), now=lambda: 1_000.0)


def test_the_code_becomes_tokens_which_are_stored_before_they_are_given_out() -> None:
    steps = Steps(finish_login(SESSION, LOGIN, f"{BACK}?code=c%2A&state=s9f2"))
    send = steps.expect(Send)
    assert isinstance(send.body, bytes)
    assert dict(parse_qsl(send.body.decode())) == {
        "client_key": "key",
        "client_secret": "secret",
        "code": "c*",
        "redirect_uri": BACK,
        "code_verifier": "v" * 43,
        "grant_type": "authorization_code",
    }
    save = steps.expect(SaveTokens, flat(**GRANTED))
    connection = steps.result()
    assert save.tokens is connection.tokens
    assert connection.granted == ("user.info.basic",)
    assert connection.missing == ("video.list",), "what the creator unticked is said"


def test_a_forged_callback_sends_nothing() -> None:
    steps = Steps(finish_login(SESSION, LOGIN, f"{BACK}?code=c&state=forged"))
    with pytest.raises(LoginError):
        steps.expect(Send)
    assert steps.asked == []


def test_code_and_state_of_the_request_do_without_the_address() -> None:
    steps = Steps(finish_login(SESSION, LOGIN, code="c*", state="s9f2"))
    send = steps.expect(Send)
    assert isinstance(send.body, bytes)
    assert dict(parse_qsl(send.body.decode()))["code"] == "c*"
    with pytest.raises(LoginError, match="state"):
        Steps(finish_login(SESSION, LOGIN, code="c*", state="forged")).expect(Send)
    with pytest.raises(LoginError, match="code is empty"):
        Steps(finish_login(SESSION, LOGIN, code="", state="s9f2")).expect(Send)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"code": "c"},
        {"state": "s9f2"},
        {"callback_url": f"{BACK}?code=c&state=s9f2", "code": "c", "state": "s9f2"},
    ],
)
def test_a_callback_is_an_address_or_code_and_state(given: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="code and state"):
        Steps(finish_login(SESSION, LOGIN, **given)).expect(Send)


def test_begin_and_finish_stand_together() -> None:
    with TikTok("awexample0000001", "secret") as tiktok:
        login = tiktok.oauth.begin_login(BACK, "video.list", state="s9f2")
        assert tiktok.begin_login(BACK, "video.list", state="s9f2").scopes == login.scopes
        assert login.url.startswith("https://www.tiktok.com/v2/auth/authorize/?client_key=awex")


@pytest.mark.parametrize(
    ("redirect_uri", "scopes"), [("nonsense", "video.list"), (BACK, []), (BACK, " , "), ("", "x")]
)
def test_a_link_that_cannot_work_is_refused(redirect_uri: str, scopes: Any) -> None:
    with pytest.raises(InvalidRequest):
        begin_login("k", redirect_uri, scopes)
