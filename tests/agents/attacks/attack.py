"""What an attack is: one try to get past the gateway, by one way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .attack_environment import Arena
    from .wire import Answer


class Way(StrEnum):
    """An entrance and its transport."""

    PROXY = "proxy, HTTP/1.1"
    HTTP = "MCP, streamable HTTP"
    STDIO = "MCP, stdio"


class Opens(StrEnum):
    """How far an allowed call gets; the control of an attack proves it."""

    REACHES = "the call is answered well, and reaches TikTok"
    PUBLISHES = "a post begins at TikTok"
    ALLOWED = "the gateway allows the call; it may be refused after that"


Send = Callable[["Arena"], Iterable["Answer"]]


@dataclass(frozen=True, slots=True)
class Attack:
    """`send` does it, and gives what came back. `reaches`: something of it may be allowed and reach
    TikTok, if it is what the sender was given; else nothing may, whoever sends it.

    `opens` is what a control has to bring about, so that an attack of the same form could fail.
    """

    kind: str
    way: Way
    name: str
    send: Send
    reaches: bool = False
    opens: Opens = Opens.REACHES

    def __str__(self) -> str:
        return f"{self.kind} ({self.way}): {self.name}"
