"""Pages, uploads and control routes under bad input: answered soon, never broken by it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.routing import Route

from stagedoor.emulator import registry, state
from stagedoor.emulator.world import World
from stagedoor.platform import catalogue, wire
from stagedoor.platform.media import UPLOAD_CHUNK
from stagedoor.platform.operation import Operation, Subject
from stagedoor.platform.protocols.upload_transfer import UPLOAD_TRANSFER
from tests.examples import Seeded, begin, request_of
from tests.support import invalid_values
from tests.support.invalid_values import ODD
from tests.support.local import KEY
from tests.support.poster import SANDBOX, Poster, file_source
from tests.support.raw_connection import Headers, RawAnswer, RawConnection
from tests.support.researcher import Researcher

from .conftest import TikTok

CONTROL = "/_emulator/"
JSON = (("content-type", b"application/json"),)
ROUTES = [
    one
    for name in registry.answering()
    for one in getattr(registry.module(name), "ROUTES", ())
    if isinstance(one, Route)
]

SEGMENTS = ("0", "..", "%00", "%ff%fe", "a%2fb", "%F0%9F%98%80", "x" * 3_000, "%3Cscript%3E", "-1")
QUERIES = (
    "a",
    "%",
    "%00=%00",
    "%ff=%fe",
    "&&==&",
    "limit=-1&limit=x",
    "a=1&" * 2_000,
    "url=" + "x" * 20_000,
    "autoplay=NaN&controls=%00&loop=-1&music_info[]=1",
)
FORM: Headers = (("Content-Type", b"application/x-www-form-urlencoded"),)


@pytest.fixture
def line(tiktok: TikTok) -> Iterator[RawConnection]:
    with RawConnection(tiktok.url) as line:
        yield line


@pytest.fixture
def places(tiktok: TikTok) -> dict[str, str]:
    """Something of the world for each parameter of a path."""
    tiktok.settings(rate_limits=False)
    begun = begin(tiktok.http, tiktok.bearer(scopes=EVERY), Researcher(tiktok.http).headers)
    world = tiktok.world
    videos = world.videos_of(world.named("maracooks").id)
    return {
        "username": "maracooks",
        "handle": "maracooks",
        "client_key": KEY,
        "video_id": videos[0].id,
        "post_id": videos[0].id,
        "publish_id": begun.publish_id,
        "request_id": begun.request_id,
        "token": begun.qr_token,
        "ad_id": next(iter(world.all.ads)),
        "shop_id": next(iter(world.all.shops)),
        "product_id": next(iter(world.all.products)),
        "comment_id": next(iter(world.all.comments)),
        "pool": "general",
    }


EVERY = ["user.info.basic", "video.upload", "video.publish", "portability.all.ongoing"]


def filled(path: str, places: dict[str, str]) -> str:
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def whole(answer: RawAnswer, told: object) -> None:
    """An answer of the emulator's own making, not a crash and not the server's excuse."""
    assert answer.status < 500, f"{told!r:.300} -> {answer.status} {answer.body[:200]!r}"
    body = answer.body
    assert b"Traceback" not in body
    markup = "html" in answer.headers.get("content-type", "") and b"<script>alert" in body
    assert not markup, f"{told!r:.300}: markup came through"


def orders(route: Route) -> list[type[BaseModel]]:
    """The models of the bodies that a control route reads."""
    functions = [route.endpoint]
    functions += [
        cell.cell_contents
        for cell in getattr(route.endpoint, "__closure__", None) or ()
        if callable(cell.cell_contents)
    ]
    found = [
        function.__globals__.get(name)
        for function in functions
        if not isinstance(function, partial)
        for name in function.__code__.co_names
    ]
    return [one for one in found if isinstance(one, type) and issubclass(one, BaseModel)]


def test_a_page_is_answered_whatever_its_path_and_query_say(
    line: RawConnection, places: dict[str, str]
) -> None:
    for route in ROUTES:
        for method in sorted(route.methods or ()):
            for query in QUERIES:
                target = f"{filled(route.path, places)}?{query}"
                if method in ("GET", "HEAD"):
                    whole(line.ask(method, target), (method, target))
            for name in route.param_convertors:
                for segment in SEGMENTS:
                    target = filled(route.path.replace(f"{{{name}}}", segment), places)
                    whole(line.ask(method, target, (), b"{}"), (method, target))


def test_an_unknown_method_on_a_page_is_refused(
    line: RawConnection, places: dict[str, str]
) -> None:
    for route in ROUTES:
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            if method not in (route.methods or ()):
                target = filled(route.path, places)
                whole(line.ask(method, target, (), b"x"), (method, target))


def test_a_broken_body_is_refused_by_every_control_route(
    tiktok: TikTok, line: RawConnection, places: dict[str, str]
) -> None:
    for route in ROUTES:
        if not route.path.startswith(CONTROL):
            continue
        for method in sorted((route.methods or set()) - {"GET", "HEAD", "DELETE"}):
            target = filled(route.path, places)
            for name, body in invalid_values.broken(b'{"a":1}').items():
                answer = line.ask(method, target, JSON, body)
                whole(answer, (target, name))
                if orders(route) and name in invalid_values.UNREADABLE:
                    assert answer.status in (400, 404, 409), (target, name)
                    assert answer.json["error"]["message"]
            whole(line.ask(method, target, JSON, b" " * 1_100_000), (target, "long"))


def test_odd_orders_leave_a_world_that_every_product_can_show(
    tiktok: TikTok, places: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A body that a control route accepts, however odd, breaks no later answer."""
    caplog.set_level(logging.ERROR)
    places["client_key"] = SANDBOX  # the other one is asked with afterwards
    with RawConnection(tiktok.url) as line:
        for route in ROUTES:
            if route.path in NOT_ODD:
                continue
            for method in sorted((route.methods or set()) - {"GET", "HEAD", "DELETE"}):
                for model in orders(route):
                    _order_oddly(line, method, filled(route.path, places), model)
        for route in ROUTES:
            if "GET" in (route.methods or ()):
                target = filled(route.path, places)
                whole(line.ask("GET", target), target)
        _ask_everything(tiktok, line)
    state.save(tiktok.world, tmp_path / "state.json")
    state.load(World(), tmp_path / "state.json")
    assert [one.getMessage() for one in caplog.records] == []


