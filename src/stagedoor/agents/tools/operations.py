"""One tool for each declared operation; operations declared later get one automatically."""

from __future__ import annotations

from functools import cache
from typing import Any

from stagedoor.platform.account_field import ACCOUNT_FIELDS
from stagedoor.platform.operation import Host, Operation, OperationEffect, Surface
from stagedoor.platform.protocols.layout import layout

from .. import vocabulary
from ..calls.request import CallRequest
from . import ad_accounts, schema
from .factory import make_tool, request_of
from .tool import Asking, Tool


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools in the order of declaration."""
    return tuple(tool_of(one) for one in callable_ones() if Surface.TOOL in one.surfaces)


@cache
def callable_ones() -> tuple[Operation[..., Any], ...]:
    """Return every operation that JSON arguments can call: all but those of files."""
    return tuple(
        one
        for one in vocabulary.operations().values()
        if Surface.TOOL in one.surfaces or not (layout(one).files or one.protocol.answers_file)
    )


def name_of(operation: Operation[..., Any]) -> str:
    """Return the tool name of an operation such as `display.user_info`."""
    return operation.id.replace(".", "_")


@cache
def tool_of(operation: Operation[..., Any]) -> Tool:
    """Return the tool of an operation, also of one that only `call_operation` calls."""

    def wants(asking: Asking) -> CallRequest:
        arguments = ad_accounts.completed(operation, asking)
        return CallRequest(operation, asking.account, arguments)

    model = request_of(operation)
    notes = " ".join((model.__doc__ or "").split())
    return make_tool(
        operation,
        name=name_of(operation),
        title=operation.summary,
        description=f"{operation.summary}. {notes} TikTok: {operation.method} {operation.path}",
        wants=wants,
        takes=schema.without(schema.request_schema(model), ACCOUNT_FIELDS),
        of_post="publish_id" in model.model_fields,
        dry_run=False if _rehearses(operation) else None,
    )


def _rehearses(operation: Operation[..., Any]) -> bool:
    """Whether a call can be shown before it is made: writes of TikTok API for Business, which are
    one request each."""
    return operation.host is Host.BUSINESS and operation.effect is OperationEffect.WRITE
