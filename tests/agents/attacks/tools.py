"""Tools that an agent isn't shown, by their names and by similar names."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.agents.identity.toolset import Toolset
from stagedoor.agents.tools.tool import Tool
from stagedoor.agents.tools.toolsets import shown

from .actors import ACTORS, MINE
from .attack import Attack, Opens, Way
from .attack_environment import OPERATIONS, AttackEnvironment
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
            if not any(ACTORS[who].may(one, MINE) for one in job.does):
                yield _hidden(Way.HTTP, job.name, who)
        for who in BRIDGED[:2]:
            if not any(ACTORS[who].may(one, MINE) for one in job.does):
                yield _hidden(Way.STDIO, job.name, who)
    names = [*(one.name for one in JOBS), *(one.id.replace(".", "_") for one in TOOLS)]
    for name in names:
        for alias in chance.sample(sorted(ALIASES), _MANY):
            if ALIASES[alias](name) != name:
                yield _aliased(Way.HTTP, name, alias)
    for alias in ALIASES:
        yield _aliased(Way.STDIO, "read_profile", alias)


def _hidden(way: Way, name: str, who: str) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        asked = environment.tool_arguments(name)
        yield environment.call_tool(way, name, asked, who)
        yield environment.call_tool(way, name, asked | {"account": MINE}, who)
        environment.run_due_jobs()

    return Attack(KIND, way, f"{who} calls {name}", send)


def _aliased(way: Way, name: str, alias: str) -> Attack:
    """Call names similar to a tool's as the agent that may do everything: none of them is a
    tool."""

    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        spelled = ALIASES[alias](name)
        operation = OPERATIONS.get(name.replace("_", ".", 1))
        asked = (
            environment.tool_arguments(name)
            if operation is None
            else environment.arguments(operation)
        )
        yield environment.call_tool(way, spelled, asked)
        yield environment.call_tool(way, spelled, {**asked, "account": MINE})

    return Attack(KIND, way, f"{name} with {alias}", send)


def controls() -> Iterator[Attack]:
    """Every job tool with the same arguments, by the agent that may do everything."""
    for way in (Way.HTTP, Way.STDIO):

        def send(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            yield environment.call_tool(
                way, "list_videos", {"fields": ["id"], "account": MINE}, "reader"
            )

        yield Attack(KIND, way, "a tool that it is shown", send, True)
        for job in JOBS:
            if job.own is None:
                yield _shown(way, job)


def _shown(way: Way, job: Tool) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        named = {"account": MINE} if job.takes_account else {}
        yield environment.call_tool(way, job.name, environment.tool_arguments(job.name) | named)
        environment.run_due_jobs()

    opens = Opens.REACHES
    if any(one.begins_post for one in job.does):
        opens = Opens.PUBLISHES
    elif job.of_post:
        opens = Opens.ALLOWED
    return Attack(KIND, way, f"whole calls {job.name}", send, True, opens)
