"""Headers that mean another key, another account, another address or another length."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.emulator.products.oauth.state import ACCESS_TOKENS, GRANTS
from stagedoor.platform.operation import Operation

from .actors import MINE, OTHER
from .attack import Attack, Way
from .attack_environment import OPERATIONS, Arena
from .keys import PROXIED
from .wire import Answer, request

KIND = "header tricks"
READS = ("display.user_info", "display.video_list")
"""What the reader may: with other fields, on one account."""

More = Callable[[Arena], tuple[str, str]]

SECOND: dict[str, More] = {
    "a second bearer": lambda arena: ("Authorization", f"Bearer {arena.keys['rival']}"),
    "a second bearer in small letters": lambda arena: (
        "authorization",
        f"Bearer {arena.keys['rival']}",
    ),
    "an access token beside it": lambda arena: ("Access-Token", arena.keys["rival"]),
    "a password beside it": lambda _: ("Authorization", "Basic eDp5"),
    "an empty bearer beside it": lambda _: ("Authorization", ""),
    "an empty access token beside it": lambda _: ("Access-Token", ""),
    "an unknown key beside it": lambda _: ("Access-Token", "sda_" + "x" * 43),
}
"""Who sends them might mean either: nobody can say whose request it is."""


def _token(arena: Arena) -> str:
    """TikTok's own, for the other account."""
    world = arena.world
    other = world.named(OTHER)
    theirs = {one.id for one in world[GRANTS].values() if other and one.creator_id == other.id}
    return next(name for name, one in world[ACCESS_TOKENS].items() if one.grant_id in theirs)


TURNED: dict[str, More] = {
    "TikTok's token, forwarded": lambda arena: (
        "X-Forwarded-Authorization",
        f"Bearer {_token(arena)}",
    ),
    "TikTok's token in a cookie": lambda arena: ("Cookie", f"access_token={_token(arena)}"),
    "TikTok's token by a name of its own": lambda arena: ("X-Tt-Access-Token", _token(arena)),
    "another original address": lambda _: ("X-Original-URL", f"/agents/proxy/@{OTHER}/v2/x/"),
    "another rewritten address": lambda _: ("X-Rewrite-URL", f"/agents/proxy/@{OTHER}/v2/x/"),
    "another prefix": lambda _: ("X-Forwarded-Prefix", f"/agents/proxy/@{OTHER}"),
    "another forwarded path": lambda _: ("X-Forwarded-Path", "/v2/video/list/"),
    "another forwarded host": lambda _: ("X-Forwarded-Host", "evil.example.com"),
    "a forwarding": lambda _: ("Forwarded", "for=127.0.0.1;host=evil.example.com"),
    "another address of its own": lambda _: ("X-Forwarded-For", "127.0.0.1"),
    "a hop that drops the key": lambda _: ("Connection", "authorization"),
    "an organisation": lambda _: ("orgid", "globex"),
    "an agent": lambda arena: ("X-Agent", arena.ids["whole"]),
    "an account": lambda arena: ("X-Account", arena.accounts[OTHER]),
    "a range": lambda _: ("Range", "bytes=0-3"),
    "an expectation": lambda _: ("Expect", "200-maybe"),
    "an upgrade": lambda _: ("Upgrade", "h2c"),
    "an encoding": lambda _: ("Content-Encoding", "gzip"),
    "a wrong media type": lambda _: ("Content-Type", "text/xml"),
    "a very long header": lambda _: ("X-Long", "x" * 20_000),
    "a folded header": lambda _: ("X-Folded", "a\r\n Authorization: Bearer x"),
    "a NUL in a header": lambda _: ("X-Nul", "a\x00b"),
    "a header without a name": lambda _: ("", "x"),
    "a blank before the colon": lambda arena: ("Authorization ", f"Bearer {arena.keys['rival']}"),
}
"""They may be ignored: then what is done is what the reader may."""


def attacks(chance: random.Random) -> Iterator[Attack]:
    for name, more in SECOND.items():
        for operation in chance.sample(PROXIED, 6):
            yield _second(operation, name, more)
    for name, more in TURNED.items():
        for operation_id in READS:
            yield _turned(OPERATIONS[operation_id], name, more)
    yield from _lengths()


def _second(operation: Operation[..., object], name: str, more: More) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        own = ("Authorization", f"Bearer {arena.keys['whole']}")
        both = [own, more(arena)]
        for pairs in (both, both[::-1]):
            yield arena.proxied(operation, headers=[*pairs, *arena.kind(operation).items()])

    return Attack(KIND, Way.PROXY, f"{operation.id} with {name}", send)


def _turned(operation: Operation[..., object], name: str, more: More) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        own = ("Authorization", f"Bearer {arena.keys['reader']}")
        fields = "open_id" if operation.id == "display.user_info" else "id"
        headers = [own, *arena.kind(operation).items(), more(arena)]
        yield arena.proxied(operation, query=f"fields={fields}", headers=headers)

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
    """A request of somebody else's behind a body whose length two readers see differently."""
    for lines in LENGTHS:

        def send(arena: Arena, lines: list[str] = lines) -> Iterator[Answer]:
            hidden = request(
                "POST",
                f"/agents/proxy/@{OTHER}/v2/video/list/?fields=id,title",
                [("Authorization", f"Bearer {arena.keys['reader']}"), ("Connection", "close")],
                b"{}",
            )
            pairs = [tuple(line.split(": ", 1)) for line in lines]
            outer = [("Authorization", f"Bearer {arena.keys['reader']}"), *pairs]
            target = f"/agents/proxy/@{MINE}/v2/video/list/?fields=id"
            yield arena.apart(
                request("POST", target, [(name, value) for name, value in outer], b"{}" + hidden)
            )

        yield Attack(KIND, Way.PROXY, f"reader: a body of two lengths, {lines}", send, True)


def controls() -> Iterator[Attack]:
    """The same key twice says nothing new."""
    listed = OPERATIONS["display.video_list"]

    def send(arena: Arena) -> Iterator[Answer]:
        key = arena.keys["reader"]
        headers = [("Authorization", f"Bearer {key}"), ("Access-Token", key)]
        yield arena.proxied(listed, query="fields=id", headers=headers)

    yield Attack(KIND, Way.PROXY, "one key in both headers", send, True)
