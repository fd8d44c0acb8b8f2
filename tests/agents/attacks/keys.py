"""Keys of other agents, unknown keys, keys that have ended, and values that are no keys."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from stagedoor.emulator.products.oauth.state import ACCESS_TOKENS
from stagedoor.platform.operation import Host, Operation, OperationEffect, Resource, Surface
from tests.examples import example_of

from .actors import ACME, ACTORS, MINE, Actor
from .attack import Attack, Opens, Way
from .attack_environment import OPERATIONS, AttackEnvironment
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
"""The agents with a stdio process."""

Headers = Callable[[AttackEnvironment], list[tuple[str, str]]]


def _bearer(of: Callable[[AttackEnvironment], str]) -> Headers:
    return lambda environment: [("Authorization", f"Bearer {of(environment)}")]


def _whole(environment: AttackEnvironment) -> str:
    return environment.keys["whole"]


def _token(environment: AttackEnvironment) -> str:
    """Return a real access token of TikTok's for the same account."""
    return next(iter(environment.world[ACCESS_TOKENS]))


FORGED: dict[str, Headers] = {
    "no key": lambda _: [],
    "a key that was never given": _bearer(lambda _: "sda_" + "x" * 43),
    "a key with more behind it": _bearer(lambda environment: _whole(environment) + "x"),
    "a key that is cut short": _bearer(lambda environment: _whole(environment)[:-1]),
    "a key in capitals": _bearer(lambda environment: _whole(environment).upper()),
    "the digest of a key": _bearer(lambda environment: "sda_" + environment.ids["whole"]),
    "an agent's id": _bearer(lambda environment: environment.ids["whole"]),
    "a token of TikTok's": _bearer(_token),
    "the admin's own token": _bearer(lambda environment: environment.service.token(ACME)),
    "the word null": _bearer(lambda _: "null"),
    "two keys in one": _bearer(
        lambda environment: f"{_whole(environment)}, Bearer {_whole(environment)}"
    ),
    "a key with a NUL": _bearer(lambda environment: f"{_whole(environment)}\x00"),
    "a key in a cookie": lambda environment: [("Cookie", f"access_token={_whole(environment)}")],
    "a key as a password": lambda environment: [("Authorization", f"Basic {_whole(environment)}")],
    "a key without a scheme": lambda environment: [("Authorization", _whole(environment))],
    "a key in another header": lambda environment: [("X-Api-Key", _whole(environment))],
    "a forwarded key": lambda environment: [
        ("X-Forwarded-Authorization", f"Bearer {_whole(environment)}")
    ],
}


def attacks(chance: random.Random) -> Iterator[Attack]:
    """Every operation with every key that doesn't permit it, and some operations with each forged
    key."""
    for operation in PROXIED:
        for who in WITHOUT:
            if not _may(ACTORS[who], operation):
                yield _by(operation, who)
    for name, headers in FORGED.items():
        for operation in chance.sample(PROXIED, 4):
            yield _forged(operation, name, headers)
    for operation in TOOLS:
        for who in WITHOUT:
            if not _may(ACTORS[who], operation):
                yield _by_tool(Way.HTTP, operation, who)
        for who in BRIDGED:
            if not _may(ACTORS[who], operation):
                yield _by_tool(Way.STDIO, operation, who)
    for name, headers in FORGED.items():
        for operation in chance.sample(TOOLS, 2):
            yield _forged_tool(operation, name, headers)


def _may(actor: Actor, operation: Operation[..., object]) -> bool:
    return actor.may(operation, MINE if operation.subject.is_account else None)


def _by(operation: Operation[..., object], who: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, who)

    return Attack(KIND, Way.PROXY, f"{who} asks for {operation.id}", send)


def _forged(operation: Operation[..., object], name: str, headers: Headers) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(
            operation, headers=[*headers(environment), *environment.kind(operation).items()]
        )

    return Attack(KIND, Way.PROXY, f"{name} for {operation.id}", send)


def _by_tool(way: Way, operation: Operation[..., object], who: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_operation(way, operation, who)

    return Attack(KIND, way, f"{who} asks for {operation.id}", send)


def _forged_tool(operation: Operation[..., object], name: str, headers: Headers) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        call = {
            "name": operation.id.replace(".", "_"),
            "arguments": environment.arguments(operation),
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        said = [*headers(environment), *environment.mcp_headers("whole")[1:]]
        yield environment.send_message(Way.HTTP, json.dumps(message).encode(), headers=said)

    return Attack(KIND, Way.HTTP, f"{name} for {operation.id}", send)


def controls() -> Iterator[Attack]:
    """The request of every operation by the agent that may do everything, to show that the request
    itself is good."""
    user_info = OPERATIONS["display.user_info"]
    yield Attack(
        KIND,
        Way.PROXY,
        "its own key",
        lambda environment: [environment.call_proxy(user_info)],
        True,
    )
    for way in (Way.HTTP, Way.STDIO):

        def send(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            yield environment.call_operation(way, user_info)

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
    """Return the expected effect: a post that waits for its file doesn't reach TikTok yet."""
    if operation.resource is Resource.POSTING and operation.id != "posting.creator_info":
        return Opens.ALLOWED
    return Opens.REACHES
