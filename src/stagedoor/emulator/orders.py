"""Orders on the control routes: JSON in, JSON out.

What can't be done is a `ControlError`: 400 the order is wrong, 404 no such thing, 409 not now.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stagedoor.platform.encodable import first_problem

from .bodies import MAX_JSON
from .bodies import read as read_body
from .calls import Refusal
from .control.errors import ControlError, invalid, wrong
from .world import World


class Order(BaseModel):
    """Base of what a control route takes; a name it doesn't know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Answering = Callable[[World, Request], Awaitable[Any]]
O = TypeVar("O", bound=Order)  # noqa: E741


def controlled(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a function that takes the world and the request and gives JSON."""

    async def endpoint(request: Request) -> Response:
        return JSONResponse(await answering(request.app.state.world, request))

    return endpoint


async def json_body(request: Request) -> bytes:
    """The body of a control request, `{}` if it is empty. All of them are read here.

    Raises `ControlError` for a body that is too long, and for text that can't be kept or encoded.
    Whether it is JSON of the right shape is for its model to say.
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
    """The request's body as a `model`; no body is an empty order."""
    try:
        return model.model_validate_json(await json_body(request))
    except ValidationError as error:
        raise invalid(error) from None
