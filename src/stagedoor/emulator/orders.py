"""Orders on the control routes: JSON in, JSON out, and words when something doesn't fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stagedoor.platform.wire import problems_of

from .bodies import MAX_JSON
from .world import World


class Order(BaseModel):
    """Base of what a control route takes; a name it doesn't know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rejected(Exception):
    """The order can't be carried out: 400 it is wrong, 404 no such thing, 409 not now."""

    def __init__(self, status: int, words: str, path: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.path = path


Answering = Callable[[World, Request], Awaitable[Any]]
O = TypeVar("O", bound=Order)  # noqa: E741


def controlled(answering: Answering) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a function that takes the world and the request and gives JSON."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await answering(request.app.state.world, request))
        except Rejected as rejected:
            said = {"error": str(rejected)}
            if rejected.path:
                said["path"] = rejected.path
            return JSONResponse(said, rejected.status)

    return endpoint


async def read(request: Request, model: type[O]) -> O:
    """The order in the request's body; no body is an empty order."""
    body = b""
    async for block in request.stream():
        body += block
        if len(body) > MAX_JSON:
            raise Rejected(400, f"the body is longer than {MAX_JSON} bytes")
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        path, why = problems_of(error)[0]
        raise Rejected(400, f"{path}: {why}" if path else why, path) from None
