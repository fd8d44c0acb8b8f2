"""Calls on foreign accounts: of another organisation, or of the same one without a grant on
them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from stagedoor.emulator.products.oauth.state import GRANTS
from stagedoor.platform.operation import Operation, Subject

from .actors import MINE, OTHER, THEIRS
from .attack import Attack, Way
from .attack_environment import OPERATIONS, AttackEnvironment
from .keys import PROXIED, TOOLS
from .wire import Answer

KIND = "accounts of others"
OF_ACCOUNTS = [one for one in PROXIED if one.subject is Subject.CREATOR]

Name = Callable[[AttackEnvironment], str]


def _open_id(environment: AttackEnvironment) -> str:
    theirs = environment.world.named(THEIRS)
    return next(
        grant.open_id
        for grant in environment.world[GRANTS].values()
        if theirs is not None and grant.creator_id == theirs.id
    )


THEIR_NAMES: dict[str, Name] = {
    "another organisation's, by its handle": lambda _: THEIRS,
    "another organisation's, by its id": lambda environment: environment.accounts[THEIRS],
    "another organisation's, by TikTok's id": _open_id,
    "another organisation's, in capitals": lambda _: THEIRS.upper(),
    "an organisation": lambda _: "globex",
    "nobody's": lambda _: "nobody",
    "every account": lambda _: "*",
    "a pattern": lambda _: "%",
    "the stand-in for all": lambda _: "organisation",
    "an empty name": lambda _: "",
    "two at once": lambda _: f"{MINE},{THEIRS}",
    "a statement": lambda _: "x' OR '1'='1",
}
OWN_NAMES: dict[str, Name] = {
    "its organisation's other account, by its handle": lambda _: OTHER,
    "its organisation's other account, by its id": lambda environment: environment.accounts[OTHER],
    "its organisation's other account, in capitals": lambda _: OTHER.upper(),
}


def attacks(chance: random.Random) -> Iterator[Attack]:
    for operation in OF_ACCOUNTS:
        for name, account in THEIR_NAMES.items():
            yield _for(operation, "whole", name, account)
        for name, account in THEIR_NAMES.items():
            if operation in TOOLS:
                yield _for_tool(Way.HTTP, operation, "whole", name, account)
    for operation in chance.sample([one for one in OF_ACCOUNTS if one in TOOLS], 4):
        for name, account in THEIR_NAMES.items():
            yield _for_tool(Way.STDIO, operation, "whole", name, account)
    # the reader and the poster have a grant on one account only
    for who, resources in (("reader", ("profile", "videos")), ("poster", ("posting",))):
        for operation in OF_ACCOUNTS:
            if operation.resource in resources:
                for name, account in OWN_NAMES.items():
                    yield _for(operation, who, name, account)
                    if operation in TOOLS:
                        yield _for_tool(Way.HTTP, operation, who, name, account)
                    if operation in TOOLS and who == "reader":
                        yield _for_tool(Way.STDIO, operation, who, name, account)


def _for(operation: Operation[..., object], who: str, name: str, account: Name) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_proxy(operation, who, account(environment))

    return Attack(KIND, Way.PROXY, f"{who} asks for {operation.id} of {name}", send)


def _for_tool(
    way: Way, operation: Operation[..., object], who: str, name: str, account: Name
) -> Attack:
    def send(environment: AttackEnvironment) -> Iterator[Answer]:
        yield environment.call_operation(way, operation, who, account(environment))

    return Attack(KIND, way, f"{who} asks for {operation.id} of {name}", send)


def controls() -> Iterator[Attack]:
    user_info = OPERATIONS["display.user_info"]
    for name, who, account in (
        ("an account of its own", "whole", OTHER),
        ("the one account of its grant", "reader", MINE),
        ("an account of its own organisation", "rival", THEIRS),
    ):

        def send(
            environment: AttackEnvironment, who: str = who, account: str = account
        ) -> Iterator[Answer]:
            yield environment.call_proxy(user_info, who, account)

        yield Attack(KIND, Way.PROXY, name, send, True)
    for way in (Way.HTTP, Way.STDIO):

        def send_by(environment: AttackEnvironment, way: Way = way) -> Iterator[Answer]:
            yield environment.call_operation(way, user_info, "whole", OTHER)

        yield Attack(KIND, way, "an account of its own", send_by, True)
