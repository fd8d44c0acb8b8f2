"""Paths with spellings that two parsers resolve differently."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.platform.operation import Operation

from .actors import MINE, OTHER
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import PROXIED
from .wire import Answer

KIND = "encoded and doubled paths"
_BASE = f"/agents/proxy/@{MINE}"

Spelling = Callable[[str], str]


def _encoded(path: str) -> str:
    """Percent-encode a letter in the middle."""
    at = len(path) // 2
    at += path[at] == "/"
    return f"{path[:at]}%{ord(path[at]):02X}{path[at + 1 :]}"


SPELLINGS: dict[str, Spelling] = {
    "doubled slashes": lambda path: _BASE + path.replace("/", "//"),
    "a slash doubled at its start": lambda path: f"{_BASE}/{path}",
    "a slash doubled before all": lambda path: f"/{_BASE}{path}",
    "a slash more at its end": lambda path: f"{_BASE}{path}/",
    "without its last slash": lambda path: _BASE + (path.rstrip("/") if path[-1] == "/" else ""),
    "encoded slashes": lambda path: _BASE + path.replace("/", "%2F"),
    "its last slash encoded": lambda path: f"{_BASE}{path.rstrip('/')}%2f",
    "twice encoded slashes": lambda path: _BASE + path.replace("/", "%252F"),
    "an encoded letter": lambda path: _BASE + _encoded(path),
    "an encoded letter of the entrance": lambda path: f"/agents/prox%79/@{MINE}{path}",
    "an encoded @": lambda path: f"/agents/proxy/%40{MINE}{path}",
    "a dot": lambda path: f"{_BASE}/.{path}",
    "two dots": lambda path: f"{_BASE}/v2/x/../..{path}",
    "encoded dots": lambda path: f"{_BASE}/v2/%2e%2e{path}",
    "dots out of the account": lambda path: f"/agents/proxy/@{OTHER}/../@{MINE}{path}",
    "dots into the entrance": lambda path: f"/api/../agents/proxy/@{MINE}{path}",
    "parameters": lambda path: f"{_BASE}{path};a=b",
    "parameters of the account": lambda path: f"{_BASE};a=b{path}",
    "a NUL at its end": lambda path: f"{_BASE}{path}%00",
    "a blank at its end": lambda path: f"{_BASE}{path}%20",
    "a line break in it": lambda path: f"{_BASE}{path}%0d%0a",
    "a query in it": lambda path: f"{_BASE}{path}%3Ffields=open_id",
    "a fragment in it": lambda path: f"{_BASE}{path}%23",
    "capitals": lambda path: _BASE + path.upper(),
    "backslashes": lambda path: _BASE + path.replace("/", "\\"),
    "a backslash at its start": lambda path: f"{_BASE}\\{path[1:]}",
    "two accounts": lambda path: f"/agents/proxy/@{OTHER}/@{MINE}{path}",
    "an account in the account": lambda path: f"/agents/proxy/@{OTHER}@{MINE}{path}",
    "an account with a host": lambda path: f"{_BASE}/open.tiktokapis.com{path}",
    "a whole address": lambda path: f"{_BASE}/https://open.tiktokapis.com{path}",
    "a suffix": lambda path: f"{_BASE}{path}.json",
    "more behind it": lambda path: f"{_BASE}{path}x/",
    "an overlong slash": lambda path: _BASE + path.replace("/", "%c0%af"),
    "a full-width slash": lambda path: _BASE + path.replace("/", "%ef%bc%8f"),
    "no entrance": lambda path: path,
    "another entrance's name": lambda path: f"/agents/proxies/@{MINE}{path}",
}
_MANY = 8
"""Spellings for every operation; the others are tried with a read operation only."""


def attacks(chance: random.Random) -> Iterator[Attack]:
    """Requests of the agent that may do everything: resolving to another path is a breach by
    itself."""
    for name, spelling in SPELLINGS.items():
        yield _at(OPERATIONS["display.user_info"], name, spelling)
    for operation in PROXIED:
        for name in chance.sample(sorted(SPELLINGS), _MANY):
            yield _at(operation, name, SPELLINGS[name])


def _at(operation: Operation[..., object], name: str, spelling: Spelling) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, path=spelling(operation.path))

    return Attack(KIND, Way.PROXY, f"{operation.id} with {name}", send)


def controls() -> Iterator[Attack]:
    listed = OPERATIONS["display.video_list"]
    yield Attack(
        KIND,
        Way.PROXY,
        "the path letter for letter",
        lambda environment: [environment.call_proxy(listed)],
        True,
    )
