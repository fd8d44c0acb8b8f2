"""Everything about a request to /mcp but the message in it: names, pages, methods, addresses,
headers and sizes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator

from stagedoor.platform.bounds import MAX_BODY

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import AttackEnvironment
from .wire import Answer, request

KIND = "requests to the MCP server"
NOW = "2026-07-28"
_CALL = {"name": "read_profile", "arguments": {"account": MINE}}
_BODY = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": _CALL}).encode()
_HUGE = MAX_BODY + 1
WHO = "whole"

HOSTS = (
    "evil.example.com",
    "evil.example.com:8700",
    "127.0.0.1.evil.example.com",
    "localhost.evil.example.com",
    "evil.example.com#127.0.0.1",
    "127.0.0.1@evil.example.com",
    "evil.example.com/127.0.0.1",
    "localhost, evil.example.com",
    "xn--localhost-x.example.com",
    "0.0.0.0",
    "10.0.0.1",
    "[::1",
    "",
    "*",
    "localhost\x00",
    "2130706433",
    "127.1",
)
ORIGINS = (
    "https://evil.example.com",
    "http://evil.example.com",
    "null",
    "file://",
    "https://localhost.evil.example.com",
    "http://127.0.0.1.evil.example.com",
    "http://localhost@evil.example.com",
    "http://evil.example.com#localhost",
    "chrome-extension://abcdef",
    "ftp://localhost",
    "*",
    "",
    "https://evil.example.com http://localhost",
)
PATHS = (
    "//mcp",
    "/MCP",
    "/mcp//",
    "/mcp/x",
    "/mcp/../mcp",
    "/mcp/.",
    "/%6dcp",
    "/mcp%2f",
    "/mcp%00",
    "/mcp;a=b",
    "/mcp.json",
    "/mcp\\",
    "/./mcp",
    "/x/../mcp",
    "/api/mcp",
    "/mcp%20",
    "/agents/proxy/mcp",
    "/agents/mcp",
)
METHODS = ("GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "post", "QUERY")

Headers = Callable[[AttackEnvironment], list[tuple[str, str]]]


def _with(*more: tuple[str, str], drop: str = "") -> Headers:
    def made(environment: AttackEnvironment) -> list[tuple[str, str]]:
        own = [one for one in environment.mcp_headers(WHO) if one[0].lower() != drop.lower()]
        return [*own, *more]

    return made


def _second_key(name: str, scheme: str) -> Headers:
    return lambda environment: [
        *environment.mcp_headers("nobody"),
        (name, f"{scheme}{environment.keys[WHO]}"),
    ]


_MODERN = [
    ("MCP-Protocol-Version", NOW),
    ("Mcp-Method", "tools/call"),
    ("Mcp-Name", "read_profile"),
]


def _modern(changed: str, *values: str) -> Headers:
    """Headers that contradict the request."""
    kept = [one for one in _MODERN if one[0] != changed]
    return _with(*kept, *((changed, value) for value in values), drop="MCP-Protocol-Version")


REFUSED: dict[str, Headers] = {
    "no media type": _with(drop="Content-Type"),
    "another media type": _with(("Content-Type", "text/plain"), drop="Content-Type"),
    "a form": _with(("Content-Type", "application/x-www-form-urlencoded"), drop="Content-Type"),
    "nothing that it takes": _with(("Accept", "text/html"), drop="Accept"),
    "a length that is too large": _with(("Content-Length", str(_HUGE))),
    "a length that is none": _with(("Content-Length", "x")),
    "another's key in the second place": _second_key("Authorization", "Bearer "),
    "another's key as an access token": _second_key("Access-Token", ""),
    "another's key in a header of MCP's": _second_key("Mcp-Param-Authorization", "Bearer "),
    "another's key, forwarded": _second_key("X-Forwarded-Authorization", "Bearer "),
    "another's session": _second_key("Mcp-Session-Id", ""),
    "another tool's name": _modern("Mcp-Name", "list_accounts"),
    "two tools' names": _modern("Mcp-Name", "list_accounts", "read_profile"),
    "another method": _modern("Mcp-Method", "tools/list"),
    "two methods": _modern("Mcp-Method", "tools/list", "tools/call"),
    "no method": _modern("Mcp-Method"),
    "no name": _modern("Mcp-Name"),
    "another version": _modern("MCP-Protocol-Version", "2099-01-01"),
    "a version in the middle": _modern("MCP-Protocol-Version", "2026-01-01"),
}


def attacks(_: random.Random) -> Iterator[Attack]:
    for host in HOSTS:
        yield _sent(f"the host {host!r}", _with(("Host", host)))
    for origin in ORIGINS:
        yield _sent(f"the origin {origin!r}", _with(("Origin", origin)))
    for name, headers in REFUSED.items():
        yield _sent(name, headers)
    for path in PATHS:
        # every path that leads here reaches the same application, which requires the same key
        yield _sent(f"the path {path!r}", _with(), path, reaches=True)
    for method in METHODS:
        yield _sent(f"the method {method}", _with(), method=method)
        yield _sent(
            f"{method}, which says it is another",
            _with(("X-HTTP-Method-Override", "POST"), ("X-Original-URL", "/mcp")),
            method=method,
        )
    yield _sent("a body that is too large", _with(), body=_BODY + b" " * _HUGE)
    for where in ("access_token", "token", "key", "authorization"):

        def send(environment: AttackEnvironment, where: str = where) -> Iterator[Answer]:
            headers = environment.mcp_headers(WHO)[1:]
            target = f"/mcp?{where}={environment.keys[WHO]}"
            yield environment.send_message(Way.HTTP, _BODY, headers=headers, target=target)

        yield Attack(KIND, Way.HTTP, f"a key in the address, as {where}", send)
    yield Attack(KIND, Way.HTTP, "another's request behind its own", _behind)


def _sent(
    name: str,
    headers: Headers,
    path: str = "/mcp",
    method: str = "POST",
    body: bytes = _BODY,
    reaches: bool = False,
) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        said = [*headers(environment), ("Connection", "close")]
        yield environment.ask_on_new_connection(request(method, path, said, body))

    return Attack(KIND, Way.HTTP, name, send, reaches)


def _behind(environment: AttackEnvironment) -> Iterator[Answer]:
    """Hide a good request without grants in a body that is longer than its declared length."""
    hidden = request(
        "POST", "/mcp", [*environment.mcp_headers("nobody"), ("Connection", "close")], _BODY
    )
    for lines in (
        [("Content-Length", "2"), ("Content-Length", "400")],
        [("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked"), ("Content-Length", "2")],
        [("Content-Length", "+2")],
    ):
        said = [*environment.mcp_headers("nobody"), *lines]
        yield environment.ask_on_new_connection(request("POST", "/mcp", said, b"{}" + hidden))


def controls() -> Iterator[Attack]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        said = [*_with(("Origin", environment.service.url))(environment), ("Connection", "close")]
        yield environment.ask_on_new_connection(request("POST", "/mcp", said, _BODY))

    yield Attack(KIND, Way.HTTP, "a good request from a page of its own", send, True)
