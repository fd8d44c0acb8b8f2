"""Login: the link that is handed out, and what is believed of what comes back."""

from __future__ import annotations

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
        assert len(login.code_verifier) in pkce.VERIFIER_LENGTHS
        assert set(login.code_verifier) <= set(pkce.VERIFIER_ALPHABET)


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
        "http://app.example.com/cb/",
        "https://app.example.com:8443/cb/",
        "https://evil.example.com/cb/",
        "https://app.example.com@evil.example.com/cb/",
        "https://app.example.com/cb",
        "https://app.example.com/cb/more",
        "nonsense",
    ],
)
def test_a_callback_to_another_address_is_not_believed(address: str) -> None:
    with pytest.raises(LoginError, match="another address"):
        read_callback(LOGIN, f"{address}?code=c&state=s9f2")


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
