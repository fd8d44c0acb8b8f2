"""Methods that aren't the operation's, and ways to override the method of the request line."""

from __future__ import annotations

import random
from collections.abc import Iterator

from stagedoor.platform.operation import Operation

from .actors import MINE
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import PROXIED
from .wire import Answer, request

KIND = "method overrides"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "PROPFIND")
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method")
_MANY = 4


def attacks(chance: random.Random) -> Iterator[Attack]:
    for operation in PROXIED:
        wrong = [one for one in METHODS if one != operation.method]
        for method in chance.sample(wrong, _MANY):
            yield _with(operation, method, None)
        override = chance.choice(OVERRIDES)
        yield _with(operation, "GET" if operation.method == "POST" else "POST", override)


def _with(operation: Operation[..., object], method: str, override: str | None) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        query, body = environment.good_request(operation)
        headers = [("Authorization", f"Bearer {environment.keys['whole']}")]
        if override is not None:
            headers.append((override, operation.method))
            query = f"{query}&_method={operation.method}"
        target = f"/agents/proxy/@{MINE}{operation.path}?{query}"
        yield environment.ask(request(method, target, headers, body))

    how = f"{method}, which says it is another" if override else method
    return Attack(KIND, Way.PROXY, f"{operation.id} by {how}", send)


def controls() -> Iterator[Attack]:
    """An override with the operation's own method, which changes nothing."""
    listed = OPERATIONS["display.video_list"]

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        key = ("Authorization", f"Bearer {environment.keys['whole']}")
        yield environment.call_proxy(listed, headers=[key, ("X-HTTP-Method-Override", "DELETE")])

    yield Attack(KIND, Way.PROXY, "the method of the request line", send, True)
