"""`POST /connect/webhook/tiktok`, in front of the framework: it gets far more requests than all
other routes."""

from __future__ import annotations

import asyncio
import logging
import re
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stagedoor.platform import signature

from ..bodies import read
from ..connections import mark_authenticated
from ..errors import ApiError, InvalidInput, ServiceUnavailable, error_response
from .errors import NotVerified
from .service import WebhooksService

PATH = "/connect/webhook/tiktok"
APP = "app"
"""The parameter of the address that names the app, for subscriptions to news of ads."""
MAX_BODY = 1 << 18
"""TikTok's events have a few hundred bytes."""
BODY_SECONDS = 10.0

logger = logging.getLogger("stagedoor.webhooks")

_MOST_FIELDS = 20
_APP_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HEADER = signature.HEADER.lower().encode()
_TAKEN = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"0")],
}
_EMPTY = {"type": "http.response.body", "body": b""}


class Endpoint:
    """Middleware: handles the webhook's path, passes other requests on. Its resources are closed
    with the application."""

    def __init__(self, app: ASGIApp, webhooks: WebhooksService) -> None:
        self._app = app
        self._ingest = webhooks.ingest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, self._closing(send))
        else:
            await self._app(scope, receive, send)

    def _closing(self, send: Send) -> Send:
        """Close the ingest before the server is told of the shutdown: it ends right after that
        message."""

        async def sending(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                await asyncio.to_thread(self._ingest.close)
            await send(message)

        return sending

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] != "POST":
                raise ApiError(
                    "This route doesn't take that method.", code="method_not_allowed", http=405
                )
            header = next((value for name, value in scope["headers"] if name == _HEADER), None)
            body = await _read(scope, receive)
            text = None if header is None else header.decode("latin-1")
            await self._ingest.take(body, text, _app_of(scope))
        except ClientDisconnect:
            return
        except ApiError as error:
            await _refuse(error, scope, receive, send)
        except Exception:
            logger.exception("a delivery could not be taken")
            failed = ServiceUnavailable("The delivery could not be taken. Try again.")
            await _refuse(failed, scope, receive, send)
        else:
            mark_authenticated(scope, "webhooks")
            await send(_TAKEN)
            await send(_EMPTY)


def _app_of(scope: Scope) -> str | None:
    """The app whose subscriptions have this address; None: an event of an account. Raises
    `NotVerified` for an address that no subscription has."""
    query: str = scope["query_string"].decode("latin-1")
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise NotVerified from None
    if APP not in fields:
        return None
    [first, *_] = fields[APP]
    if not _APP_ID.fullmatch(first):
        raise NotVerified
    return first


async def _refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    response = error_response(error)
    # the rest of the request isn't read, so an endless sender would wait for ever
    response.headers["connection"] = "close"
    await response(scope, receive, send)


async def _read(scope: Scope, receive: Receive) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await read(scope, receive, MAX_BODY)
    except TimeoutError:
        raise InvalidInput("The body didn't come in time.", http=408) from None
