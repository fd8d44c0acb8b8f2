"""Reads the key and the body of a request, before the request is interpreted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from stagedoor.connector import bodies
from stagedoor.connector.errors import RequestTooLarge
from stagedoor.platform.bounds import MAX_BODY as MAX_BODY
from stagedoor.platform.wire import MAX_PAIRS

from ..calls.errors import NoAgentKey
from ..identity.keys import looks_like
from .errors import TwoKeys, UnreadableBody

MAX_QUERY = 1 << 13
BODY_SECONDS = 10.0

_BEARER = b"bearer "


def key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the one key of a request. Raises `NoAgentKey`, `TwoKeys`."""
    found: str | None = None
    for name, value in headers:
        if name == b"authorization":
            if value[:7].lower() != _BEARER:
                raise NoAgentKey
            value = value[7:]
        elif name != b"access-token":
            continue
        said = value.strip().decode("latin-1")
        if found is not None and said != found:
            raise TwoKeys
        found = said
    if found is None or not looks_like(found):
        raise NoAgentKey
    return found


async def body(scope: Scope, receive: Receive, most: int = MAX_BODY) -> bytes:
    """Read the body. Raises `UnreadableBody` if it is too long or late, or `ClientDisconnect`."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await bodies.read(scope, receive, most)
    except RequestTooLarge as error:
        raise UnreadableBody(error.message, http=error.http) from None
    except TimeoutError:
        words = f"The body didn't come within {BODY_SECONDS:.0f} s."
        raise UnreadableBody(words, http=408) from None


def repeated(query: str) -> bool:
    """Whether a name occurs more than once in the query, which makes it ambiguous."""
    if "&" not in query:
        return False
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PAIRS)
    except ValueError:
        return False  # the query is malformed
    return len(dict(pairs)) < len(pairs)
