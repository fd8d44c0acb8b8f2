"""A tool: its name and schemas, and the translation of its arguments into a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stagedoor.platform.operation import Operation, OperationEffect, Retry

from ..calls.request import CallAnswer, CallRequest
from ..identity.service import AgentCaller
from .parts import ToolParts

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hints:
    """Annotations that a client may use before it asks its user."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool = True
    """The tool reaches TikTok."""

    @classmethod
    def of(cls, *does: Operation[..., Any]) -> Hints:
        reads = all(one.effect is OperationEffect.READ for one in does)
        again = reads or all(one.retry is Retry.SAFE for one in does)
        return cls(read_only=reads, destructive=not reads, idempotent=again)


LOCAL = Hints(read_only=True, destructive=False, idempotent=True, open_world=False)
"""The hints of tools that Stagedoor answers itself."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A call of a tool: caller, account and arguments."""

    parts: ToolParts
    caller: AgentCaller
    account: str | None
    """An integration's id; None if the call needs no account, or none was found."""
    arguments: Mapping[str, Any]
    """Without the shared arguments: account, offset, wait_seconds."""


Wants = Callable[[Asking], CallRequest]
"""Translates a tool's arguments into a call. May raise `Unfit`."""
Does = Callable[[Asking], CallAnswer]
"""Answers a tool that Stagedoor serves itself. May raise `ApiError`."""


Redirect = Callable[[Mapping[str, Any]], "tuple[Tool, Mapping[str, Any]] | str"]
"""Translates a tool's arguments into another tool and its arguments; or returns what was asked for,
if there is no such operation."""


@dataclass(frozen=True, slots=True)
class Joining:
    """A second call, whose answer completes the first one's where the agent may make it."""

    call: Callable[[Asking, Mapping[str, Any]], CallRequest | None]
    """By the first call's answer; None: there is nothing to ask."""
    join: Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
    """Returns both answers as one."""


class Unfit(Exception):
    """The arguments can't be translated into a call; the message names the place."""


@dataclass(frozen=True, slots=True, eq=False)
class Tool:
    """A tool. `does` are the operations that its calls may be: an agent that may do one of them
    sees the tool."""

    name: str
    title: str
    description: str
    does: tuple[Operation[..., Any], ...]
    input: Schema
    output: Schema
    hints: Hints
    wants: Wants | None = None
    own: Does | None = None
    """The tool makes no call to TikTok; `wants` then only gives the call that a denial names."""
    takes_account: bool = True
    of_post: bool = False
    """The tool is about the post that `publish_id` names, which determines the account, too."""
    items: str | None = None
    """The list in the tool's answer, in which `offset` skips items."""
    goes_on: frozenset[str] = field(default=frozenset())
    """The arguments by which TikTok gives the next page."""
    trusted: bool = False
    """The whole answer is Stagedoor's own text."""
    when_asking: bool = False
    """Shown only to agents with a grant that asks first."""
    dry_run: bool | None = None
    """The default of `dry_run`, by which a call shows what it would send and sends nothing; None:
    the tool has no such argument."""
    joining: Joining | None = None
    stands_for: Redirect | None = None
    """A call of the tool is a call of another one."""
    waits: bool = False
    """`wait_seconds` waits for the post that the tool makes or names."""

    def call_request(self, asking: Asking) -> CallRequest:
        """Translate arguments into a call. Raises `Unfit`."""
        if self.wants is None:
            raise TypeError(f"{self.name} comes to no call")
        return self.wants(asking)
