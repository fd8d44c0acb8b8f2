"""Orders on the control routes: JSON in, JSON out.

What can't be done is a `ControlError`: 400 the order is wrong, 404 no such thing, 409 not now.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .bodies import MAX_JSON
from .control.errors import invalid, wrong
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