NOT_ODD = frozenset({f"{CONTROL}reset", f"{CONTROL}faults", f"{CONTROL}clock"})
"""The routes that would delete the world, spoil answers or stop the time."""


def _order_oddly(line: RawConnection, method: str, target: str, model: type[BaseModel]) -> None:
    schema = model.model_json_schema()
    base = {name: _plain(name) for name in schema.get("required", ())}
    for spot in invalid_values.spots(schema):
        for value in (*ODD, *spot.beyond, *(10**15, "maracooks", "DE", "PUBLIC_TO_EVERYONE")):
            body = invalid_values.put(base, spot.path, value)
            answer = line.ask(method, target, JSON, invalid_values.written(body))
            whole(answer, (method, target, spot.name, value))
            if value in spot.beyond:
                assert answer.status in (400, 404, 409), (target, spot.name, value)


_PLAIN: dict[str, Any] = {
    "username": "someone.new",
    "creator": "maracooks",
    "person": "maracooks",
    "author": "maracooks",
    "follower": "maracooks",
    "followed": "jonas.behind.doors",
    "client_key": KEY,
    "video_ids": [],
    "prices": ["1.00EUR"],
    "reach": {"FR": 10},
    "country": "FR",
    "region": "FR",
    "privacy": "PUBLIC_TO_EVERYONE",
    "reason": "internal",
    "stars": 5,
    "bytes": 10,
    "hosts": {},
    "domains": [],
    "outcome": "post",
    "media": [],
}


def _plain(name: str) -> Any:
    return _PLAIN.get(name, "plain")


def _ask_everything(tiktok: TikTok, line: RawConnection) -> None:
    """Every operation's good request, of the world as it is now."""
    tiktok.settings(rate_limits=False)
    user = tiktok.bearer(scopes=[*EVERY, "user.info.profile", "user.info.stats", "video.list"])
    own = Researcher(tiktok.http).headers
    seeded = Seeded(tiktok.world, begin(tiktok.http, user, own))
    tiktok.advance(60)
    for operation in catalogue.operations().values():
        if operation.protocol is UPLOAD_TRANSFER:
            continue
        sent = wire.encode(operation, request_of(operation, seeded))
        bearer = user if operation.subject is Subject.CREATOR else own
        headers = [(name, value.encode()) for name, value in bearer.items()]
        if sent.content_type:
            headers.append(("Content-Type", sent.content_type.encode()))
        target = f"{operation.path}?{sent.query}"
        whole(line.ask(operation.method, target, tuple(headers), sent.body), operation.id)


