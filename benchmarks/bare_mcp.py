"""The official MCP SDK alone: `python -m benchmarks.bare_mcp PORT TOOL ANSWER`.

One tool that answers with the same JSON each time, over streamable HTTP, without state.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool
from starlette.applications import Starlette
from starlette.routing import Mount

from .plain import serve


def application(name: str, answer: dict[str, Any]) -> Starlette:
    listed = ListToolsResult(tools=[Tool(name=name, input_schema={"type": "object"})])
    text = TextContent(type="text", text=json.dumps(answer))

    async def list_tools(ctx: Any, params: Any) -> ListToolsResult:
        return listed

    async def call_tool(ctx: Any, params: Any) -> CallToolResult:
        return CallToolResult(content=[text], structured_content=answer)

    server: Server[Any] = Server("bare", on_list_tools=list_tools, on_call_tool=call_tool)
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        async with manager.run():
            yield

    return Starlette(routes=[Mount("/mcp", manager.handle_request)], lifespan=live)


def main(port: str, name: str, answer: str) -> None:
    serve(application(name, json.loads(answer)), int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
