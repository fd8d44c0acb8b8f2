"""The flow of one call, stepped by hand: its effects, their order and their contents."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from stagedoor import Hosts, RetryPolicy, TikTok, Tokens
from stagedoor.client.effects import (
    Acquire,
    Exclusive,
    LoadTokens,
    SaveTokens,
    Send,
    Sleep,
    TokensRefused,
)
from stagedoor.client.errors import (
    AnswerLost,
    ConfigurationError,
    InvalidRequest,
    RateLimited,
    ReconnectRequired,
    ServerError,
    TokenInvalid,
)
from stagedoor.client.login import client_token, disconnect
from stagedoor.client.login import refresh as refresh_account
from stagedoor.client.session import Session, call, refresh, usable_tokens
from stagedoor.client.transport import parsed
from stagedoor.platform import wire
from stagedoor.platform.products import display, oauth, posting
from tests.support.flows import Steps, enveloped, flat

NOW = 1_000_000.0
SESSION = Session(
    "key", "secret", Hosts.at("http://tiktok.test/"), RetryPolicy(jitter=0), now=lambda: NOW
)
LIVE = Tokens(access_token="act.1", refresh_token="rft.1", expires_at=NOW + 3_600)
OVER = Tokens(access_token="act.1", refresh_token="rft.1", expires_at=NOW - 1)
GRANT: dict[str, Any] = {
    "access_token": "act.2",
    "expires_in": 86_400,
    "open_id": "o",
    "refresh_token": "rft.2",
    "refresh_expires_in": 31_536_000,
    "scope": "user.info.basic",
    "token_type": "Bearer",
}
DEAD = enveloped({}, "access_token_invalid", 401)
USER = enveloped({"user": {"open_id": "o"}})


def info(session: Session = SESSION) -> Steps:
    return Steps(call(session, display.USER_INFO, {"fields": ("open_id",)}))


def bearer(send: Send) -> str:
    return send.headers["authorization"]


def form(send: Send) -> dict[str, list[str]]:
    assert isinstance(send.body, bytes)
    return parse_qs(send.body.decode())


def test_a_call_takes_the_token_a_place_in_the_window_and_goes_out() -> None:
    steps = info()
    steps.expect(LoadTokens)
    place = steps.expect(Acquire, LIVE)
    send = steps.expect(Send)
    assert (place.limit,) == display.USER_INFO.limits
    assert (send.method, send.url) == ("GET", "http://tiktok.test/v2/user/info/?fields=open_id")
    assert bearer(send) == "Bearer act.1"
    assert send.body is None
    assert steps.result(USER).user.open_id == "o"


def test_a_wrong_argument_is_refused_before_the_token_is_even_read() -> None:
    steps = Steps(call(SESSION, posting.STATUS, {"publish_id": "x" * 65}))
    with pytest.raises(InvalidRequest, match=r"publish_id .*Nothing was sent\."):
        steps.expect(LoadTokens)
    assert steps.asked == []


def test_without_an_account_the_error_says_how_to_get_one() -> None:
    steps = info()
    steps.expect(LoadTokens)
    with pytest.raises(ConfigurationError, match="connect one first"):
        steps.result(None)


def test_an_access_token_that_is_over_is_refreshed_before_it_is_used() -> None:
    steps = info()
    steps.expect(LoadTokens)
    turn = steps.expect(Exclusive, OVER)
    inner = Steps(turn.flow)
    inner.expect(LoadTokens)
    redeem = inner.expect(Send, OVER)
    assert redeem.url == "http://tiktok.test/v2/oauth/token/"
    assert form(redeem) == {
        "client_key": ["key"],
        "client_secret": ["secret"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["rft.1"],
    }
    save = inner.expect(SaveTokens, flat(**GRANT))
    fresh = inner.result()
    assert save.tokens == fresh
    assert (fresh.access_token, fresh.expires_at) == ("act.2", NOW + 86_400)
    steps.expect(Acquire, fresh)
    assert bearer(steps.expect(Send)) == "Bearer act.2"


def test_a_refused_token_is_refreshed_once_and_the_call_repeated() -> None:
    steps = info()
    steps.expect(LoadTokens)
    before = steps.expect(Acquire, LIVE)
    steps.expect(Send)
    turn = steps.expect(Exclusive, DEAD)
    inner = Steps(turn.flow)
    inner.expect(LoadTokens)
    inner.expect(Send, LIVE)
    inner.expect(SaveTokens, flat(**GRANT))
    after = steps.expect(Acquire, inner.result())
    assert before.key != after.key, "TikTok counts by token"
    assert bearer(steps.expect(Send)) == "Bearer act.2"
    assert steps.result(USER).user.open_id == "o"


def test_a_second_refusal_is_raised() -> None:
    steps = info()
    steps.expect(LoadTokens)
    steps.expect(Acquire, LIVE)
    steps.expect(Send)
    steps.expect(Exclusive, DEAD)
    steps.expect(Acquire, LIVE.model_copy(update={"access_token": "act.2"}))
    steps.expect(Send)
    refused = steps.expect(TokensRefused, DEAD)
    assert refused.tokens.access_token == "act.2"
    with pytest.raises(TokenInvalid, match="access_token_invalid"):
        steps.result(None)


@pytest.mark.parametrize(
    ("session", "tokens"),
    [
        (SESSION, Tokens(access_token="act.1")),
        (Session(None, None, retry=SESSION.retry, now=SESSION.now), LIVE),
    ],
    ids=["no refresh token", "no app"],
)
def test_a_token_that_cannot_be_refreshed_is_used_as_it_is(
    session: Session, tokens: Tokens
) -> None:
    steps = info(session)
    steps.expect(LoadTokens)
    steps.expect(Acquire, tokens)
    steps.expect(Send)
    assert steps.expect(TokensRefused, DEAD).tokens == tokens
    with pytest.raises(TokenInvalid):
        steps.result(None)


def test_what_another_process_refreshed_meanwhile_is_adopted() -> None:
    theirs = Tokens(access_token="act.theirs", refresh_token="rft.theirs")
    steps = info()
    steps.expect(LoadTokens)
    turn = steps.expect(Exclusive, OVER)
    inner = Steps(turn.flow)
    inner.expect(LoadTokens)
    assert inner.result(theirs) is theirs


def test_a_stored_pair_that_is_the_refused_one_is_not_adopted() -> None:
    steps = info()
    steps.expect(LoadTokens)
    turn = steps.expect(Exclusive, OVER)
    inner = Steps(turn.flow)
    inner.expect(LoadTokens)
    inner.expect(Send, OVER.model_copy(update={"refresh_token": "rft.newer"}))
    # the newer refresh token of the same access token is what is redeemed
    inner.flow.close()


def test_a_store_that_was_emptied_meanwhile_does_not_stop_the_refresh() -> None:
    steps = Steps(usable_tokens(SESSION))
    steps.expect(LoadTokens)
    inner = Steps(steps.expect(Exclusive, OVER).flow)
    inner.expect(LoadTokens)
    assert form(inner.expect(Send, None))["refresh_token"] == ["rft.1"]


def test_the_new_pair_is_saved_before_anyone_can_use_it() -> None:
    steps = Steps(refresh(SESSION, LIVE))
    steps.expect(Send)
    steps.expect(SaveTokens, flat(**GRANT))
    with pytest.raises(OSError, match="disk full"):
        steps.fail(Send, OSError("disk full"))


def test_an_answer_without_a_refresh_token_does_not_lose_the_old_one() -> None:
    steps = Steps(refresh(SESSION, LIVE))
    steps.expect(Send)
    save = steps.expect(SaveTokens, flat(**GRANT | {"refresh_token": ""}))
    assert save.tokens.refresh_token == "rft.1"
    assert save.tokens.access_token == "act.2"


def test_a_refresh_token_that_is_over_means_connecting_again() -> None:
    steps = Steps(refresh(SESSION, LIVE))
    steps.expect(Send)
    refused = flat(
        error="invalid_grant",
        error_description="Refresh token is invalid or expired.",
        log_id="20261004110000A1B2",
    )
    with pytest.raises(ReconnectRequired) as error:
        steps.result(refused)
    assert str(error.value).startswith("20261004110000A1B2: invalid_grant")
    assert "connect again" in str(error.value)
    assert isinstance(error.value, TokenInvalid)
    assert "rft.1" not in str(error.value)


def test_a_refresh_whose_answer_is_lost_is_not_sent_twice() -> None:
    steps = Steps(refresh(SESSION, LIVE))
    steps.expect(Send)
    with pytest.raises(AnswerLost):
        steps.fail(Sleep, AnswerLost("no answer"))


def test_reading_is_tried_again_with_growing_pauses_then_given_up() -> None:
    steps = info()
    steps.expect(LoadTokens)
    fault = enveloped({}, "internal_error", 500)
    answer: Any = LIVE
    for seconds in (0.5, 1.0, 2.0):
        steps.expect(Acquire, answer)
        steps.expect(Send)
        assert steps.expect(Sleep, fault).seconds == seconds
        answer = None
    steps.expect(Acquire)
    steps.expect(Send)
    with pytest.raises(ServerError):
        steps.result(fault)


def test_a_429_is_waited_for_as_told_and_takes_a_new_place() -> None:
    steps = Steps(call(SESSION, posting.STATUS, {"publish_id": "p"}))
    steps.expect(LoadTokens)
    steps.expect(Acquire, LIVE)
    steps.expect(Send)
    told = enveloped({}, "rate_limit_exceeded", 429, retry_after="12")
    assert steps.expect(Sleep, told).seconds == 12
    steps.expect(Acquire)
    steps.expect(Send)
    assert steps.result(enveloped({"status": "FAILED"})).status == "FAILED"


def test_a_429_without_a_number_is_waited_for_by_the_window() -> None:
    steps = Steps(call(SESSION, posting.STATUS, {"publish_id": "p"}))
    steps.expect(LoadTokens)
    steps.expect(Acquire, LIVE)
    steps.expect(Send)
    told = enveloped({}, "rate_limit_exceeded", 429, retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    assert steps.expect(Sleep, told).seconds == pytest.approx(4.0)


def test_a_429_that_asks_for_too_much_patience_is_raised() -> None:
    steps = info()
    steps.expect(LoadTokens)
    steps.expect(Acquire, LIVE)
    steps.expect(Send)
    with pytest.raises(RateLimited) as error:
        steps.result(enveloped({}, "rate_limit_exceeded", 429, retry_after="3600"))
    assert error.value.retry_after == 3600


def test_an_init_is_sent_once_when_its_answer_is_lost() -> None:
    source = posting.PullFromUrl(video_url="https://a.test/v.mp4")
    steps = Steps(call(SESSION, posting.INBOX_VIDEO_INIT, {"source_info": source}))
    steps.expect(LoadTokens)
    steps.expect(Acquire, LIVE)
    send = steps.expect(Send)
    assert json.loads(send.body or b"")["source_info"]["source"] == "PULL_FROM_URL"  # type: ignore[arg-type]
    with pytest.raises(AnswerLost):
        steps.fail(Sleep, AnswerLost("no answer"))


def test_refreshing_by_hand_redeems_the_stored_token_whatever_its_age() -> None:
    steps = Steps(refresh_account(SESSION))
    inner = Steps(steps.expect(Exclusive).flow)
    inner.expect(LoadTokens)
    assert form(inner.expect(Send, LIVE))["refresh_token"] == ["rft.1"]


def test_refreshing_by_hand_without_a_refresh_token_says_so() -> None:
    steps = Steps(refresh_account(SESSION))
    inner = Steps(steps.expect(Exclusive).flow)
    inner.expect(LoadTokens)
    with pytest.raises(ConfigurationError, match="no refresh token"):
        inner.result(Tokens(access_token="act.1"))


def test_disconnecting_revokes_the_access_token() -> None:
    steps = Steps(disconnect(SESSION))
    steps.expect(LoadTokens)
    send = steps.expect(Send, LIVE)
    assert send.url == "http://tiktok.test/v2/oauth/revoke/"
    assert form(send)["token"] == ["act.1"]
    assert steps.result(flat()) is None


def test_the_apps_own_token_needs_no_account() -> None:
    steps = Steps(client_token(SESSION))
    assert form(steps.expect(Send))["grant_type"] == ["client_credentials"]
    token = steps.result(flat(access_token="clt.1", expires_in=7_200))
    assert isinstance(token, oauth.ClientToken)


def test_without_key_and_secret_the_error_says_what_to_pass() -> None:
    with pytest.raises(ConfigurationError, match="client_key and client_secret"):
        Steps(client_token(Session())).expect(Send)


def test_a_request_that_was_judged_is_sent_as_it_is() -> None:
    request = wire.parse(display.VIDEO_LIST, "fields=id,title", b'{"max_count":3}')
    with TikTok(access_token="act.1", hosts=SESSION.hosts) as client:
        steps = Steps(client.flow_of(display.VIDEO_LIST, request))
        steps.expect(LoadTokens)
        steps.expect(Acquire, LIVE)
        send = steps.expect(Send)
        assert send.url.endswith("?fields=id%2Ctitle")
        assert send.body == b'{"max_count": 3}'
        with pytest.raises(TypeError, match=r"display\.user_info takes another request"):
            client.flow_of(display.USER_INFO, request)


def test_addresses_are_parsed_once_but_for_those_that_are_credentials() -> None:
    url = "http://tiktok.test/v2/video/list/?fields=id"
    assert parsed("POST", url) is parsed("POST", url)
    assert str(parsed("POST", url)) == url
    upload = "http://tiktok.test/upload/?upload_id=1&upload_token=secret"
    assert parsed("PUT", upload) is upload