def test_an_upload_with_odd_headers_stores_nothing(tiktok: TikTok, line: RawConnection) -> None:
    poster = Poster(tiktok.http)
    token = poster.token()
    source = {"source_info": file_source(1_000)}
    begun = poster.data(INBOX, token, source)
    target = begun["upload_url"].removeprefix(tiktok.url)
    right: dict[str, bytes] = {
        "Content-Type": b"video/mp4",
        "Content-Range": b"bytes 0-999/1000",
        "Content-Length": b"1000",
    }
    ranges = (
        b"",
        b"bytes",
        b"bytes 0-999",
        b"bytes 0-999/*",
        b"bytes */1000",
        b"bytes 999-0/1000",
        b"bytes -1-999/1000",
        b"bytes 0-999/0",
        b"bytes 0-" + b"9" * 5_000 + b"/1000",
        b"bytes 0x0-0x3e7/1000",
        b"bytes 0.0-999.0/1000",
        "bytes 0-٩٩٩/1000".encode(),
        b"items 0-999/1000",
        b"bytes 0-499/1000, 500-999/1000",
        b"\xff\xfe",
    )
    types = (b"", b"text/html", b"video/", b"\xff", b"*/*")
    for name, values in (("Content-Range", ranges), ("Content-Type", types)):
        for value in values:
            headers = tuple((right | {name: value}).items())
            answer = line.ask("PUT", target, headers, b"x" * 1_000)
            documented(UPLOAD_CHUNK, answer, (name, value))
            line.close()
    for query in ("", "?upload_id=%00&upload_token=%ff", "?upload_id=1", "?" + "a=1&" * 3_000):
        bare = target.partition("?")[0] + query
        answer = line.ask("PUT", bare, tuple(right.items()), b"x" * 1_000)
        documented(UPLOAD_CHUNK, answer, query[:50])
        line.close()
    assert poster.status(token, begun["publish_id"]).get("uploaded_bytes", 0) == 0
    assert poster.put(begun["upload_url"], b"x" * 1_000).status_code == 201


INBOX: Operation[..., Any] = catalogue.operations()["posting.inbox_video_init"]


def documented(operation: Operation[..., Any], answer: RawAnswer, told: object) -> None:
    assert answer.status in {case.http for case in operation.errors if case.http < 500}, told


def test_forms_with_odd_fields_are_answered(tiktok: TikTok, line: RawConnection) -> None:
    """Consent, sharing and the scanner: what a person's browser sends."""
    grant = f"client_key={KEY}&scope=user.info.basic&response_type=code&state=s"
    pages = [one for one in ROUTES if not one.path.startswith(CONTROL) or "scan" in one.path]
    for route in pages:
        if "POST" not in (route.methods or ()):
            continue
        for body in _forms():
            for query in ("", f"?{grant}"):
                target = f"{route.path}{query}"
                if "{" not in target:
                    whole(line.ask("POST", target, FORM, body), (target, body[:80]))


def _forms() -> Iterator[bytes]:
    yield from invalid_values.broken(b'{"a":1}').values()
    for name in ("decision", "creator", "scopes", "username", "state", "url", "outcome", "media"):
        for value in ("", "%00", "%ff", "x" * 10_000, "%3Cscript%3Ealert(1)%3C/script%3E", "[]"):
            yield f"{name}={value}&{name}={value}".encode()
    yield b"a=1&" * 2_000
    yield b"x" * 70_000


RAW: dict[str, bytes] = {
    "no HTTP": b"hello\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "two lengths": b"POST /v2/video/list/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
    b"Content-Length: 3\r\n\r\n{}",
    "length below zero": b"POST /v2/video/list/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "bad chunk": b"POST /v2/video/list/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"zz\r\n{}\r\n0\r\n\r\n",
    "NUL in a header": b"GET /v2/user/info/ HTTP/1.1\r\nHost: a\r\nCookie: \x00\r\n\r\n",
    "NUL in the path": b"GET /v2/user/\x00info/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "a folded header": b"GET /v2/user/info/ HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
    "a whole address": b"GET http://evil.example.com/v2/user/info/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "two hosts": b"GET /v2/user/info/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "no host": b"GET /v2/user/info/ HTTP/1.1\r\n\r\n",
    "long line": b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
}


def test_what_is_hardly_http_is_answered_or_hung_up_on_at_once(tiktok: TikTok) -> None:
    for name, request in RAW.items():
        with RawConnection(tiktok.url) as line:
            try:
                whole(line.send(request), name)
            except (ConnectionError, HTTPException):
                continue  # hung up without an answer
    assert tiktok.http.get("/_emulator/health").status_code == 200
