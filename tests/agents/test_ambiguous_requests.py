"""Ambiguous requests: each is read by the declaration, or refused.

The judge is TikTok's own log of requests, and each kind of trick has a control: the same request
without the trick, which gets through.
"""

from __future__ import annotations

import json
import logging
import socket
import time
from contextlib import ExitStack, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from stagedoor.agents.proxy import incoming
from stagedoor.connector.connections import ConnectionLimits
from stagedoor.platform.bounds import MAX_BODY
from tests.agents.conftest import AgentFixture
from tests.support.every import every
from tests.support.local import Local
from tests.support.proxying import EVERYTHING, PREFIX, Proxied, refused

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

USER = f"{PREFIX}/@maracooks/v2/user/info/"
QUERY = "?fields=open_id"
VIDEOS = f"{PREFIX}/@maracooks/v2/video/list/?fields=id"
READS = ({"resource": "profile", "level": "read"}, {"resource": "videos", "level": "read"})

PATHS = (
    "/agents/proxy",
    "/agents/proxy/",
    "/agents/proxy/@",
    "/agents/proxy/@/v2/user/info/",
    "/agents/proxy/@maracooks",
    "/agents/proxy/@maracooks/",
    "/agents/proxy/@maracooks/v2/user/info",
    "/agents/proxy/@maracooks/v2/user/info//",
    "/agents/proxy/@maracooks//v2/user/info/",
    "/agents/proxy//@maracooks/v2/user/info/",
    "//agents/proxy/@maracooks/v2/user/info/",
    "/agents//proxy/@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks/v2//user/info/",
    "/agents/proxy/@maracooks/v2/./user/info/",
    "/agents/proxy/@maracooks/v2/video/../user/info/",
    "/agents/proxy/x/../@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks/../@ridewithrio/v2/user/info/",
    "/agents/x/../proxy/@maracooks/v2/user/info/",
    "/api/../agents/proxy/@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks/v2/user%2Finfo/",
    "/agents/proxy/@maracooks/v2%2Fuser%2Finfo%2F",
    "/agents/proxy/@maracooks%2Fv2/user/info/",
    "/agents/proxy%2F@maracooks/v2/user/info/",
    "/agents/prox%79/@maracooks/v2/user/info/",
    "/agents/proxy/%40maracooks/v2/user/info/",
    "/agents/proxy/@maracook%73/v2/user/info/",
    "/agents/proxy/@maracooks/v2/user/inf%6F/",
    "/agents/proxy/@maracooks/v2/user/%2e%2e/user/info/",
    "/agents/proxy/@maracooks/v2/user/info%2F",
    "/agents/proxy/@maracooks/v2/user/info/%00",
    "/agents/proxy/@maracooks/v2/user/info/%20",
    "/agents/proxy/@maracooks/v2/user/info/%3Ffields=open_id",
    "/agents/proxy/@maracooks/v2/user/info/;a=b",
    "/agents/proxy/@maracooks;a=b/v2/user/info/",
    "/agents/proxy/@maracooks/v2;/user/info/",
    "/agents/proxy/@maracooks/v2/user/info/.json",
    "/agents/proxy/@maracooks/v2/user/info/x",
    "/agents/proxy/@maracooks/V2/User/Info/",
    "/agents/proxy/@maracooks/v2/USER/info/",
    "/Agents/Proxy/@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks\\v2\\user\\info\\",
    "/agents\\proxy/@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks/v2\\user/info/",
    "/agents/proxy/@ridewithrio/@maracooks/v2/user/info/",
    "/agents/proxy/@maracooks/@ridewithrio/v2/user/info/",
    "/agents/proxy/@maracooks@ridewithrio/v2/user/info/",
    "/agents/proxy/@@maracooks/v2/user/info/",
    "/agents/proxy/@mara cooks/v2/user/info/",
    "/agents/proxy/@mara%20cooks/v2/user/info/",
    "/agents/proxy/maracooks/v2/user/info/",
    "/agents/proxy/https://open.tiktokapis.com/v2/user/info/",
    "/agents/proxy/@maracooks/https://open.tiktokapis.com/v2/user/info/",
    "/agents/proxy/@maracooks/open.tiktokapis.com/v2/user/info/",
    "/agents/proxy/@maracooks/_emulator/world",
    "/agents/proxy/@maracooks/v2/auth/authorize/",
    "/agents/proxy/@maracooks/api/agents",
    "/agents/proxy.evil/@maracooks/v2/user/info/",
    "/agents/proxyv2/user/info/",
)


