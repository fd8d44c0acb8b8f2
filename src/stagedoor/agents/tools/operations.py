"""One tool for each declared operation; operations declared later get one automatically."""

from __future__ import annotations

from functools import cache
from typing import Any

from stagedoor.platform.operation import Operation, Surface

from .. import vocabulary
from ..calls.request import CallRequest
from . import schema
from .factory import made, request_of
from .tool import Asking, Tool


@cache
def tools() -> tuple[Tool, ...]:
    """Return the tools in the order of declaration."""
    listed = vocabulary.operations().values()
    return tuple(_tool(one) for one in listed if Surface.TOOL in one.surfaces)


def name_of(operation: Operation[..., Any]) -> str:
    """Return the tool name of an operation such as `display.user_info`."""
    return operation.id.replace(".", "_")


def _tool(operation: Operation[..., Any]) -> Tool:
    def wants(asking: Asking) -> CallRequest:
        return CallRequest(operation, asking.account, asking.arguments)

    model = request_of(operation)
    notes = " ".join((model.__doc__ or "").split())
    return made(
        operation,
        name=name_of(operation),
        title=operation.summary,
        description=f"{operation.summary}. {notes} TikTok: {operation.method} {operation.path}",
        wants=wants,
        takes=schema.given(model),
        of_post="publish_id" in model.model_fields,
    )
