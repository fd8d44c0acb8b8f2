"""Arguments that many tools share, parsed separately from a tool's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stagedoor.platform.bounds import short_part
from stagedoor.platform.encodable import first_problem, reason_against

from .decoding import decoded
from .factory import request_of
from .schema import MAX_WAIT
from .tool import Tool, Unfit

_MAX_OFFSET = 1_000_000


@dataclass(frozen=True, slots=True)
class Common:
    """Parsed arguments. `rest` are the tool's own."""

    account: str | None = None
    offset: int = 0
    wait: int = 0
    dry_run: bool = False
    rest: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, tool: Tool, arguments: Mapping[str, Any]) -> Common:
        """Parse arguments; nulls count as absent. Raises `Unfit`."""
        present = {name: value for name, value in arguments.items() if value is not None}
        rest = decoded(tool.input, present)
        problem = first_problem(rest)
        if problem is not None:
            raise Unfit(": ".join(filter(None, problem)))
        _check_names(tool, rest)
        offset, wait = 0, 0
        account = rest.pop("account", None) if tool.takes_account else None
        if account is not None and not isinstance(account, str):
            raise Unfit("account: is no handle and no id")
        if tool.items is not None:
            offset = _whole(rest, "offset", _MAX_OFFSET)
        if tool.waits:
            wait = _whole(rest, "wait_seconds", MAX_WAIT)
        dry_run = False
        if tool.dry_run is not None:
            dry_run = rest.pop("dry_run", tool.dry_run)
            if not isinstance(dry_run, bool):
                raise Unfit("dry_run: must be true or false")
        return cls(account, offset, wait, dry_run, rest)

    @classmethod
    def account_of(cls, tool: Tool, arguments: Mapping[str, Any]) -> Common:
        """Parse only the account, where it is readable."""
        account = arguments.get("account") if tool.takes_account else None
        if account is not None and not (isinstance(account, str) and is_text(account)):
            account = ""
        return cls(account, rest=arguments)


def is_text(text: str) -> bool:
    """Whether the text can be stored and sent."""
    return reason_against(text) is None


def _check_names(tool: Tool, rest: Mapping[str, Any]) -> None:
    """Raises `Unfit` for unknown arguments. The operation's own arguments are accepted even if
    the tool's schema hides them."""
    if tool.input.get("additionalProperties") is False:
        hidden = {name for one in tool.does for name in request_of(one).model_fields}
        for name in rest:
            if name not in tool.input["properties"] and (tool.own or name not in hidden):
                raise Unfit(f"{short_part(name)}: is no argument of this tool")


def _whole(rest: dict[str, Any], name: str, most: int) -> int:
    value = rest.pop(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Unfit(f"{name}: must be a whole number from 0 to {most}")
    return value
