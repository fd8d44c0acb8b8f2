"""Keys of others, of nobody, of who may not any more, and things that are no key at all."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from stagedoor.emulator.products.oauth.state import ACCESS_TOKENS
from stagedoor.platform.operation import Host, Operation, OperationEffect, Resource, Surface
from tests.examples import example_of

from .actors import ACME, CAST, MINE, Player
from .attack import Attack, Opens, Way
from .attack_environment import OPERATIONS, Arena
from .wire import Answer

KIND = "keys of others"
SEED = "TikTok API for Business, 20261130"
SAMPLE = 8
"""Operations of TikTok API for Business that take part in every class of attack: each of them goes
the same ways, and all of them are called by `business`."""


def _is_sampled(operation: Operation[..., object]) -> bool:
    return operation.host is not Host.BUSINESS or operation in SAMPLED


GIVEN_BUSINESS = [
    one
    for one in OPERATIONS.values()
    if one.host is Host.BUSINESS and Surface.PROXY in one.surfaces
]
_GOOD = [
    one
    for one in GIVEN_BUSINESS
    if Surface.TOOL in one.surfaces and not (example_of(one).refused or example_of(one).ends)
]
_CHANCE = random.Random(SEED)
SAMPLED = [
    operation
    for effect in OperationEffect
    for operation in _CHANCE.sample([one for one in _GOOD if one.effect is effect], SAMPLE // 2)
]
TOOLS = [one for one in OPERATIONS.values() if Surface.TOOL in one.surfaces and _is_sampled(one)]
PROXIED = [one for one in OPERATIONS.values() if Surface.PROXY in one.surfaces and _is_sampled(one)]
WITHOUT = ("nobody", "reader", "watcher", "poster", "asker", "over", "halted", "gone", "rival")

BRIDGED = ("nobody", "reader", "rival")
"""Those who have a process of their own for stdio."""

Headers = Callable[[Arena], list[tuple[str, str]]]


def _bearer(of: Callable[[Arena], str]) -> Headers:
    return lambda arena: [("Authorization", f"Bearer {of(arena)}")]


def _whole(arena: Arena) -> str:
    return arena.keys["whole"]


def _token(arena: Arena) -> str:
    """A real one of TikTok's, of the very account."""
    return next(iter(arena.world[ACCESS_TOKENS]))


FORGED: dict[str, Headers] = {
    "no key": lambda _: [],
    "a key that was never given": _bearer(lambda _: "sda_" + "x" * 43),
    "a key with more behind it": _bearer(lambda arena: _whole(arena) + "x"),
    "a key that is cut short": _bearer(lambda arena: _whole(arena)[:-1]),
    "a key in capitals": _bearer(lambda arena: _whole(arena).upper()),
    "the digest of a key": _bearer(lambda arena: "sda_" + arena.ids["whole"]),
    "an agent's id": _bearer(lambda arena: arena.ids["whole"]),
    "a token of TikTok's": _bearer(_token),
    "the admin's own token": _bearer(lambda arena: arena.service.token(ACME)),
    "the word null": _bearer(lambda _: "null"),
    "two keys in one": _bearer(lambda arena: f"{_whole(arena)}, Bearer {_whole(arena)}"),
    "a key with a NUL": _bearer(lambda arena: f"{_whole(arena)}\x00"),
    "a key in a cookie": lambda arena: [("Cookie", f"access_token={_whole(arena)}")],
    "a key as a password": lambda arena: [("Authorization", f"Basic {_whole(arena)}")],
    "a key without a scheme": lambda arena: [("Authorization", _whole(arena))],
    "a key in another header": lambda arena: [("X-Api-Key", _whole(arena))],
    "a forwarded key": lambda arena: [("X-Forwarded-Authorization", f"Bearer {_whole(arena)}")],
}


def attacks(chance: random.Random) -> Iterator[Attack]:
    """Every operation with every key that isn't for it; each forged one with some of them."""
    for operation in PROXIED:
        for who in WITHOUT:
            if not _may(CAST[who], operation):
                yield _by(operation, who)
    for name, headers in FORGED.items():
        for operation in chance.sample(PROXIED, 4):
            yield _forged(operation, name, headers)
    for operation in TOOLS:
        for who in WITHOUT:
            if not _may(CAST[who], operation):
                yield _by_tool(Way.HTTP, operation, who)
        for who in BRIDGED:
            if not _may(CAST[who], operation):
                yield _by_tool(Way.STDIO, operation, who)
    for name, headers in FORGED.items():
        for operation in chance.sample(TOOLS, 2):
            yield _forged_tool(operation, name, headers)


def _may(player: Player, operation: Operation[..., object]) -> bool:
    return player.may(operation, MINE if operation.subject.is_account else None)


def _by(operation: Operation[..., object], who: str) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        yield arena.proxied(operation, who)

    return Attack(KIND, Way.PROXY, f"{who} asks for {operation.id}", send)


def _forged(operation: Operation[..., object], name: str, headers: Headers) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        yield arena.proxied(operation, headers=[*headers(arena), *arena.kind(operation).items()])

    return Attack(KIND, Way.PROXY, f"{name} for {operation.id}", send)


def _by_tool(way: Way, operation: Operation[..., object], who: str) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        yield arena.operated(way, operation, who)

    return Attack(KIND, way, f"{who} asks for {operation.id}", send)


def _forged_tool(operation: Operation[..., object], name: str, headers: Headers) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        call = {"name": operation.id.replace(".", "_"), "arguments": arena.arguments(operation)}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        said = [*headers(arena), *arena.mcp_headers("whole")[1:]]
        yield arena.message(Way.HTTP, json.dumps(message).encode(), headers=said)

    return Attack(KIND, Way.HTTP, f"{name} for {operation.id}", send)


def controls() -> Iterator[Attack]:
    """The request of every operation, by who may do everything: it is good, whoever sends it."""
    user_info = OPERATIONS["display.user_info"]
    yield Attack(KIND, Way.PROXY, "its own key", lambda arena: [arena.proxied(user_info)], True)
    for way in (Way.HTTP, Way.STDIO):

        def send(arena: Arena, way: Way = way) -> Iterator[Answer]:
            yield arena.operated(way, user_info)

        yield Attack(KIND, way, "its own key", send, True)
    for operation in sorted(PROXIED, key=_ends):
        yield replace(_by(operation, "whole"), reaches=True, opens=_opens(operation))
    for way in (Way.HTTP, Way.STDIO):
        for operation in sorted(TOOLS, key=_ends):
            control = _by_tool(way, operation, "whole")
            yield replace(control, reaches=True, opens=_opens(operation))


def _ends(operation: Operation[..., object]) -> bool:
    return example_of(operation).ends


def _opens(operation: Operation[..., object]) -> Opens:
    """A post waits for its file, and is no post of TikTok's until then."""
    if operation.resource is Resource.POSTING and operation.id != "posting.creator_info":
        return Opens.ALLOWED
    return Opens.REACHES
