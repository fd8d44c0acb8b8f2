"""One path for two operations: the request's values say which of them it calls."""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .wire import Answer

KIND = "operations that share a path"
VIDEO, PROFILE = OPERATIONS["embed.oembed_video"], OPERATIONS["embed.oembed_profile"]
AUTHORIZATION = [one for one in OPERATIONS.values() if one.resource == "authorization"]

ADDRESSES = (
    "https://www.tiktok.com/@maracooks",
    "https://www.tiktok.com/@maracooks/",
    "https://www.tiktok.com/@maracooks?x=/video/7691108410245732426",
    "https://www.tiktok.com/@maracooks#/video/7691108410245732426",
    "https://www.tiktok.com/@maracooks/video/../",
    "https://www.tiktok.com/@maracooks/video/7691108410245732426/..",
    "https://www.tiktok.com/@maracooks/video/7691108410245732426/../..",
    "https://www.tiktok.com/@maracooks/video/%2e%2e",
    "https://www.tiktok.com/@maracooks/video/",
    "https://www.tiktok.com/@maracooks/video/x",
    "https://www.tiktok.com/@maracooks;/video/7691108410245732426",
    "https://www.tiktok.com/@maracooks\\video\\7691108410245732426",
    "https://www.tiktok.com//@maracooks",
    "https://www.tiktok.com/%40maracooks",
    "https://www.tiktok.com/@maracooks%3Fvideo/7691108410245732426",
    "https://WWW.TIKTOK.COM/@maracooks",
    "http://tiktok.com/@maracooks",
    "www.tiktok.com/@maracooks",
    "//www.tiktok.com/@maracooks",
    "ftp://www.tiktok.com/@maracooks",
    "javascript://www.tiktok.com/@maracooks",
    "https://user:pass@www.tiktok.com/@maracooks",
    "https://www.tiktok.com:8080/@maracooks",
    "https://www.tiktok.com@evil.example.com/@maracooks",
    "https://evil.example.com/@maracooks/video/7691108410245732426",
    "https://evil.example.com#www.tiktok.com/@maracooks",
    "https://www.tiktok.com.evil.example.com/@maracooks",
    "https://eviltiktok.com/@maracooks",
    "https://127.0.0.1/@maracooks",
    "https://[::1]/@maracooks",
    "https://vm.tiktok.com/@maracooks",
    "https://www.tiktok.com/@maracooks\x00/video/7691108410245732426",
    "https://www.tiktok.com/@maracooks\n/video/7691108410245732426",
    " https://www.tiktok.com/@maracooks",
    "https://www.tiktok.com/\u0040maracooks\u2215video\u22151",
    "",
)
"""`watcher` may embed videos: none of these may show it a profile, or lead elsewhere."""


def attacks(chance: random.Random) -> Iterator[Attack]:
    for address in ADDRESSES:
        yield _embed(address, f"url={quote(address, safe='')}")
    for other in chance.sample(ADDRESSES, 8):
        video = quote("https://www.tiktok.com/@maracooks/video/7691108410245732426", safe="")
        said = quote(other, safe="")
        for query in (f"url={video}&url={said}", f"url={said}&url={video}", f"url={video};{said}"):
            yield _embed(f"{other!r} beside a video", query)
    for operation in AUTHORIZATION:
        for who in ("whole", "reader", "rival", "nobody", "gone"):
            yield _secret(operation.id, who)


def _embed(name: str, query: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(VIDEO, "watcher", query=query)

    return Attack(KIND, Way.PROXY, f"watcher: oembed of {name!r}", send, True)


def _secret(name: str, who: str) -> Attack:
    """Tokens and uploads aren't reachable through the proxy, for any agent."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(OPERATIONS[name], who)

    return Attack(KIND, Way.PROXY, f"{who} asks for {name}", send)


def controls() -> Iterator[Attack]:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(VIDEO, "watcher", MINE)

    yield Attack(KIND, Way.PROXY, "watcher: oembed of a video", send, True)
