"""Tools that an agent isn't shown, by their names and by names that could be taken for theirs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.agents.identity.toolset import Toolset
from stagedoor.agents.tools.tool import Tool
from stagedoor.agents.tools.toolsets import shown

from .actors import CAST, MINE
from .attack import Attack, Opens, Way
from .attack_environment import OPERATIONS, Arena
from .keys import BRIDGED, TOOLS
from .wire import Answer

KIND = "aliased and hidden tools"
JOBS = [one for one in shown(Toolset.JOBS) if one.does]

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
            if ALIASES[alias](name) != name:
                yield _aliased(Way.HTTP, name, alias)
    for alias in ALIASES:
        yield _aliased(Way.STDIO, "read_profile", alias)


def _hidden(way: Way, name: str, who: str) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        asked = arena.tool_arguments(name)
        yield arena.tool(way, name, asked, who)
        yield arena.tool(way, name, asked | {"account": MINE}, who)
        arena.carry()

    return Attack(KIND, way, f"{who} calls {name}", send)


def _aliased(way: Way, name: str, alias: str) -> Attack:
    """By who may do everything: what isn't a tool's name letter for letter is no tool."""

    def send(arena: Arena) -> Iterator[Answer]:
        spelled = ALIASES[alias](name)
        operation = OPERATIONS.get(name.replace("_", ".", 1))
        asked = arena.tool_arguments(name) if operation is None else arena.arguments(operation)
        yield arena.tool(way, spelled, asked)
        yield arena.tool(way, spelled, {**asked, "account": MINE})

    return Attack(KIND, way, f"{name} with {alias}", send)


def controls() -> Iterator[Attack]:
    """Every job tool with the very arguments, by who may do everything."""
    for way in (Way.HTTP, Way.STDIO):

        def send(arena: Arena, way: Way = way) -> Iterator[Answer]:
            yield arena.tool(way, "list_videos", {"fields": ["id"], "account": MINE}, "reader")

        yield Attack(KIND, way, "a tool that it is shown", send, True)
        for job in JOBS:
            if job.own is None:
                yield _shown(way, job)


def _shown(way: Way, job: Tool) -> Attack:
    def send(arena: Arena) -> Iterator[Answer]:
        named = {"account": MINE} if job.takes_account else {}
        yield arena.tool(way, job.name, arena.tool_arguments(job.name) | named)
        arena.carry()

    opens = Opens.REACHES
    if any(one.begins_post for one in job.does):
        opens = Opens.PUBLISHES
    elif job.of_post:
        opens = Opens.ALLOWED
    return Attack(KIND, way, f"whole calls {job.name}", send, True, opens)
