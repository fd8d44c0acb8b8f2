"""The type of an attack: one attempt to get past the gateway, by one entrance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .attack_environment import AttackEnvironment
    from .wire import Answer


class Way(StrEnum):
    """An entrance and its transport."""

    PROXY = "proxy, HTTP/1.1"
    HTTP = "MCP, streamable HTTP"
    STDIO = "MCP, stdio"


class Opens(StrEnum):
    """The required effect of an allowed call, which the control of an attack proves."""

    REACHES = "the call is answered well, and reaches TikTok"
    PUBLISHES = "a post begins at TikTok"
    ALLOWED = "the gateway allows the call; it may be refused after that"


Send = Callable[["AttackEnvironment"], Iterable["Answer"]]


@dataclass(frozen=True, slots=True)
class Attack:
    """An attempt to get past the gateway. `send` makes it and returns the answers. `reaches`: a
    part of it may be allowed and reach TikTok, if the sender's grants cover it; otherwise no part
    may, for any sender.

    `opens` is the effect that a control must have, so that an attack of the same form could fail.
    """

    kind: str
    way: Way
    name: str
    send: Send
    reaches: bool = False
    opens: Opens = Opens.REACHES

    def __str__(self) -> str:
        return f"{self.kind} ({self.way}): {self.name}"
