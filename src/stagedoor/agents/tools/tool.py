"""A tool: its name and schemas, and how what an agent gives it becomes a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stagedoor.platform.operation import Effect, Operation, Retry

from ..calls.request import Done, Wanted
from ..identity.service import Caller
from .parts import ToolParts

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a client may conclude before it asks its user."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool = True
    """It reaches TikTok."""

    @classmethod
    def of(cls, *does: Operation[..., Any]) -> Hints:
        reads = all(one.effect is Effect.READ for one in does)
        again = reads or all(one.retry is Retry.SAFE for one in does)
        return cls(read_only=reads, destructive=not reads, idempotent=again)


LOCAL = Hints(read_only=True, destructive=False, idempotent=True, open_world=False)
"""Of what Stagedoor answers itself."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who calls a tool, for which account, with what."""

    parts: ToolParts
    caller: Caller
    account: str | None
    """An integration's id; None where none takes part, or none was found."""
    arguments: Mapping[str, Any]
    """Without those that every tool has: account, offset, wait_seconds."""


Wants = Callable[[Asking], Wanted]
"""What a call of the tool comes to. It may raise `Unfit`."""
Does = Callable[[Asking], Done]
"""What Stagedoor does itself. It may raise `ApiError`."""


class Unfit(Exception):
    """The arguments can't be read as a call; the message names where."""


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """`does` is what a call can come to: an agent that may do one of them sees the tool."""

    name: str
    title: str
    description: str
    does: tuple[Operation[..., Any], ...]
    input: Schema
    output: Schema
    hints: Hints
    wants: Wants | None = None
    own: Does | None = None
    """No call to TikTok comes of it; `wants` then only says what a refusal is about."""
    takes_account: bool = True
    of_post: bool = False
    """It is about the post that `publish_id` names, so that tells the account, too."""
    items: str | None = None
    """The list in its answer, of which `offset` skips some."""
    goes_on: frozenset[str] = field(default=frozenset())
    """The arguments by which TikTok gives the next page."""
    trusted: bool = False
    """What it answers is Stagedoor's own word throughout."""
    when_asking: bool = False
    """Of use only to an agent that has to ask first for something."""
    waits: bool = False
    """`wait_seconds` follows the post that it makes, or names."""

    def wanted(self, asking: Asking) -> Wanted:
        """Raises `Unfit`."""
        if self.wants is None:
            raise TypeError(f"{self.name} comes to no call")
        return self.wants(asking)
