"""The stdio transport for MCP clients that start a command: forwards each line to the service's
/mcp, and the answers back. It makes no decisions and uses no database.

Standard output carries the protocol only; messages for people go to standard error.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx2

from stagedoor.client.proxies import between
from stagedoor.client.transport import opened

from ..quoting import LONG, one_line

PATH = "/mcp"
_CONNECT_SECONDS = 10.0
_VERSION = "io.modelcontextprotocol/protocolVersion"
_NAMES = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_AWAY = -32000
"""JSON-RPC error code: the connection failed."""
_BLOCK = 1 << 16
_PING = b'{"jsonrpc":"2.0","id":"stagedoor","method":"ping"}'

Say = Callable[[bytes], None]


class BridgeError(Exception):
    """The bridge can't work; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A message, parsed as far as forwarding needs it."""

    raw: bytes
    id: Any = None
    method: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: bytes) -> _Line:
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            return cls(raw)  # the service reports the problem
        params = found.get("params")
        return cls(
            raw,
            found.get("id"),
            str(found.get("method", "")),
            params if isinstance(params, dict) else {},
        )


class Bridge:
    """Forwards messages. `say` writes one message to the client."""

    def __init__(self, http: httpx2.AsyncClient, url: str, say: Say) -> None:
        self._http = http
        self._url = url
        self._say = say
        self._version: str | None = None
        self._under_way: dict[Any, asyncio.Task[None]] = {}

    async def check(self) -> None:
        """Raises `BridgeError` if the service doesn't answer or rejects the key."""
        try:
            answer = await self._http.post(self._url, content=_PING, headers=self._headers(None))
        except httpx2.HTTPError as error:
            raise BridgeError(_away(self._url, error)) from None
        if not answer.is_success:
            raise BridgeError(_refused(self._url, answer.status_code, answer.content))

    async def run(self, lines: AsyncIterator[bytes]) -> None:
        """Forward lines until the client closes its end, then wait for the requests under way."""
        async for raw in lines:
            if not raw.strip():
                continue
            line = _Line.of(raw)
            if line.method == "notifications/cancelled":
                # the client drops the answer; a call that reached TikTok is still recorded
                request_id = line.params.get("requestId")
                waiting = self._under_way.get(request_id) if _is_id(request_id) else None
                if waiting is not None:
                    waiting.cancel()
                continue
            if line.method == "initialize":
                # later requests must name the negotiated version
                await self._passed(line)
                continue
            task = asyncio.create_task(self._passed(line))
            if _is_id(line.id):
                self._under_way[line.id] = task
                task.add_done_callback(partial(self._ended, line.id))
            else:
                await task
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    def _ended(self, request_id: str | int, task: asyncio.Task[None]) -> None:
        if self._under_way.get(request_id) is task:
            del self._under_way[request_id]

    async def _passed(self, line: _Line) -> None:
        try:
            async with self._http.stream(
                "POST", self._url, content=line.raw, headers=self._headers(line)
            ) as answer:
                if answer.headers.get("content-type", "").startswith("text/event-stream"):
                    async for event in httpx2.EventSource(answer):
                        if event.data:
                            self._say(event.data.encode())
                    return
                body = await answer.aread()
        except httpx2.HTTPError as error:
            self._failed(line, _away(self._url, error))
            return
        if not _is_message(body):
            if not answer.is_success:
                self._failed(line, _refused(self._url, answer.status_code, body))
            return
        if line.method == "initialize":
            self._agreed(body)
        self._say(body)

    def _headers(self, line: _Line | None) -> dict[str, str]:
        headers = {
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
        }
        if line is None or line.method == "initialize":
            return headers
        meta = line.params.get("_meta")
        version = meta.get(_VERSION) if isinstance(meta, dict) else None
        if isinstance(version, str):
            # from protocol version 2026-07-28 on, these values are sent as headers, too
            headers["mcp-protocol-version"] = _header(version)
            headers["mcp-method"] = _header(line.method)
            name = line.params.get(_NAMES.get(line.method, ""))
            if isinstance(name, str):
                headers["mcp-name"] = _header(name)
        elif self._version is not None:
            headers["mcp-protocol-version"] = self._version
        return headers

    def _agreed(self, body: bytes) -> None:
        result = json.loads(body).get("result")
        version = result.get("protocolVersion") if isinstance(result, dict) else None
        self._version = version if isinstance(version, str) else None

    def _failed(self, line: _Line, words: str) -> None:
        print(f"stagedoor: {words}", file=sys.stderr, flush=True)
        if line.id is not None:
            error = {"code": _AWAY, "message": words}
            self._say(json.dumps({"jsonrpc": "2.0", "id": line.id, "error": error}).encode())


async def serve(url: str, key: str) -> None:
    """Bridge standard input and output. Raises `BridgeError`."""
    address = endpoint(url)
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise BridgeError("STAGEDOOR_AGENT_KEY is no key: it looks like sda_...")
    headers = {"authorization": f"Bearer {key}"}
    timeout = httpx2.Timeout(None, connect=_CONNECT_SECONDS)
    async with opened(httpx2.AsyncClient, timeout, reaches=(address,), headers=headers) as http:
        bridge = Bridge(http, address, _written)
        await bridge.check()
        await bridge.run(_lines())


def endpoint(url: str) -> str:
    """Return the URL of the service's /mcp. Raises `BridgeError`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BridgeError(f"{url} is no address of a service, such as http://127.0.0.1:8700")
    base = url.rstrip("/")
    return base if parts.path.rstrip("/").endswith(PATH) else f"{base}{PATH}"


async def _lines() -> AsyncIterator[bytes]:
    loop, queue = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def read() -> None:
        # not through sys.stdin: a thread that blocks in it would delay the exit of the process
        rest = b""
        while block := os.read(0, _BLOCK):
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                loop.call_soon_threadsafe(queue.put_nowait, line)
        for last in (rest, None):
            loop.call_soon_threadsafe(queue.put_nowait, last)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _written(message: bytes) -> None:
    try:
        # line breaks between JSON tokens would end the message
        sys.stdout.buffer.write(message.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # the client has gone, so nothing else can be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(0) from None


def _is_message(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("jsonrpc") == "2.0"


def _is_id(request_id: Any) -> bool:
    return isinstance(request_id, str | int)


def _header(text: str) -> str:
    """Encode a header value as MCP does for text that a header can't hold."""
    plain = text.isascii() and text.isprintable() and text == text.strip()
    if plain and not text.startswith("=?base64?"):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def _refused(url: str, status: int, body: bytes) -> str:
    if status == 401:
        return (
            "the service doesn't know this key: see STAGEDOOR_AGENT_KEY, or make a new one with "
            "'stagedoor agents keys'"
        )
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    reason = found.get("error_description") if isinstance(found, dict) else None
    if isinstance(reason, str) and reason:
        return f"{url} answers {status}: {one_line(reason, LONG)}"
    return f"{url} answers {status}: is Stagedoor there?"


def _away(url: str, error: httpx2.HTTPError) -> str:
    why = str(error) or type(error).__name__
    return f"no answer from {url} ({why}){between(url)}: is 'stagedoor serve' running there?"