@pytest.fixture
def agent(agent: AgentFixture) -> AgentFixture:
    agent.service.api("PATCH", f"/api/agents/{agent.id}", {"callsPerMinute": 1_000})
    agent.given(*READS)
    return agent


@pytest.fixture
def proxy(agent: AgentFixture) -> Proxied:
    return Proxied(agent.service.url, agent.service.http, agent.key)


@pytest.fixture
def seen(agent: AgentFixture, local: Local) -> Seen:
    return Seen(local)


class Seen:
    """The requests that reach TikTok from here on."""

    def __init__(self, local: Local) -> None:
        self._local = local
        self._before = len(self._all())

    def _all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._local.control("GET", "requests", limit=1_000)[
            "requests"
        ]
        return found

    @property
    def operations(self) -> list[str]:
        return [str(one["operation"]) for one in self._all()[self._before :]]


def request(
    method: str, target: str, key: str, *more: str, body: bytes = b"", length: int | None = None
) -> bytes:
    lines = [
        f"{method} {target} HTTP/1.1",
        "Host: stagedoor.test",
        f"Authorization: Bearer {key}",
        "Connection: close",
        *more,
    ]
    if body or length is not None:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def test_a_path_is_tiktok_s_letter_for_letter_or_none(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    for path in PATHS:
        status, answer = proxy.raw(request("GET", path + QUERY, agent.key))
        assert status in (400, 401, 404), (path, answer)
        assert agent.key.encode() not in answer
    assert seen.operations == []
    assert agent.rows() == []
    assert proxy.raw(request("GET", USER + QUERY, agent.key))[0] == 200
    assert seen.operations == ["display.user_info"]


@sqlite_only
def test_an_absolute_address_means_its_path(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    for where in (agent.service.url, "http://open.tiktokapis.com", "https://evil.example.com"):
        assert proxy.raw(request("GET", f"{where}{USER}{QUERY}", agent.key))[0] == 200
    for target in ("https://open.tiktokapis.com/v2/user/info/", "*", "open.tiktokapis.com:443"):
        assert proxy.raw(request("GET", target + QUERY, agent.key))[0] in (400, 404), target
    assert seen.operations == ["display.user_info"] * 3


@sqlite_only
def test_the_method_is_the_one_of_the_request_line(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        status, answer = proxy.raw(request(method, VIDEOS, agent.key))
        assert status == 405, (method, answer)
        assert b"\r\nallow: POST\r\n" in answer
    assert proxy.raw(request("HEAD", VIDEOS, agent.key))[0] == 405
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        assert proxy.raw(request("GET", VIDEOS, agent.key, f"{name}: POST"))[0] == 405
        assert proxy.raw(request("GET", f"{VIDEOS}&_method=POST", agent.key))[0] == 405
    assert seen.operations == []
    # nor does it change what is asked for
    override = "X-HTTP-Method-Override: DELETE"
    assert proxy.raw(request("POST", VIDEOS, agent.key, override, body=b"{}"))[0] == 200
    assert seen.operations == ["display.video_list"]


@sqlite_only
def test_two_keys_are_none(agent: AgentFixture, proxy: Proxied, seen: Seen) -> None:
    other = "sda_" + "x" * 43
    for more in (
        f"Authorization: Bearer {other}",
        f"authorization: Bearer {other}",
        f"Access-Token: {other}",
        "Authorization: Basic eDp5",
        "Authorization:",
        "Access-Token:",
    ):
        status, answer = proxy.raw(request("GET", USER + QUERY, agent.key, more))
        assert status == 401, (more, answer)
        assert agent.key.encode() not in answer
    assert seen.operations == []
    assert agent.rows() == []
    same = f"Access-Token: {agent.key}"
    assert proxy.raw(request("GET", USER + QUERY, agent.key, same))[0] == 200


@sqlite_only
def test_no_header_of_the_caller_s_goes_any_further(
    agent: AgentFixture, proxy: Proxied, local: Local, seen: Seen
) -> None:
    """TikTok would answer otherwise: with another account, another host, another body."""
    token = local.control(
        "POST", "tokens", {"client_key": "emulator-client-key", "creator": "ridewithrio"}
    )["access_token"]
    own = proxy.raw(request("GET", USER + QUERY, agent.key))[1].rpartition(b"\r\n\r\n")[2]
    for more in (
        f"X-Forwarded-Authorization: Bearer {token}",
        f"Cookie: access_token={token}",
        "Host: open.tiktokapis.com",
        "X-Forwarded-Host: evil.example.com",
        "X-Original-URL: /v2/video/list/",
        "X-Rewrite-URL: /v2/video/list/",
        "X-Forwarded-Prefix: /agents/proxy/@ridewithrio",
        "Connection: authorization",
        "Range: bytes=0-3",
        "Content-Encoding: gzip",
    ):
        status, answer = proxy.raw(request("GET", USER + QUERY, agent.key, more))
        assert status in (200, 400), more  # two Host headers are the server's to refuse
        if status == 200:
            assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["data"] == json.loads(own)["data"]
    assert set(seen.operations) == {"display.user_info"}


def test_what_the_query_and_the_body_both_say_is_the_query_s(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    """The fields that are judged are the ones that TikTok is asked for."""
    agent.given(
        {"resource": "videos", "level": "read", "conditions": {"fields": ["id"]}},
    )
    body = {"fields": "id,title", "max_count": 1}
    answer = proxy.send("POST", "/v2/video/list/?fields=id", body)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()["data"]["videos"][0]) == {"id"}
    for query in ("?fields=id,title", "?fields=id%2Ctitle", "?fields=title"):
        answer = proxy.send("POST", f"/v2/video/list/{query}", {"fields": "id"})
        assert refused(answer)[:2] == (403, "denied_by_policy"), query
    for query in ("?fields=id&fields=title", "?fields=id&field%73=title", "?fields=id&a=1&a=2"):
        answer = proxy.send("POST", f"/v2/video/list/{query}", {"max_count": 1})
        assert refused(answer)[:2] == (400, "invalid_params"), query
    assert seen.operations == ["display.video_list"]


def test_of_two_members_of_a_body_the_last_one_is_judged_and_done(
    agent: AgentFixture, proxy: Proxied, local: Local, seen: Seen
) -> None:
    agent.given(
        {
            "resource": "posting",
            "level": "full",
            "conditions": {"privacyLevels": ["SELF_ONLY"]},
        }
    )
    source = '"source_info": {"source": "PULL_FROM_URL", "video_url": "https://m.example.com/a"}'
    levels = '"privacy_level": "SELF_ONLY", "privacy_level": "PUBLIC_TO_EVERYONE"'
    quiet, loud = '{"privacy_level": "SELF_ONLY"}', '{"privacy_level": "PUBLIC_TO_EVERYONE"}'
    for body in (
        f'{{"post_info": {{{levels}}}, {source}}}',
        f'{{"post_info": {quiet}, {source}, "post_info": {loud}}}',
        f'{{"post_info": {quiet}, {source}, "post\\u005finfo": {loud}}}',
        f'{{"post_info": {{"privacy\\u005flevel": "PUBLIC_TO_EVERYONE"}}, {source}}}',
        f'{{"Post_Info": {quiet}, "post_info": {loud}, {source}}}',
    ):
        answer = proxy.http.post(
            f"{proxy.base}/v2/post/publish/video/init/",
            content=body,
            headers={"authorization": f"Bearer {agent.key}"},
        )
        assert refused(answer)[:2] == (403, "denied_by_policy"), body
    assert seen.operations == []
    answer = proxy.http.post(
        f"{proxy.base}/v2/post/publish/video/init/",
        content=f'{{"post_info": {quiet}, {source}}}',
        headers={"authorization": f"Bearer {agent.key}"},
    )
    assert answer.status_code == 200, answer.text
    [post] = agent.service.api("GET", "/api/posts")["posts"]
    assert post["publishId"] == answer.json()["data"]["publish_id"]


@sqlite_only
@every("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain", "a/b", None])
def test_a_body_is_what_the_call_declares_whatever_it_is_called(
    agent: AgentFixture, proxy: Proxied, seen: Seen, kind: str | None
) -> None:
    more = [] if kind is None else [f"Content-Type: {kind}"]
    before = len(seen.operations)
    assert proxy.raw(request("POST", VIDEOS, agent.key, *more, body=b'{"max_count": 1}'))[0] == 200
    for body in (b"max_count=1", b'--x\r\nContent-Disposition: form-data; name="max_count"'):
        assert proxy.raw(request("POST", VIDEOS, agent.key, *more, body=body))[0] == 400
    assert seen.operations[before:] == ["display.video_list"]


@sqlite_only
def test_a_huge_body_is_refused_unread_and_on_record(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    size = MAX_BODY + 1
    for length in (size, 10**12, 10**30):
        # it is refused by what it says of itself
        status, answer = proxy.raw(request("POST", VIDEOS, agent.key, length=length))
        assert status in (400, 413), answer
        if status == 413:
            assert b"invalid_params" in answer
    chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
    chunked = request("POST", VIDEOS, agent.key, "Transfer-Encoding: chunked") + chunk * 5
    with suppress(ConnectionError):  # it may be cut off while it still sends
        assert proxy.raw(chunked)[0] in (0, 413)
    rows = agent.rows()
    assert {row["rule"] for row in rows} == {"bad-arguments"}
    assert "larger than" in rows[0]["reason"]
    assert seen.operations == []
    padded = b'{"max_count": 1}' + b" " * (MAX_BODY - 16)
    assert proxy.raw(request("POST", VIDEOS, agent.key, body=padded))[0] == 200


@sqlite_only
def test_a_body_that_does_not_come_is_not_waited_for(
    agent: AgentFixture, proxy: Proxied, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "BODY_SECONDS", 0.3)
    for body in (b"", b'{"max_count"'):
        status, answer = proxy.raw(request("POST", VIDEOS, agent.key, body=body, length=20))
        assert status == 408, answer
        assert b"invalid_params" in answer
        assert agent.rows()[0]["rule"] == "bad-arguments"
    assert seen.operations == []


@sqlite_only
def test_a_caller_that_is_known_is_not_cut_off_by_idle_connections(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    whole = request("POST", VIDEOS, agent.key, body=b'{"max_count": 2}')
    place = urlsplit(agent.service.url)
    address = (str(place.hostname), int(place.port or 0))
    with ExitStack() as stack:
        caller = stack.enter_context(socket.create_connection(address, timeout=30))
        caller.sendall(whole[:-5])
        time.sleep(1.2)  # it is new no longer
        for _ in range(ConnectionLimits().most_of_peer + 5):
            stack.enter_context(socket.create_connection(address, timeout=30))
        assert proxy.raw(request("GET", "/healthz", agent.key))[0] == 200  # all are accepted
        caller.sendall(whole[-5:])
        assert caller.recv(65_536).startswith(b"HTTP/1.1 200 ")
    assert seen.operations == ["display.video_list"]


@sqlite_only
def test_two_lengths_are_no_request(agent: AgentFixture, proxy: Proxied, seen: Seen) -> None:
    smuggled = request("POST", VIDEOS, agent.key, body=b"{}")
    for more in ("Content-Length: 0", "Content-Length: 200", "Transfer-Encoding: chunked"):
        data = request("POST", VIDEOS, agent.key, more, body=b"{}" + smuggled)
        status, _ = proxy.raw(data)
        assert status == 400, more
    assert seen.operations == []


@sqlite_only
def test_one_connection_carries_requests_of_two_agents_apart(
    agent: AgentFixture, proxy: Proxied, seen: Seen
) -> None:
    unknown = "sda_" + "x" * 43
    first = request("GET", USER + QUERY, agent.key).replace(b"Connection: close\r\n", b"")
    both = proxy.raw(first + request("GET", USER + QUERY, unknown))[1]
    assert both.count(b"HTTP/1.1 200") == 1
    assert both.count(b"HTTP/1.1 401") == 1
    assert seen.operations == ["display.user_info"]


def test_no_log_and_no_answer_has_the_key(
    agent: AgentFixture, proxy: Proxied, local: Local, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    agent.given(*EVERYTHING)
    local.fault("display.user_info", "gateway", status=502, times=9)
    local.fault("display.video_list", "cut", times=9)
    status = USER.replace("user/info", "post/publish/status/fetch")
    named = json.dumps({"publish_id": agent.key}).encode()
    # not by the HTTP library of the tests, which logs what it sends
    answers = [
        proxy.raw(request("GET", USER + QUERY, agent.key)),
        proxy.raw(request("POST", VIDEOS, agent.key, body=b"{}")),
        proxy.raw(request("POST", f"{VIDEOS},{agent.key}", agent.key, body=b"{}")),
        proxy.raw(request("POST", status, agent.key, body=named)),
    ]
    assert [one for one, _ in answers] == [502, 502, 400, 400]
    for _, answer in answers:
        assert agent.key.encode() not in answer
    # the server's log of requests is off; the tests' own handler listens to it all the same
    told = [one.getMessage() for one in caplog.records if one.name != "uvicorn.access"]
    assert agent.key not in "\n".join(told)
    assert agent.key not in json.dumps(agent.rows())
