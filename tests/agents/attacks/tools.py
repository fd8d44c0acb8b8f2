"""Tools that an agent isn't shown, by their names and by names that could be taken for theirs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stagedoor.agents.identity.toolset import Toolset
from stagedoor.agents.tools.toolsets import shown

from .arena import OPERATIONS, Arena
from .attack import Attack, Way
from .cast import CAST, MINE
from .keys import BRIDGED, TOOLS
from .wire import Answer

KIND = "aliased and hidden tools"
JOBS = [one for one in shown(Toolset.JOBS) if one.does]

_FILM = {"video_url": "https://m.example.com/a.mp4"}
_PHOTOS = {"photo_urls": ["https://m.example.com/a.jpg"]}
ASKED: Mapping[str, Mapping[str, Any]] = {
    "query_videos": {"video_ids": ["7691108410245732426"]},
    "publish_video": _FILM | {"privacy_level": "SELF_ONLY", "title": "x"},
    "leave_draft": _FILM,
    "publish_photos": _PHOTOS | {"privacy_level": "SELF_ONLY"},
    "check_post": {"publish_id": "v_pub_url~1"},
    "cancel_post": {"publish_id": "v_pub_url~1"},
    "research_user": {"username": MINE},
    "research_comments": {"video_id": "7691108410245732426"},
    "research_follows": {"username": MINE, "which": "followers"},
    "request_data_copy": {"data_format": "json", "category_selection_list": ["profile"]},
    "check_data_copy": {"request_id": "1"},
}
"""Arguments that the job tools need."""

Alias = Callable[[str], str]
ALIASES: dict[str, Alias] = {
    "capitals": str.upper,
    "a capital": str.capitalize,
    "dots": lambda name: name.replace("_", "."),
    "hyphens": lambda name: name.replace("_", "-"),
    "slashes": lambda name: name.replace("_", "/"),
    "blanks around it": lambda name: f" {name} ",
    "a blank behind it": lambda name: f"{name} ",
    "a line break behind it": lambda name: f"{name}\n",
    "a NUL behind it": lambda name: f"{name}\x00",
    "a NUL and more": lambda name: f"{name}\x00list_accounts",
    "a prefix": lambda name: f"stagedoor_{name}",
    "a server's prefix": lambda name: f"stagedoor__{name}",
    "a path": lambda name: f"tools/{name}",
    "dots before it": lambda name: f"../{name}",
    "an encoding": lambda name: name.replace("_", "%5F"),
    "an invisible letter": lambda name: f"{name[:3]}\u200b{name[3:]}",
    "another alphabet": lambda name: name.replace("o", "\u043e").replace("a", "\u0430"),
    "full-width letters": lambda name: "".join(chr(ord(one) + 0xFEE0) for one in name),
    "a combining mark": lambda name: f"{name}\u0301",
    "the other direction": lambda name: f"\u202e{name[::-1]}",
    "doubled underscores": lambda name: name.replace("_", "__"),
    "no underscores": lambda name: name.replace("_", ""),
    "camel case": lambda name: name.title().replace("_", ""),
    "twice": lambda name: f"{name},{name}",
    "a call": lambda name: f"{name}()",
    "a version": lambda name: f"{name}@1",
    "a pattern": lambda name: f"{name[:-1]}*",
}
_MANY = 6


def attacks(chance: random.Random) -> Iterator[Attack]:
    for job in JOBS:
        for who in ("nobody", "reader", "watcher", "poster", "over", "halted", "gone"):
            if not any(CAST[who].may(one, MINE) for one in job.does):
                yield _hidden(Way.HTTP, job.name, who)
        for who in BRIDGED[:2]:
            if not any(CAST[who].may(one, MINE) for one in job.does):
                yield _hidden(Way.STDIO, job.name, who)
    names = [*(one.name for one in JOBS), *(one.id.replace(".", "_") for one in TOOLS)]
    for name in names:
        for alias in chance.sample(sorted(ALIASES), _MANY):
            yield _aliased(Way.HTTP, name, alias)
    for alias in ALIASES:
        yield _aliased(Way.STDIO, "read_profile", alias)


def _hidden(way: Way, name: str, who: str) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        asked = dict(ASKED.get(name, {}))
        yield arena.tool(way, name, asked, who)
        yield arena.tool(way, name, asked | {"account": MINE}, who)
        arena.carry()

    return Attack(KIND, way, f"{who} calls {name}", send)


def _aliased(way: Way, name: str, alias: str) -> Attack:
    """By who may do everything: what isn't a tool's name letter for letter is no tool."""

    def send(arena: Arena) -> Iterator[Answer]:
        spelled = ALIASES[alias](name)
        operation = OPERATIONS.get(name.replace("_", ".", 1))
        asked = ASKED.get(name, {}) if operation is None else arena.arguments(operation)
        yield arena.tool(way, spelled, asked)
        yield arena.tool(way, spelled, {**asked, "account": MINE})

    return Attack(KIND, way, f"{name} with {alias}", send)


def controls() -> Iterator[Attack]:
    for way in (Way.HTTP, Way.STDIO):

        def send(arena: Arena, way: Way = way) -> Iterator[Answer]:
            yield arena.tool(way, "list_videos", {"fields": ["id"], "account": MINE}, "reader")

        yield Attack(KIND, way, "a tool that it is shown", send, True)
