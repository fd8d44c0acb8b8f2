"""Tools for operations that no listed tool covers: find_operations and call_operation.

A list has at most twenty tools, so these two stand for all others that an agent's grants allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stagedoor.platform.model import Answer
from stagedoor.platform.operation import Operation, OperationEffect

from ... import vocabulary
from ...calls.request import CallAnswer
from .. import operations, schema
from ..tool import LOCAL, Asking, Hints, Tool, Unfit
from ..visibility import ToolVisibility

_MAX_WORDS = 100


class Found(Answer):
    """`takes`: the schema of its arguments, for the one that was named."""

    operation: str
    summary: str
    action: str
    changes: bool
    takes: dict[str, Any] | None = None


class FoundOperations(Answer):
    operations: tuple[Found, ...]


class Called(Answer):
    """TikTok's answer to the operation."""


_OPERATION = {
    "type": "string",
    "maxLength": _MAX_WORDS,
    "description": "An operation of find_operations.",
}
_WORDS = {
    "type": "string",
    "maxLength": _MAX_WORDS,
    "description": "Only operations with these words, such as `audience`.",
}
_ARGUMENTS = {
    "type": "object",
    "additionalProperties": True,
    "description": "Its arguments, as find_operations shows them for the one operation.",
}


def _found(asking: Asking) -> CallAnswer:
    arguments = dict(asking.arguments)
    words, named = arguments.pop("words", None), arguments.pop("operation", None)
    for name in arguments:
        raise Unfit(f"{name}: is no argument of this tool")
    for name, value in (("words", words), ("operation", named)):
        if value is not None and not (isinstance(value, str) and len(value) <= _MAX_WORDS):
            raise Unfit(f"{name}: must be a text of at most {_MAX_WORDS} characters")
    visibility = ToolVisibility.of(asking.parts, asking.caller)
    listed = [
        _shown(one, with_schema=named is not None)
        for one in operations.callable_ones()
        if _meant(one, words, named) and visibility.permits(one)
    ]
    return CallAnswer({"operations": listed})


def _meant(operation: Operation[..., Any], words: str | None, named: str | None) -> bool:
    if named is not None:
        return operation.id == named
    if words is None:
        return True
    text = f"{operation.id} {operation.summary} {operation.action}".lower()
    return all(word in text for word in words.lower().split())


def _shown(operation: Operation[..., Any], with_schema: bool) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "operation": operation.id,
        "summary": operation.summary,
        "action": operation.action,
        "changes": operation.effect is OperationEffect.WRITE,
    }
    if with_schema:
        told["takes"] = operations.tool_of(operation).input
    return told


def _stands_for(arguments: Mapping[str, Any]) -> tuple[Tool, Mapping[str, Any]] | str:
    """Return the operation's own tool with its arguments; a name that no operation has."""
    named = arguments.get("operation")
    operation = vocabulary.operations().get(named) if isinstance(named, str) else None
    if operation is None or operation not in operations.callable_ones():
        return named if isinstance(named, str) else ""
    inner = arguments.get("arguments")
    given = dict(inner) if isinstance(inner, Mapping) else {}
    shared = {k: arguments[k] for k in ("account", "offset", "dry_run") if k in arguments}
    tool = operations.tool_of(operation)
    takes = tool.input["properties"]
    return tool, given | {k: value for k, value in shared.items() if k in takes}


FIND = Tool(
    name="find_operations",
    title="Find operations",
    description="Operations of TikTok that you may call by call_operation, with what each does; "
    "with `operation`, the arguments of that one.",
    does=(),
    input=schema.beside(
        {"additionalProperties": False},
        {"words": _WORDS, "operation": _OPERATION, "offset": schema.OFFSET},
    ),
    output=schema.answered(FoundOperations, more=True),
    hints=LOCAL,
    own=_found,
    takes_account=False,
    items="operations",
    trusted=True,
)
CALL = Tool(
    name="call_operation",
    title="Call an operation",
    description="Call any operation of find_operations, for which there is no other tool. With "
    "dry_run nothing is sent: the answer shows what would be, and how it would be decided.",
    does=(),
    input=schema.beside(
        {"additionalProperties": False},
        {
            "operation": _OPERATION,
            "arguments": _ARGUMENTS,
            "account": schema.ACCOUNT,
            "offset": schema.OFFSET,
            "dry_run": schema.dry_run(default=False),
        },
        ("operation",),
    ),
    output=schema.answered(Called, more=True),
    hints=Hints(read_only=False, destructive=True, idempotent=False),
    stands_for=_stands_for,
)


def tools() -> tuple[Tool, ...]:
    return FIND, CALL
