"""Headers that mean another key, another account, another address or another length."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.emulator.products.oauth.state import ACCESS_TOKENS, GRANTS
from stagedoor.platform.operation import Operation

from .actors import MINE, OTHER
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import PROXIED
from .wire import Answer, request

KIND = "header tricks"
READS = ("display.user_info", "display.video_list")
"""The operations that `reader` may do with some fields on one account."""

More = Callable[[AttackEnvironment], tuple[str, str]]

SECOND: dict[str, More] = {
    "a second bearer": lambda environment: ("Authorization", f"Bearer {environment.keys['rival']}"),
    "a second bearer in small letters": lambda environment: (
        "authorization",
        f"Bearer {environment.keys['rival']}",
    ),
    "an access token beside it": lambda environment: ("Access-Token", environment.keys["rival"]),
    "a password beside it": lambda _: ("Authorization", "Basic eDp5"),
    "an empty bearer beside it": lambda _: ("Authorization", ""),
    "an empty access token beside it": lambda _: ("Access-Token", ""),
    "an unknown key beside it": lambda _: ("Access-Token", "sda_" + "x" * 43),
}
"""Ambiguous headers: the request's caller can't be told."""


def _token(environment: AttackEnvironment) -> str:
    """Return TikTok's own access token for the other account."""
    world = environment.world
    other = world.named(OTHER)
    theirs = {one.id for one in world[GRANTS].values() if other and one.creator_id == other.id}
    return next(name for name, one in world[ACCESS_TOKENS].items() if one.grant_id in theirs)


TURNED: dict[str, More] = {
    "TikTok's token, forwarded": lambda environment: (
        "X-Forwarded-Authorization",
        f"Bearer {_token(environment)}",
    ),
    "TikTok's token in a cookie": lambda environment: (
        "Cookie",
        f"access_token={_token(environment)}",
    ),
    "TikTok's token by a name of its own": lambda environment: (
        "X-Tt-Access-Token",
        _token(environment),
    ),
    "another original address": lambda _: ("X-Original-URL", f"/agents/proxy/@{OTHER}/v2/x/"),
    "another rewritten address": lambda _: ("X-Rewrite-URL", f"/agents/proxy/@{OTHER}/v2/x/"),
    "another prefix": lambda _: ("X-Forwarded-Prefix", f"/agents/proxy/@{OTHER}"),
    "another forwarded path": lambda _: ("X-Forwarded-Path", "/v2/video/list/"),
    "another forwarded host": lambda _: ("X-Forwarded-Host", "evil.example.com"),
    "a forwarding": lambda _: ("Forwarded", "for=127.0.0.1;host=evil.example.com"),
    "another address of its own": lambda _: ("X-Forwarded-For", "127.0.0.1"),
    "a hop that drops the key": lambda _: ("Connection", "authorization"),
    "an organisation": lambda _: ("orgid", "globex"),
    "an agent": lambda environment: ("X-Agent", environment.ids["whole"]),
    "an account": lambda environment: ("X-Account", environment.accounts[OTHER]),
    "a range": lambda _: ("Range", "bytes=0-3"),
    "an expectation": lambda _: ("Expect", "200-maybe"),
    "an upgrade": lambda _: ("Upgrade", "h2c"),
    "an encoding": lambda _: ("Content-Encoding", "gzip"),
    "a wrong media type": lambda _: ("Content-Type", "text/xml"),
    "a very long header": lambda _: ("X-Long", "x" * 20_000),
    "a folded header": lambda _: ("X-Folded", "a\r\n Authorization: Bearer x"),
    "a NUL in a header": lambda _: ("X-Nul", "a\x00b"),
    "a header without a name": lambda _: ("", "x"),
    "a blank before the colon": lambda environment: (
        "Authorization ",
        f"Bearer {environment.keys['rival']}",
    ),
}
"""Headers that may be ignored: the request then does what `reader` may."""


def attacks(chance: random.Random) -> Iterator[Attack]:
    for name, more in SECOND.items():
        for operation in chance.sample(PROXIED, 6):
            yield _second(operation, name, more)
    for name, more in TURNED.items():
        for operation_id in READS:
            yield _turned(OPERATIONS[operation_id], name, more)
    yield from _lengths()


def _second(operation: Operation[..., object], name: str, more: More) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        own = ("Authorization", f"Bearer {environment.keys['whole']}")
        both = [own, more(environment)]
        for pairs in (both, both[::-1]):
            yield environment.call_proxy(
                operation, headers=[*pairs, *environment.kind(operation).items()]
            )

    return Attack(KIND, Way.PROXY, f"{operation.id} with {name}", send)


def _turned(operation: Operation[..., object], name: str, more: More) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        own = ("Authorization", f"Bearer {environment.keys['reader']}")
        fields = "open_id" if operation.id == "display.user_info" else "id"
        headers = [own, *environment.kind(operation).items(), more(environment)]
        yield environment.call_proxy(operation, query=f"fields={fields}", headers=headers)

    return Attack(KIND, Way.PROXY, f"reader: {operation.id} with {name}", send, True)


LENGTHS = (
    ["Content-Length: 2", "Content-Length: 0"],
    ["Content-Length: 2", "Content-Length: 400"],
    ["Content-Length: 2", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: chunked", "Content-Length: 2"],
    ["Transfer-Encoding: identity", "Content-Length: 2"],
    ["Transfer-Encoding : chunked", "Content-Length: 2"],
    ["Transfer-Encoding: xchunked", "Content-Length: 2"],
    ["Transfer-Encoding: chunked, identity"],
    ["Content-Length: +2"],
    ["Content-Length: 2, 2"],
    ["Content-Length: 0x2"],
    ["Content-Length: -1"],
    ["Content-Length: 99999999999999999999999999"],
)


def _lengths() -> Iterator[Attack]:
    """Smuggle another caller's request behind a body whose length is ambiguous."""
    for lines in LENGTHS:

        def send(environment: AttackEnvironment, lines: list[str] = lines) -> Iterator[Answer]:
            hidden = request(
                "POST",
                f"/agents/proxy/@{OTHER}/v2/video/list/?fields=id,title",
                [
                    ("Authorization", f"Bearer {environment.keys['reader']}"),
                    ("Connection", "close"),
                ],
                b"{}",
            )
            pairs = [tuple(line.split(": ", 1)) for line in lines]
            outer = [("Authorization", f"Bearer {environment.keys['reader']}"), *pairs]
            target = f"/agents/proxy/@{MINE}/v2/video/list/?fields=id"
            yield environment.ask_on_new_connection(
                request("POST", target, [(name, value) for name, value in outer], b"{}" + hidden)
            )

        yield Attack(KIND, Way.PROXY, f"reader: a body of two lengths, {lines}", send, True)


def controls() -> Iterator[Attack]:
    """The same key twice, which isn't ambiguous."""
    listed = OPERATIONS["display.video_list"]

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        key = environment.keys["reader"]
        headers = [("Authorization", f"Bearer {key}"), ("Access-Token", key)]
        yield environment.call_proxy(listed, query="fields=id", headers=headers)

    yield Attack(KIND, Way.PROXY, "one key in both headers", send, True)
