"""Reading the body of an `/api` request: limited in size by its route, checked before it is parsed.

A route that needs more than the default declares it: `@takes(256 << 10)` on its function.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request, Response
from starlette.datastructures import Headers, QueryParams
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from stagedoor.platform.bounds import MAX_BODY
from stagedoor.platform.encodable import first_problem, reason_against

from .errors import RequestTooLarge, in_query, unfit

MAX_ANY = 512 << 10
"""The limit, in bytes, for every route."""
_SMALL = 4 << 10
"""Bodies up to this size, in bytes, are checked on the event loop."""
_BYTES_A_VALUE = 16
"""A body of n bytes has at most n/16 values: a denser body is no request of most routes."""
_LEAST_VALUES = 256

F = TypeVar("F", bound=Callable[..., Any])


def takes(most: int, densest: int = _BYTES_A_VALUE) -> Callable[[F], F]:
    """Declare the largest body of a route, in bytes; `densest`: the fewest bytes for each of its
    values."""
    if most > MAX_ANY:
        raise ValueError(f"no route takes more than {MAX_ANY} bytes")

    def declare(function: F) -> F:
        function.max_body, function.densest = most, densest  # type: ignore[attr-defined]
        return function

    return declare


def most_of(function: Callable[..., Any]) -> int:
    """The number of bytes that `takes` declared, or the default."""
    found: int = getattr(function, "max_body", MAX_BODY)
    return found


def densest_of(function: Callable[..., Any]) -> int:
    """The fewest bytes for each value that `takes` declared, or the default."""
    found: int = getattr(function, "densest", _BYTES_A_VALUE)
    return found


FileHandler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class FileBodies:
    """The media types of a route's bodies that aren't JSON, and the function that handles a request
    with such a body. The function reads the body, and bounds it."""

    media_types: frozenset[str]
    handle: FileHandler

    def takes(self, content_type: str) -> bool:
        return content_type.partition(";")[0].strip().lower() in self.media_types


def takes_files(handle: FileHandler, *media_types: str) -> Callable[[F], F]:
    """Declare that a POST route takes bodies of these media types beside JSON, unread and
    unbounded."""

    def declare(function: F) -> F:
        vars(function)["file_bodies"] = FileBodies(frozenset(media_types), handle)
        return function

    return declare


def file_bodies_of(function: Any) -> FileBodies | None:
    """The bodies that `takes_files` declared."""
    found: FileBodies | None = getattr(function, "file_bodies", None)
    return found


def check_declared(length: str | None, most: int) -> None:
    """Raises `RequestTooLarge` for a Content-Length above `most`, or one that isn't a number."""
    if length is not None and not (length.isdigit() and len(length) <= 19 and int(length) <= most):
        raise too_large(most)


def bounded(receive: Receive, most: int) -> Receive:
    """Wrap `receive`: it raises `RequestTooLarge` once more than `most` bytes of body have
    arrived."""
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise too_large(most)
        return message

    return receive_bounded


async def read(scope: Scope, receive: Receive, most: int) -> bytes:
    """Read the whole body of the request. Raises `RequestTooLarge`, without reading anything where
    the request announces more than `most` bytes, and `ClientDisconnect` when the sender
    disconnects."""
    check_declared(Headers(scope=scope).get("content-length"), most)
    parts: list[bytes] = []
    taken = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part: bytes = message.get("body", b"")
        taken += len(part)
        if taken > most:
            raise too_large(most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def too_large(most: int) -> RequestTooLarge:
    """The connection is closed with this error: the rest of the body isn't read."""
    error = RequestTooLarge(f"The body is larger than {most} bytes.")
    error.close = True
    return error


async def checked(
    request: Request, most: int, densest: int = _BYTES_A_VALUE, empty: bytes = b""
) -> Request:
    """Return the same request with its body read; `empty` stands for a body without anything.
    Raises `RequestTooLarge` and `InvalidInput`."""
    body = await read(request.scope, request.receive, most) or empty
    if len(body) > _SMALL:
        await asyncio.to_thread(_check, body, densest)
    elif body:
        _check(body, densest)
    return Request(request.scope, replayed(body, request.receive))


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives the next reader a body that was read already."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def check_address(scope: Scope) -> None:
    """Raises `InvalidInput` for a path or query with text that the database can't store."""
    if (reason := reason_against(scope["path"])) is not None:
        raise unfit("(path)", reason)
    query = scope["query_string"]
    if b"%" not in query:
        return
    for name, text in QueryParams(query).multi_items():
        if (reason := reason_against(name)) is not None:
            raise unfit("(query)", f"has a name that {reason}")
        if (reason := reason_against(text)) is not None:
            raise unfit(in_query(name), reason)


def _check(body: bytes, densest: int) -> None:
    """Check the values of a JSON body. Invalid JSON is left to the framework, which reports where
    it is wrong."""
    try:
        sent = json.loads(body)
    except json.JSONDecodeError:
        return
    except UnicodeDecodeError:
        raise unfit("(body)", "isn't UTF-8 text") from None
    except ValueError:  # Python refuses to convert it
        raise unfit("(body)", "holds a number of too many digits") from None
    except RecursionError:
        raise unfit("(body)", "is nested too deep") from None
    problem = first_problem(sent, max(_LEAST_VALUES, len(body) // densest))
    if problem is not None:
        raise unfit(problem[0] or "(body)", problem[1])
