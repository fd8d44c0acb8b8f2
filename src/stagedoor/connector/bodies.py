"""Reading the body of an `/api` request: bounded by its route, and checked before it is parsed.

A route that needs more than the default says so: `@takes(256 << 10)` on its function.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from starlette.datastructures import QueryParams
from starlette.types import Message, Scope

from stagedoor.platform.bounds import MAX_BODY
from stagedoor.platform.encodable import first_problem, reason_against

from .errors import BadRequest, TooLarge

MAX_ANY = 512 << 10
"""Bytes that no route may exceed."""
_SMALL = 4 << 10
"""Bytes that are checked on the event loop."""
_BYTES_A_VALUE = 16
"""A body of n bytes holds at most n/16 values: what is denser is no request of ours."""
_LEAST_VALUES = 256

F = TypeVar("F", bound=Callable[..., Any])


def takes(most: int) -> Callable[[F], F]:
    """Declare how many bytes the body of a route may have."""
    if most > MAX_ANY:
        raise ValueError(f"no route takes more than {MAX_ANY} bytes")

    def declare(function: F) -> F:
        function.max_body = most  # type: ignore[attr-defined]
        return function

    return declare


def most_of(function: Callable[..., Any]) -> int:
    """What `takes` declared, or the default."""
    found: int = getattr(function, "max_body", MAX_BODY)
    return found


async def checked(request: Request, most: int) -> Request:
    """The same request with its body read. Raises `TooLarge` and `BadRequest`."""
    body = await _read(request, most)
    if len(body) > _SMALL:
        await asyncio.to_thread(_check, body)
    elif body:
        _check(body)
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await request.receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, again)


def check_address(scope: Scope) -> None:
    """Raises `BadRequest` for a path or query with a text that can't be kept."""
    if (reason := reason_against(scope["path"])) is not None:
        raise _refused("(path)", reason)
    query = scope["query_string"]
    if b"%" not in query:
        return
    for name, text in QueryParams(query).multi_items():
        if (reason := reason_against(name)) is not None:
            raise _refused("(query)", f"has a name that {reason}")
        if (reason := reason_against(text)) is not None:
            raise _refused(name, reason)


async def _read(request: Request, most: int) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or len(declared) > 19 or int(declared) > most:
        raise _too_large(most)
    parts, taken = [], 0
    async for part in request.stream():
        taken += len(part)
        if taken > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _check(body: bytes) -> None:
    """What can't be parsed is left to the framework, which says where it breaks off."""
    try:
        sent = json.loads(body)
    except ValueError:
        return
    except RecursionError:
        raise _refused("(body)", "is nested too deep") from None
    problem = first_problem(sent, max(_LEAST_VALUES, len(body) // _BYTES_A_VALUE))
    if problem is not None:
        raise _refused(problem[0] or "(body)", problem[1])


def _refused(path: str, reason: str) -> BadRequest:
    problems = [{"path": path, "reason": reason}]
    return BadRequest(f"{path}: {reason}", detail={"problems": problems})


def _too_large(most: int) -> TooLarge:
    error = TooLarge(f"The body is larger than {most} bytes.")
    error.close = True
    return error
