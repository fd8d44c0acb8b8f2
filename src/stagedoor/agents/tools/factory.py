"""Builds a tool from declared operations: its schemas, its hints, and its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from stagedoor.platform.operation import Operation

from .. import vocabulary
from ..calls.request import CallRequest
from . import schema
from .tool import Asking, Hints, Schema, Tool, Wants

PAGES = ("cursor", "search_id", "page")
"""Names of the values in TikTok's answers that lead to the next page."""


def make_tool(
    *does: Operation[..., Any],
    name: str,
    title: str,
    description: str,
    wants: Wants,
    takes: Schema,
    output: type[BaseModel] | None = None,
    **more: Any,
) -> Tool:
    """Return a tool whose calls are calls of one of `does`, which all answer as the first does."""
    answer = output or does[0].response
    takes_account = vocabulary.needs_account(does[0])
    items = list_in(answer)
    common = _common(takes_account, items, more.get("waits", False))
    given = schema.answered(answer, more=items is not None)
    if (dry_run := more.get("dry_run")) is not None:
        common["dry_run"] = schema.dry_run(dry_run)
        given = schema.rehearsed(given)
    own = schema.beside(dict(takes), common)
    return Tool(
        name=name,
        title=title,
        description=description,
        does=does,
        input=own,
        output=given,
        hints=Hints.of(*does),
        wants=wants,
        takes_account=takes_account,
        items=items,
        goes_on=frozenset(PAGES).intersection(takes.get("properties", {})),
        **more,
    )


def whole(
    operation: Operation[..., Any],
    *,
    name: str,
    title: str,
    description: str,
    lift: tuple[str, ...] = (),
    known: Iterable[str] = (),
    fields: tuple[str, ...] = (),
    words: Mapping[str, str] | None = None,
    hide: tuple[str, ...] = (),
    fills: Callable[[Operation[..., Any], Asking], dict[str, Any]] | None = None,
    **more: Any,
) -> Tool:
    """Return a tool for one operation, with the operation's arguments.

    `lift`: parts whose fields become arguments of the tool. `fields`: the default fields, of
    `known`. `hide`: arguments that keep their defaults. `fills`: completes the arguments.
    """
    takes = schema.without(schema.lifted(schema.request_schema(request_of(operation)), lift), hide)
    if fields:
        takes = schema.choosing(takes, known, fields)
    parts = {part: part_of(operation, part) for part in lift}

    def wants(asking: Asking) -> CallRequest:
        given = asking.arguments if fills is None else fills(operation, asking)
        arguments = sunk(given, parts)
        if fields:
            arguments.setdefault("fields", list(fields))
        return CallRequest(operation, asking.account, arguments)

    return make_tool(
        operation,
        name=name,
        title=title,
        description=description,
        wants=wants,
        takes=schema.described(takes, words or {}),
        **more,
    )


def sunk(arguments: Mapping[str, Any], parts: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """Return flat arguments in TikTok's form: the fields of each part are nested into it."""
    flat = dict(arguments)
    for part, names in parts.items():
        flat[part] = {name: flat.pop(name) for name in names if name in flat}
    return flat


@cache
def part_of(operation: Operation[..., Any], part: str) -> frozenset[str]:
    """Return the field names of a part."""
    model = request_of(operation).model_fields[part].annotation
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{operation.id} has no part {part} that could be lifted")
    return frozenset(model.model_fields)


def request_of(operation: Operation[..., Any]) -> type[BaseModel]:
    model = operation.request
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{operation.id} declares a request that is no model")
    return model


def list_in(answer: type[BaseModel]) -> str | None:
    """Return the name of an answer's list of items, if it has one."""
    properties = schema.answered(answer, more=False)["properties"]
    lists = {k: part["items"] for k, part in properties.items() if part.get("type") == "array"}
    things = [k for k, item in lists.items() if item.get("type") == "object"]
    if not things and "has_more" in properties:
        things = list(lists)
    return things[0] if things else None


def _common(takes_account: bool, items: str | None, waits: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if takes_account:
        found["account"] = schema.ACCOUNT
    if items is not None:
        found["offset"] = schema.OFFSET
    if waits:
        found["wait_seconds"] = schema.WAIT
    return found
