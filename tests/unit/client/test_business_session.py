"""The fields that the client of TikTok API for Business fills into requests, and refuses there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stagedoor.client.business_session import BusinessSession
from stagedoor.client.effects import Acquire, LoadTokens, Send
from stagedoor.client.errors import ConfigurationError, InvalidRequest
from stagedoor.client.hosts import Hosts
from stagedoor.client.retry import NO_RETRY
from stagedoor.client.session import call
from stagedoor.client.tokens import Tokens
from stagedoor.platform.model import Answer, Request
from stagedoor.platform.operation import LimitKey, RateLimit
from stagedoor.platform.products.business.common import (
    AccountRequest,
    AdvertiserRequest,
    AppRequest,
)
from stagedoor.platform.products.business.limits import ACCOUNT, AD_CREATE
from stagedoor.platform.products.business.product import ACCOUNT_HOLDER, ADVERTISER, APP
from tests.support.flows import Steps


class Ask(AdvertiserRequest):
    name: str = ""


class Compare(Request):
    advertiser_ids: tuple[str, ...]


class Renew(AppRequest):
    name: str = ""


class Look(AccountRequest):
    name: str = ""


GET = ADVERTISER.operation(
    "test_get",
    "GET",
    "/get/",
    request=Ask,
    response=Answer,
    summary="S",
    action="A",
    source="business.yaml",
    limits=AD_CREATE,
)
COMPARE = ADVERTISER.operation(
    "test_compare",
    "POST",
    "/compare/",
    request=Compare,
    response=Answer,
    summary="S",
    action="A",
    source="business.yaml",
    limits=(RateLimit(500, 3_600, LimitKey.ADVERTISER),),
)
RENEW = APP.operation(
    "test_renew",
    "POST",
    "/renew/",
    request=Renew,
    response=Answer,
    summary="S",
    action="A",
    source="business.yaml",
    limits=(),
)
LOOK = ACCOUNT_HOLDER.operation(
    "test_look",
    "GET",
    "/look/",
    request=Look,
    response=Answer,
    summary="S",
    action="A",
    source="business.yaml",
)
SESSION = BusinessSession("7", "hush", hosts=Hosts.at("http://tiktok.test"), retry=NO_RETRY)
TOKEN = Tokens(access_token="t.1")


def test_the_ad_account_of_the_client_is_filled_in_and_a_call_may_name_another() -> None:
    mine = replace(SESSION, advertiser_id="71")
    for values, sent in (
        ({}, "71"),
        ({"advertiser_id": "72"}, "72"),
        ({"advertiser_id": 73}, "73"),
    ):
        steps = Steps(call(mine, GET, dict(values)))
        steps.expect(LoadTokens)
        steps.expect(Acquire, TOKEN)
        steps.expect(Acquire)
        steps.expect(Acquire)
        assert steps.expect(Send).url.endswith(f"?advertiser_id={sent}&name=")


def test_a_call_for_several_ad_accounts_counts_once_for_each() -> None:
    steps = Steps(call(SESSION, COMPARE, {"advertiser_ids": ("72", "73", "72")}))
    steps.expect(LoadTokens)
    places = [steps.expect(Acquire, TOKEN), steps.expect(Acquire)]
    assert [place.key for place in places] == [(COMPARE.id, n) for n in ("72", "73")]
    steps.expect(Send)


def test_without_an_ad_account_nothing_is_sent() -> None:
    with pytest.raises(InvalidRequest, match="for_advertiser"):
        Steps(call(SESSION, GET, {})).expect(LoadTokens)


def test_the_app_fills_in_its_id_and_secret_and_takes_none_from_a_call() -> None:
    send = Steps(call(SESSION, RENEW, {})).expect(Send)
    assert isinstance(send.body, bytes)
    assert b'"app_id": "7"' in send.body
    assert b'"secret": "hush"' in send.body
    assert "access-token" not in send.headers
    for name in ("app_id", "secret"):
        with pytest.raises(InvalidRequest, match="the client's own"):
            next(call(SESSION, RENEW, {name: "1"}))
    with pytest.raises(ConfigurationError, match="app_id and secret"):
        next(call(BusinessSession(), RENEW, {}))


def test_the_account_is_the_one_of_the_tokens_unless_a_call_names_another() -> None:
    holder = Tokens(access_token="act.1", open_id="-000a")
    for values, sent in (({}, "-000a"), ({"business_id": "-000b"}, "-000b")):
        steps = Steps(call(SESSION, LOOK, dict(values)))
        steps.expect(LoadTokens)
        place = steps.expect(Acquire, holder)
        assert place.limit is ACCOUNT[0]
        assert place.key == ("business.test_look", sent)
        steps.expect(Acquire)
        assert f"business_id={sent}" in steps.expect(Send).url
    steps = Steps(call(SESSION, LOOK, {}))
    steps.expect(LoadTokens)
    with pytest.raises(InvalidRequest, match="business_id"):
        steps.expect(Acquire, TOKEN)


def test_the_windows_of_a_pool_are_one_for_all_its_operations() -> None:
    other = replace(LOOK, id="business.test_other")
    holder = Tokens(access_token="act.1", open_id="-000a")
    keys = []
    for operation in (LOOK, other):
        steps = Steps(call(SESSION, operation, {}))
        steps.expect(LoadTokens)
        keys.append([steps.expect(Acquire, holder).key, steps.expect(Acquire).key])
    assert keys[0][0] != keys[1][0], "by account and operation"
    assert keys[0][1] == keys[1][1], "by app"
