"""Requests and answers of the control routes: JSON in, JSON out.

What can't be done is a `ControlError`: 400 the order is wrong, 404 no such thing, 409 not now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .bodies import MAX_JSON
from .control.errors import invalid, wrong
from .world import World
from .world.collection import Entity, Group, Index


class ControlBody(BaseModel):
    """Base of what a control route takes; a name it doesn't know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Answering = Callable[[World, Request], Awaitable[Any]]
O = TypeVar("O", bound=ControlBody)  # noqa: E741
E = TypeVar("E", bound=Entity)

ALL = Index[Any]()
"""Everything in a table, in the order of insertion."""

MAX_LISTED = 10_000
_LISTED = 1_000
_DIGITS = 9


def controlled(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a function that takes the world and the request and gives JSON."""

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await answering(request.app.state.world, request))

    return endpoint


def page(
    request: Request, name: str, group: Group[E], shown: Callable[[E], dict[str, Any]]
) -> dict[str, Any]:
    """A page of a list, by `limit` and `cursor` of the query. `cursor` of the answer is the next
    page's, as long as `has_more` is true."""
    limit, start = limit_of(request), _number(request, "cursor", 0)
    found = group[start : start + limit]
    end = start + len(found)
    return {
        name: [shown(one) for one in found],
        "cursor": end,
        "has_more": end < len(group),
    }


def limit_of(request: Request) -> int:
    """How many items a list may have."""
    limit = _number(request, "limit", _LISTED)
    if limit > MAX_LISTED:
        raise wrong("limit", f"is more than {MAX_LISTED:,}")
    return limit


def latest(found: Iterable[E], request: Request) -> list[E]:
    """The last items of a list that is walked backwards; the newest is last."""
    return list(islice(found, limit_of(request)))[::-1]


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS):
        raise wrong(name, "is no number")
    return int(text)


async def read(request: Request, model: type[O]) -> O:
    """The order in the request's body; no body is an empty order."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > MAX_JSON:
            raise wrong("", f"The body is longer than {MAX_JSON} bytes.")
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise invalid(error) from None
