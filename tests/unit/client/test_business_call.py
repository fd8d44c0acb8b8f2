"""A call by another protocol: its own token header, several limits, errors in the body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stagedoor.client.effects import Acquire, Emit, LoadTokens, Reply, Send, StartedFlow
from stagedoor.client.errors import RateLimited, ScopeMissing, TikTokError, UnexpectedAnswer
from stagedoor.client.hosts import Hosts
from stagedoor.client.paging import walk
from stagedoor.client.retry import NO_RETRY
from stagedoor.client.session import Session, call
from stagedoor.client.tokens import Tokens
from stagedoor.platform.model import Answer, Request
from stagedoor.platform.operation import ApiProduct, LimitKey, RateLimit, Resource, Retry, Subject
from stagedoor.platform.paging import NumberedPaging
from stagedoor.platform.protocols.business import BUSINESS
from tests.support.flows import Steps


class Ask(Request):
    advertiser_id: str
    page: int | None = None
    page_size: int | None = None


class PageInfo(Answer):
    total_page: int = 0


class Found(Answer):
    list: tuple[str, ...] = ()
    page_info: PageInfo = PageInfo()


SECOND = RateLimit(10, 1, LimitKey.APP_TIER)
MINUTE = RateLimit(600, 60, LimitKey.APP_TIER)
ADVERTISER = RateLimit(10, 1, LimitKey.ADVERTISER)
ADS = ApiProduct(
    name="ads",
    protocol=BUSINESS,
    subject=Subject.ADVERTISER,
    resource=Resource.ADS,
    limits=(SECOND, MINUTE, ADVERTISER),
)
GET = ADS.operation(
    "get",
    "GET",
    "/get/",
    request=Ask,
    response=Found,
    summary="S",
    action="A",
    source="business.yaml",
    paging=NumberedPaging("list", 2, total=("page_info", "total_page")),
    retry=Retry.SAFE,
)
SESSION = Session("app", hosts=Hosts.at("http://tiktok.test"), retry=NO_RETRY)
TOKEN = Tokens(access_token="t.1")


def answer(data: Any, code: int = 0, message: str = "OK") -> Reply:
    body = {"code": code, "message": message, "request_id": "20260101R", "data": data}
    return Reply(200, {}, json.dumps(body).encode())


def sent(steps: Steps) -> Send:
    """The request that is sent once the token is there and each window had a slot."""
    steps.expect(LoadTokens)
    steps.expect(Acquire, TOKEN)
    steps.expect(Acquire)
    steps.expect(Acquire)
    found: Send = steps.expect(Send)
    return found


def test_a_call_takes_a_place_in_every_window_each_counted_by_its_key() -> None:
    steps = Steps(call(SESSION, GET, {"advertiser_id": "7"}))
    steps.expect(LoadTokens)
    places = [steps.expect(Acquire, TOKEN), steps.expect(Acquire), steps.expect(Acquire)]
    assert [place.limit for place in places] == [SECOND, MINUTE, ADVERTISER]
    keys = [place.key for place in places]
    assert [key[:2] for key in keys if isinstance(key, tuple)] == [
        ("ads.get", "app"),
        ("ads.get", "app"),
        ("ads.get", "7"),
    ]
    assert len(set(keys)) == 3


def test_the_token_goes_out_under_the_protocols_own_header() -> None:
    send = sent(Steps(call(SESSION, GET, {"advertiser_id": "7"})))
    assert send.url == "http://tiktok.test/get/?advertiser_id=7"
    assert send.headers["access-token"] == "t.1"
    assert "authorization" not in send.headers


@pytest.mark.parametrize(
    ("code", "kind"), [(40100, RateLimited), (40001, ScopeMissing), (49999, TikTokError)]
)
def test_the_code_in_the_body_decides_whatever_the_status(
    code: int, kind: type[TikTokError]
) -> None:
    steps = Steps(call(SESSION, GET, {"advertiser_id": "7"}))
    sent(steps)
    with pytest.raises(kind) as refused:
        steps.result(answer({}, code, "No."))
    assert type(refused.value) is kind
    error = refused.value
    assert (error.code, error.message, error.log_id) == (str(code), "No.", "20260101R")
    assert error.remedy


def test_a_page_of_a_gateway_is_no_answer() -> None:
    steps = Steps(call(SESSION, GET, {"advertiser_id": "7"}))
    sent(steps)
    with pytest.raises(UnexpectedAnswer):
        steps.result(Reply(404, {}, b"404 page not found"))


def test_a_walk_goes_on_to_the_last_page_that_the_answer_counts() -> None:
    steps = Steps(StartedFlow(walk(SESSION, GET, {"advertiser_id": "7"})))
    assert sent(steps).url.endswith("?advertiser_id=7&page=1&page_size=2")
    two = {"list": ["a"], "page_info": {"total_page": 2}}
    assert steps.expect(Emit, answer(two)).item == "a"
    assert sent(steps).url.endswith("&page=2&page_size=2")
    assert steps.expect(Emit, answer(two)).item == "a"
    assert steps.result() is None, "page 2 is the last, though it isn't full"
