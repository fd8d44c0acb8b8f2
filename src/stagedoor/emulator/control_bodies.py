"""Requests and answers of the control routes, both JSON.

Errors are `ControlError`: 400 for a wrong request, 404 for an unknown entity, 409 for a request
that isn't possible in the present state.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from pydantic import ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stagedoor.platform.encodable import first_problem

from .bodies import MAX_JSON
from .bodies import read as read_body
from .calls import Refusal
from .control.errors import ControlError, invalid, wrong
from .world import World
from .world.bounds import WithInt64
from .world.collection import Entity, Index, IndexGroup


class ControlBody(WithInt64):
    """Base of the control routes' request bodies; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Answering = Callable[[World, Request], Awaitable[Any]]
O = TypeVar("O", bound=ControlBody)  # noqa: E741
E = TypeVar("E", bound=Entity)

ALL = Index[Any]()
"""All entities of a table, in the order of insertion."""

MAX_LISTED = 10_000
_LISTED = 1_000
_DIGITS = 9


def controlled(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a function that takes the world and the request and returns JSON."""

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await answering(request.app.state.world, request))

    return endpoint


def page(
    request: Request, name: str, group: IndexGroup[E], shown: Callable[[E], dict[str, Any]]
) -> dict[str, Any]:
    """A page of a list, by `limit` and `cursor` of the query. The answer's `cursor` is for the
    next page, as long as `has_more` is true."""
    limit, start = limit_of(request), _number(request, "cursor", 0)
    found = group[start : start + limit]
    end = start + len(found)
    return {
        name: [shown(one) for one in found],
        "cursor": end,
        "has_more": end < len(group),
    }


def limit_of(request: Request) -> int:
    """The query's `limit`: the most items of the list."""
    limit = _number(request, "limit", _LISTED)
    if limit > MAX_LISTED:
        raise wrong("limit", f"is more than {MAX_LISTED:,}")
    return limit


def latest(found: Iterable[E], request: Request) -> list[E]:
    """The newest items of an iterable that has the newest first; in the result it is last."""
    return list(islice(found, limit_of(request)))[::-1]


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise wrong(name, "is no number")
    return int(text)


async def json_body(request: Request) -> bytes:
    """Read the body of a control request, `{}` if it is empty. All control bodies are read here.

    Raises `ControlError` for a body that is too long, and for text that can't be stored or encoded.
    The body's model validates its JSON.
    """
    try:
        body = await read_body(request.receive, MAX_JSON) or b"{}"
    except Refusal as refusal:
        raise ControlError(400, refusal.message) from None
    try:
        problem = first_problem(json.loads(body))
    except (ValueError, RecursionError):
        return body
    if problem is not None:
        raise wrong(*problem)
    return body


async def read(request: Request, model: type[O]) -> O:
    """Parse the request's body as a `model`; an empty body is an empty object."""
    try:
        return model.model_validate_json(await json_body(request))
    except ValidationError as error:
        raise invalid(error) from None
