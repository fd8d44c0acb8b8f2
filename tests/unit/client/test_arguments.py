"""Arguments of wrong types and values, over the whole public surface."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any

import anyio
import httpx2
import pytest

import stagedoor
from stagedoor import (
    AsyncTikTok,
    AsyncTikTokBusiness,
    FileTokens,
    Hosts,
    MemoryTokens,
    Pacer,
    RetryPolicy,
    TikTok,
    TikTokBusiness,
    Tokens,
    Url,
    Where,
    embeds,
    sharing,
)
from stagedoor.business import EventSource
from stagedoor.errors import ConfigurationError, InvalidRequest, NotSent, StagedoorError
from stagedoor.platform.products import display
from tests.support.every import every
from tests.support.surface import methods

UNREACHABLE = Hosts.at("http://127.0.0.1:1")


def client() -> TikTok:
    return TikTok("key", "secret", access_token="act.x", hosts=UNREACHABLE, retry=RetryPolicy(1))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(module, name)
    for module in (stagedoor, embeds, sharing)
    for name in module.__all__
    if inspect.isfunction(getattr(module, name))
}
MADE: dict[str, Callable[..., Any]] = {
    kind.__name__: kind
    for kind in (
        TikTok,
        AsyncTikTok,
        TikTokBusiness,
        AsyncTikTokBusiness,
        Hosts,
        FileTokens,
        MemoryTokens,
        Pacer,
        RetryPolicy,
        Tokens,
        Url,
        stagedoor.ArchiveLimits,
        stagedoor.Login,
        stagedoor.QrLogin,
        stagedoor.RecentEvents,
        sharing.Shared,
    )
}


async def _app(*_: Any) -> None:
    """An ASGI application that is never called."""


ON_CLIENT = ("for_account", "with_retry", "with_listener", "with_guard", "begin_login")
WRONG: tuple[Any, ...] = (
    object(),
    b"\xff",
    "\ud800text",
    -7,
    1.5,
    True,
    None,
    [],
    ["x"],
    {"a": 1},
    int,
    print,
)
PLAIN = {"str": "x", "int": 1, "bool": True, "bytes": b"x"}


def surface() -> Iterator[tuple[str, Callable[..., Any]]]:
    tiktok = client()
    yield from methods(tiktok).items()
    yield from FUNCTIONS.items()
    yield from MADE.items()
    for name in ON_CLIENT:
        yield name, getattr(tiktok, name)
    business = TikTokBusiness("7", "secret", hosts=UNREACHABLE, retry=RetryPolicy(1))
    business = business.for_advertiser("7")
    for name, method in methods(business).items():
        yield f"business.{name}", method
    yield "business.for_advertiser", business.for_advertiser


def refused(function: Callable[..., Any], values: dict[str, Any]) -> str:
    """The refusal of the call, empty when it is accepted; other errors are raised.

    A `TypeError` of ours names the function with brackets, as Python's own do for missing and
    unknown arguments only.
    """
    try:
        given = function(**values)
        if inspect.isgenerator(given):
            next(given, None)
    except StagedoorError as error:
        return str(error)
    except TypeError as error:
        if "()" not in str(error):
            raise
        return str(error)
    return ""


def others(function: Callable[..., Any], but: str) -> dict[str, Any]:
    """Something for every other needed parameter, whether it fits or not."""
    return {
        one.name: PLAIN.get(str(getattr(one.annotation, "__name__", one.annotation)), "x")
        for one in inspect.signature(function).parameters.values()
        if one.default is one.empty and one.name != but
    }


@every(("name", "function"), surface(), ids=lambda given: str(given[0]))
def test_a_wrong_argument_is_named_or_taken_but_never_a_raw_error(
    name: str, function: Callable[..., Any]
) -> None:
    for parameter in inspect.signature(function).parameters.values():
        given = others(function, parameter.name)
        for wrong in WRONG:
            refused(function, given | {parameter.name: wrong})
        assert parameter.name in refused(function, given | {parameter.name: object()})


def test_the_right_arguments_are_taken() -> None:
    """The control: what fails here is only that nobody listens at the address."""
    with client() as tiktok:
        for right in (
            lambda: tiktok.videos.list(max_count=5),
            lambda: next(tiktok.videos.all(limit=5, fields=["id"])),
            lambda: tiktok.posts.publish_photos(
                ["https://a.example/1.jpg"], privacy_level="SELF_ONLY", wait=None
            ),
            lambda: tiktok.posts.publish_video(
                io.BytesIO(b"abc"), privacy_level="SELF_ONLY", check=False
            ),
            lambda: next(
                tiktok.research.all_videos(
                    query=Where.region_code.eq("DE"),
                    start_date="2026-11-01",
                    end_date="20261102",
                )
            ),
        ):
            with pytest.raises(NotSent):
                right()


def test_bytes_are_not_a_path() -> None:
    with (
        client() as tiktok,
        pytest.raises(TypeError, match=r"media must be .*io\.BytesIO"),
    ):
        tiktok.posts.publish_video(b"abc", privacy_level="SELF_ONLY")  # type: ignore[arg-type]


def test_an_error_names_a_member_of_the_choice_and_the_kind_of_wrong_items() -> None:
    with TikTokBusiness(access_token="act", hosts=Hosts.at("http://127.0.0.1:9")) as business:
        with pytest.raises(TypeError, match=r"EventSource, such as EventSource\.WEB, not str"):
            business.events.track("web", "C1", [])  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="collection of BusinessEvent, not list of dict"):
            business.events.track(EventSource.WEB, "C1", [{}])  # type: ignore[list-item]


def test_a_time_that_utc_does_not_have_is_refused() -> None:
    late = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12)))
    with (
        TikTokBusiness(access_token="act", hosts=Hosts.at("http://127.0.0.1:9")) as business,
        pytest.raises(InvalidRequest, match="schedule_end_time is no time between the years 1"),
    ):
        business.ad_groups.update(advertiser_id="1", adgroup_id="1", schedule_end_time=late)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"hosts": "http://127.0.0.1:8701"}, "Hosts.at"),
        ({"tokens": "tokens.json"}, "FileTokens"),
        ({"tokens": FileTokens}, "the class FileTokens"),
        ({"transport": httpx2.ASGITransport(_app)}, "AsyncTikTok takes the async ones"),
        ({"http": httpx2.AsyncClient()}, "AsyncTikTok takes the async one"),
        ({"retry": 3}, "RetryPolicy"),
        ({"clientkey": "k"}, "clientkey"),
    ],
)
def test_a_client_says_what_to_pass(given: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=r"^TikTok\(\): ") as error:
        TikTok(**given)
    assert says in str(error.value)


def test_a_number_that_is_none_is_named() -> None:
    with pytest.raises(TypeError, match="first_delay must be a number, not nan"):
        RetryPolicy(first_delay=float("nan"))


def test_an_unused_transport_is_not_taken() -> None:
    with pytest.raises(ConfigurationError, match="not both"), httpx2.Client() as http:
        TikTok(http=http, transport=httpx2.HTTPTransport())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1:1", "localhost", "", "http://", "ftp://a.example", "http://a.example:99999"),
        *("http://user:pw@a.example", "http://a.example?x=1", "http://a b.example", "http:/a"),
    ],
)
def test_hosts_want_whole_addresses(address: str) -> None:
    with pytest.raises(InvalidRequest, match="address") as error:
        Hosts.at(address)
    assert "pw" not in str(error.value)


def test_hosts_take_addresses_with_paths_and_slashes() -> None:
    assert Hosts.at("http://127.0.0.1:8701/").api == "http://127.0.0.1:8701"
    assert Hosts(www="https://gate.example/a/").www == "https://gate.example/a"


@pytest.mark.parametrize("token", ["", "act.x\n", "act x", "act.é"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(InvalidRequest, match="access_token") as error:
        TikTok(access_token=token)
    assert "act." not in str(error.value)
    with pytest.raises(InvalidRequest):
        TikTok(tokens=Tokens(access_token=token))


def test_what_is_wrong_is_told_by_the_call_and_not_by_the_first_step() -> None:
    with client() as tiktok:
        with pytest.raises(InvalidRequest, match="end_date is before start_date"):
            tiktok.research.all_videos(
                query=Where.region_code.eq("DE"), start_date="20261102", end_date="20261101"
            )
        with pytest.raises(InvalidRequest, match="no region"):
            tiktok.research.all_videos(
                query=Where.region_code.eq("XX"), start_date="20261101", end_date="20261102"
            )
        with pytest.raises(InvalidRequest, match="limit must be 0 or more"):
            tiktok.videos.all(limit=-1)
        with pytest.raises(TypeError, match=r"in a list, fields=\[\.\.\.\]"):
            tiktok.videos.all(fields="id,title")
        assert list(tiktok.videos.all(limit=0)) == []


CLIENTS = (TikTok, AsyncTikTok, TikTokBusiness, AsyncTikTokBusiness)


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("given", ["display.video_list", None, display.VIDEO_LIST.request])
def test_a_call_says_that_it_takes_a_declared_operation(kind: type[Any], given: Any) -> None:
    made = kind(access_token="act.x", hosts=UNREACHABLE, retry=RetryPolicy(1))
    for pass_it in (made.flow, lambda it: made.flow_of(it, display.UserInfoQuery())):
        with pytest.raises(TypeError, match=r"declared operation .*display\.VIDEO_LIST"):
            pass_it(given)

    async def call() -> None:
        called = made.call(given)
        if inspect.iscoroutine(called):
            await called

    with pytest.raises(TypeError, match="declared operation"):
        anyio.run(call)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_call_takes_no_argument_by_position(kind: type[Any]) -> None:
    made = kind(access_token="act.x", hosts=UNREACHABLE, retry=RetryPolicy(1))
    with pytest.raises(TypeError, match="arguments by keyword"):
        made.flow(display.VIDEO_LIST, ("id",))


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        *product(CLIENTS, ("for_account", "with_retry", "with_listener", "with_guard")),
        *product((TikTok, AsyncTikTok), ("begin_login",)),
        *product((TikTokBusiness, AsyncTikTokBusiness), ("for_advertiser",)),
    ],
)
def test_a_method_of_a_client_is_named_by_the_public_class(kind: type[Any], method: str) -> None:
    made = kind(access_token="act.x", hosts=UNREACHABLE)
    for wrong in ((object(),) * 2, ()):
        with pytest.raises(TypeError) as error:
            getattr(made, method)(*wrong)
        assert str(error.value).startswith(f"{kind.__name__}.{method}(): ")
