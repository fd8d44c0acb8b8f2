"""A fast path for one request with one answer, by the SDK's own kernel.

The SDK's transport creates streams and tasks for each request, which cost more than all the rest.
Plain requests take this path: one JSON-RPC request, answered with JSON. The transport handles
everything else (notifications, progress, malformed requests).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.server.connection import Connection
from mcp.server.lowlevel import Server
from mcp.server.runner import modern_error_data, serve_one
from mcp.shared.dispatcher import CallOptions
from mcp.shared.exceptions import NoBackChannelError
from mcp.shared.inbound import (
    ERROR_CODE_HTTP_STATUS,
    MCP_PARAM_HEADER_PREFIX,
    MCP_PROTOCOL_VERSION_HEADER,
    InboundLadderRejection,
    classify_inbound_request,
    find_duplicated_routing_header,
)
from mcp.shared.message import MessageMetadata, ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types import DEFAULT_NEGOTIATED_VERSION, JSONRPCRequest, RequestId
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import ValidationError
from starlette.requests import Request

_MEMBERS = frozenset({"jsonrpc", "id", "method", "params"})
_LISTEN = "subscriptions/listen"


@dataclass(frozen=True, slots=True)
class ExchangeResponse:
    status: int
    body: bytes


@dataclass
class _Alone:
    """The SDK's context of a request without a back channel."""

    transport: TransportContext
    request_id: RequestId
    message_metadata: MessageMetadata
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)
    can_send_request: bool = False

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        raise NoBackChannelError(method)

    async def notify(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> None:
        return None

    async def progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None:
        return None


async def answer(server: Server[Any], request: Request, body: bytes) -> ExchangeResponse | None:
    """Answer a plain request; None: the request isn't plain, or is invalid."""
    try:
        decoded = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(decoded, dict) or "id" not in decoded or decoded.keys() - _MEMBERS:
        return None
    try:
        asked = JSONRPCRequest.model_validate(decoded)
    except ValidationError:
        return None
    if asked.method == _LISTEN:
        return None
    version = request.headers.get(MCP_PROTOCOL_VERSION_HEADER)
    if version is None or version in HANDSHAKE_PROTOCOL_VERSIONS:
        connection = Connection.from_envelope(version or DEFAULT_NEGOTIATED_VERSION, None, None)
        return await _served(server, request, asked, connection, {})
    headers = dict(request.headers)
    if find_duplicated_routing_header(request.headers.items()) is not None or any(
        name.startswith(MCP_PARAM_HEADER_PREFIX.lower()) for name in headers
    ):
        return None
    route = classify_inbound_request(decoded, headers=headers)
    if isinstance(route, InboundLadderRejection):
        return None
    connection = Connection.from_envelope(
        route.protocol_version, route.client_info, route.client_capabilities
    )
    return await _served(server, request, asked, connection, ERROR_CODE_HTTP_STATUS)


async def _served(
    server: Server[Any],
    request: Request,
    asked: JSONRPCRequest,
    connection: Connection,
    statuses: Mapping[int, int],
) -> ExchangeResponse:
    alone = _Alone(
        TransportContext(kind="streamable-http", can_send_request=False, headers=request.headers),
        asked.id,
        ServerMessageMetadata(request_context=request),
    )
    reply: dict[str, Any] = {"jsonrpc": "2.0", "id": asked.id}
    status = 200
    try:
        reply["result"] = await serve_one(
            server, alone, asked.method, asked.params, connection=connection, lifespan_state={}
        )
    except Exception as error:
        told = modern_error_data(error)
        reply["error"] = told.model_dump(mode="json", by_alias=True, exclude_none=True)
        status = statuses.get(told.code, 200)
    return ExchangeResponse(status, json.dumps(reply, separators=(",", ":")).encode())
