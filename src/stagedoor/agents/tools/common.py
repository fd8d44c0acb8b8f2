"""The arguments that many tools have, read apart from those of the one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .decoding import decoded
from .schema import MAX_WAIT
from .tool import Tool, Unfit

_MAX_OFFSET = 1_000_000
_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Common:
    """`rest` is what is the tool's own."""

    account: str | None = None
    offset: int = 0
    wait: int = 0
    rest: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, tool: Tool, arguments: Mapping[str, Any]) -> Common:
        """Raises `Unfit`. What a client sends as null is left out."""
        present = {name: value for name, value in arguments.items() if value is not None}
        rest = decoded(tool.input, present)
        for name, value in rest.items():
            if not all(map(is_text, _texts(value))):
                raise Unfit(f"{name}: holds characters that are in no text")
        offset, wait = 0, 0
        account = rest.pop("account", None) if tool.takes_account else None
        if account is not None and not isinstance(account, str):
            raise Unfit("account: is no handle and no id")
        if tool.items is not None:
            offset = _whole(rest, "offset", _MAX_OFFSET)
        if tool.waits:
            wait = _whole(rest, "wait_seconds", MAX_WAIT)
        return cls(account, offset, wait, rest)

    @classmethod
    def account_of(cls, tool: Tool, arguments: Mapping[str, Any]) -> Common:
        """Only what tells the account, where that can be read."""
        account = arguments.get("account") if tool.takes_account else None
        if account is not None and not (isinstance(account, str) and is_text(account)):
            account = ""
        return cls(account, rest=arguments)


def is_text(text: str) -> bool:
    """Whether a database takes it: PostgreSQL has no NUL, and UTF-8 no halves of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list) and depth < _DEPTH:
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts(part, depth + 1)


def _whole(rest: dict[str, Any], name: str, most: int) -> int:
    value = rest.pop(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Unfit(f"{name}: must be a whole number from 0 to {most}")
    return value
