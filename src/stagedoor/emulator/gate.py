"""The emulator's ASGI application: it routes, checks and answers all requests.

A call to one of TikTok's paths is routed by one dict lookup and passes `checks` before a product's
handler. Uploads get the raw stream. Pages and control routes, which people and tests use, are
served by Starlette.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from stagedoor.platform.masking import masked
from stagedoor.platform.media import UPLOAD_CHUNK, UPLOAD_PATHS
from stagedoor.platform.operation import Operation

from . import answers, checks, faults, form_files
from .answers import FinishedAnswer
from .bodies import MAX_FORM, MAX_JSON, Disconnected, Message, Receive, Scope, Send, read
from .calls import AdmittedCall, Refusal
from .limits import Windows
from .log import logger
from .plan import Plan
from .route_table import Route, Routes
from .world import Fault, FaultKind, RecordedRequest, World

API = "/v2/"
AUTH_PAGES = "/v2/auth/"
BUSINESS_API = "/open_api/"
LENIENT = {"/open_api/v1.3/user/info": "/open_api/v1.3/user/info/"}
"""Paths that are answered without their last slash (`business.yaml` business_user_info)."""
CONTROL = "/_emulator"
OWN_PAGES = frozenset({"/", "/favicon.ico"})
"""Pages of the emulator, not of TikTok: they aren't recorded among the requests."""

_UPLOADS = frozenset((UPLOAD_CHUNK.method, path) for path in UPLOAD_PATHS)
_BLOCK = 1 << 18

Pages = Callable[[Scope, Receive, Send], Awaitable[None]]


