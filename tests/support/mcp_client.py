"""The official SDK's client, for tests that run no event loop of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent, Tool

Mode = Literal["auto", "legacy"]
MODES: tuple[Mode, ...] = ("auto", "legacy")
"""How a session begins: by each request's own envelope, or by a handshake."""


@dataclass
class Told:
    """A tool's answer."""

    text: str
    data: Any
    is_error: bool

    @classmethod
    def of(cls, result: CallToolResult) -> Told:
        (content,) = result.content
        assert isinstance(content, TextContent)
        return cls(content.text, result.structured_content, result.is_error)


@dataclass
class Talk:
    """A session with the service's MCP server."""

    client: Client
    portal: BlockingPortal
    progress: list[tuple[float, str | None]] = field(default_factory=list)

    def tools(self) -> dict[str, Tool]:
        listed = self.portal.call(self.client.list_tools)
        return {one.name: one for one in listed.tools}

    def call(self, name: str, **arguments: Any) -> Told:
        """The answer, good or not. A good one was checked by the tool's output schema."""

        async def called() -> CallToolResult:
            return await self.client.call_tool(name, arguments)

        return Told.of(self.portal.call(called))

    def good(self, name: str, **arguments: Any) -> Any:
        """The data of a good answer."""
        told = self.call(name, **arguments)
        assert not told.is_error, f"{name}: {told.text}"
        return told.data

    def watched(self, name: str, **arguments: Any) -> Told:
        """The same, with progress kept in `progress`."""

        async def heard(progress: float, total: float | None, message: str | None) -> None:
            self.progress.append((progress, message))

        async def called() -> CallToolResult:
            return await self.client.call_tool(name, arguments, progress_callback=heard)

        return Told.of(self.portal.call(called))


@contextmanager
def talking(url: str, key: str, mode: Mode = "auto", seconds: float = 60) -> Iterator[Talk]:
    """Over HTTP, with an agent's key; an answer is waited for so long."""

    @asynccontextmanager
    async def transport() -> Any:
        headers = {"authorization": f"Bearer {key}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=seconds, trust_env=False) as http,
            streamable_http_client(f"{url}/mcp", http_client=http) as streams,
        ):
            yield streams

    yield from _talk(transport(), mode, seconds)


@contextmanager
def talking_by_stdio(
    command: Sequence[str], environment: dict[str, str], mode: Mode = "auto"
) -> Iterator[Talk]:
    """With a command as a process of its own."""
    program, *arguments = command
    asked = StdioServerParameters(command=program, args=arguments, env=environment)
    yield from _talk(stdio_client(asked, errlog=sys.stderr), mode)


def _talk(
    transport: AbstractAsyncContextManager[Any], mode: Mode, seconds: float | None = None
) -> Iterator[Talk]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            Client(transport, mode=mode, read_timeout_seconds=seconds)
        ) as client,
    ):
        yield Talk(client, portal)