class CallGate:
    """Answers calls to TikTok itself and passes other requests to the application from `pages`."""

    def __init__(self, world: World, pages: Callable[[], Pages]) -> None:
        self.world = world
        self.windows = Windows()
        self._make_pages = pages
        self._made_pages: Pages | None = None
        self._routes = Routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = (scope["method"], scope["path"])
        route = self._routes[key]
        if route is None and scope["path"].startswith(BUSINESS_API):
            await self._business(key, scope, receive, send)
        elif route is not None:
            await self._call(route, scope, receive, send)
        elif key in _UPLOADS:
            await self._upload(scope, receive, send)
        elif scope["path"].startswith(API) and not scope["path"].startswith(AUTH_PAGES):
            await _answer(send, answers.UNSUPPORTED, self._seen(scope))
        elif scope["path"] in OWN_PAGES or scope["path"].startswith(CONTROL):
            await self._pages(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _business(
        self, key: tuple[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """A path of TikTok API for Business that isn't one of its operations."""
        method, path = key
        route = self._routes[method, LENIENT.get(path, "")]
        if route is not None and not self.world.settings.strict_slashes:
            await self._call(route, scope, receive, send)
            return
        known = any(self._routes[one, path] is not None for one in ("GET", "POST"))
        reply = answers.WRONG_METHOD if known else answers.NO_PAGE
        await _answer(send, reply, self._seen(scope))

    async def _pages(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Created with the first page, to keep the start fast.
        if self._made_pages is None:
            self._made_pages = self._make_pages()
        await self._made_pages(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = self._seen(scope, _page_id(scope["path"]))

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        await self._pages(scope, receive, observed)

    def _seen(
        self, scope: Scope, operation: str | None = None, declared: bool = False
    ) -> RecordedRequest:
        """Record a request. A declared path is the same for all callers, so it has no secrets."""
        now = self.world.now()
        seen = RecordedRequest(
            at=now,
            method=scope["method"],
            path=scope["path"] if declared else masked(scope["path"]),
            status=0,
            operation=operation,
            client_key=None,
            creator_id=None,
            code="",
            log_id=self.world.ids.log_id(now),
        )
        self.world.requests.append(seen)
        return seen

    async def _call(self, route: Route, scope: Scope, receive: Receive, send: Send) -> None:
        world = self.world
        seen = self._seen(scope, declared=True)
        plan = route.first
        form: form_files.Form | None = None
        try:
            headers, base_url = scope["headers"], _base_url(scope)
            query = scope["query_string"].decode("latin-1")
            body, too_long = b"", None
            if plan.takes_body:
                try:
                    if plan.spools and form_files.is_form(headers):
                        limit = plan.operation.max_body
                        form = form_files.Form(world.media, f"form-{seen.log_id}", limit)
                        await form.receive(receive)
                    else:
                        body = await read(receive, _most(plan.operation))
                except Refusal as refusal:
                    known = refusal.code == form_files.TOO_LARGE
                    too_long = refusal if known else checks.unread(plan, refusal.message)
            reply: FinishedAnswer | None = None
            try:
                plan = checks.selected(route, query, body)
            except Refusal as refusal:
                reply = self._refused(plan, refusal, seen)
            seen.operation = plan.operation.id
            fault = faults.meet(world, plan.operation.id) if world.faults else None
            partly = faults.breaks_off(fault) and plan.operation.protocol.answers_file
            if fault is not None and reply is None and not partly:
                reply = await self._spoiled(plan, fault, seen)
                if fault.kind in (FaultKind.STATUS, FaultKind.GATEWAY):
                    checks.charge(
                        plan, AdmittedCall(world, plan.operation, None, base_url), headers
                    )
                if fault.kind is FaultKind.CUT:
                    await faults.cut(receive, send)
                    return
            if reply is None:
                call = AdmittedCall(world, plan.operation, None, base_url)
                fields = None if form is None else form.fields
                reply = await self._work(plan, call, seen, headers, query, body, too_long, fields)
            if fault is not None and partly and reply.file is not None:
                await _answer(send, reply, seen, fault.after_bytes)
                seen.code = "cut"
                await faults.cut(receive, send)
                return
            if fault is not None and fault.kind is FaultKind.LOST:
                seen.code = "lost"
                await faults.cut(receive, send)
                return
            if fault is not None and fault.kind is FaultKind.CORRUPT and reply.file is None:
                reply = replace(reply, body=reply.body[: len(reply.body) // 2])
        except Disconnected:
            seen.code = "disconnected"
            return
        finally:
            if form is not None:
                form.discard()
        await _answer(send, reply, seen)

    async def _work(
        self,
        plan: Plan,
        call: AdmittedCall,
        seen: RecordedRequest,
        headers: checks.Headers,
        query: str,
        body: bytes,
        too_long: Refusal | None,
        form: form_files.Fields | None,
    ) -> FinishedAnswer:
        try:
            if plan.token is not None:
                checks.identify(plan, call, headers)
                if call.app is not None:
                    seen.client_key = call.app.client_key
                if call.creator is not None:
                    seen.creator_id = call.creator.id
                plan.access.pace(plan, call, self.windows)
                plan.access.admit(plan, call)
            elif plan.offers_token:
                call.offered_token = plan.operation.protocol.token_in(headers)
            if too_long is not None:
                raise too_long
            checks.parse(plan, call, query, body, form)
            if plan.token is None:
                seen.client_key = getattr(call.request, "client_key", None)
            plan.access.authorize(plan, call, self.windows)
            if call.app is not None:  # the request may name the app
                seen.client_key = call.app.client_key
            data = plan.handler(call)
            # The first test is for speed: most calls by far are answered with cached bytes.
            if not isinstance(data, bytes) and isinstance(data, Awaitable):
                data = await data
            return answers.succeeded(plan, data, seen.log_id)
        except Refusal as refusal:
            return self._refused(plan, refusal, seen)
        except Exception:
            logger.exception("%s failed (log_id %s)", plan.operation.id, seen.log_id)
            return self._refused(plan, Refusal(plan.operation.protocol.server_error), seen)

    def _refused(self, plan: Plan, refusal: Refusal, seen: RecordedRequest) -> FinishedAnswer:
        return answers.refused(plan, refusal, seen.log_id, self.world.settings.param_error)

    async def _spoiled(
        self, plan: Plan, fault: Fault, seen: RecordedRequest
    ) -> FinishedAnswer | None:
        """The fault's answer, if it replaces the handler; None: the handler runs."""
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault.kind is FaultKind.RATE_LIMIT:
            return self._refused(plan, Refusal(plan.operation.protocol.over_limit), seen)
        elif fault.kind is FaultKind.STATUS:
            declared = plan.operation.protocol.errors.known(fault.code)
            message = None if declared else "A fault was asked for."
            return self._refused(plan, Refusal(fault.code, message, fault.status), seen)
        elif fault.kind is FaultKind.GATEWAY:
            return answers.gateway(fault.status)
        elif fault.kind is FaultKind.CUT:
            seen.code = "cut"
        return None

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        from .products.media.handlers import put_chunk

        seen = self._seen(scope, UPLOAD_CHUNK.id, declared=True)
        fault = faults.meet(self.world, UPLOAD_CHUNK.id) if self.world.faults else None
        if fault is not None:
            if fault.kind is FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            elif fault.kind is FaultKind.GATEWAY:
                await _answer(send, answers.gateway(fault.status), seen)
                return
            elif fault.kind in (FaultKind.STATUS, FaultKind.RATE_LIMIT):
                status = 429 if fault.kind is FaultKind.RATE_LIMIT else fault.status
                await _answer(send, FinishedAnswer(status, b"{}", fault.code), seen)
                return
            elif fault.kind is FaultKind.CUT and not faults.breaks_off(fault):
                seen.code = "cut"
                await faults.cut(receive, send)
                return

        lost = fault is not None and fault.kind is FaultKind.LOST
        answered: Receive = receive
        if fault is not None and faults.breaks_off(fault):
            seen.code = "cut"
            answered = faults.BreakingReceive(receive, send, fault.after_bytes or 0)

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            if not lost and seen.code != "cut":
                await send(message)

        try:
            await put_chunk(self.world, scope, answered, observed, partial(setattr, seen, "detail"))
        except faults.Cut:
            raise
        except Exception:
            logger.exception("%s failed (log_id %s)", UPLOAD_CHUNK.id, seen.log_id)
            if seen.status == 0:
                await _answer(observed, FinishedAnswer(500, b"{}", "internal_error"), seen)
        if lost:
            seen.code = "lost"
            await faults.cut(receive, send)


def _most(operation: Operation[..., Any]) -> int:
    """The most bytes of the operation's body."""
    usual = MAX_FORM if operation.protocol.form_encoded else MAX_JSON
    return max(usual, operation.max_body)


def _page_id(path: str) -> str | None:
    """The id of the requested declared page; only the consent page has one."""
    if not path.startswith(AUTH_PAGES):
        return None
    from stagedoor.platform.products.oauth import AUTHORIZE

    return AUTHORIZE.id if path.rstrip("/") == AUTHORIZE.path.rstrip("/") else None


def _base_url(scope: Scope) -> str:
    """Scheme and host that the caller used."""
    host = b"127.0.0.1"
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
    return f"{scope['scheme']}://{host.decode('latin-1')}"


async def _answer(
    send: Send, reply: FinishedAnswer, seen: RecordedRequest, at_most: int | None = None
) -> None:
    """Send the answer; of a file, only `at_most` bytes if given, and then no final message."""
    seen.status, seen.code = reply.status, reply.code
    await send(reply.start(seen.log_id))
    if reply.file is None:
        await send({"type": "http.response.body", "body": reply.body})
        return
    left = reply.length if at_most is None else at_most
    with await asyncio.to_thread(reply.file.open, "rb") as file:
        while block := await asyncio.to_thread(file.read, min(_BLOCK, left)):
            left -= len(block)
            await send({"type": "http.response.body", "body": block, "more_body": True})
    if at_most is None:
        await send({"type": "http.response.body", "body": b""})
