"""Requests through the proxy, as any HTTP client sends them."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2

from stagedoor.platform.operation import Operation
from stagedoor.platform.protocols.open_api import OpenApi
from stagedoor.platform.wire import encode

PREFIX = "/agents/proxy"
EVERYTHING = tuple(
    {"resource": resource, "level": "full"}
    for resource in ("profile", "videos", "posting", "research", "commercial", "portability")
)


@dataclass
class Proxied:
    """One agent's way in; `account` is what its paths name."""

    url: str
    http: httpx2.Client
    key: str
    account: str | None = "maracooks"

    @property
    def base(self) -> str:
        return PREFIX if self.account is None else f"{PREFIX}/@{self.account}"

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """`path` is TikTok's own."""
        said = {"authorization": f"Bearer {key or self.key}"} if headers is None else headers
        return self.http.request(method, self.base + path, json=body, headers=said, **more)

    def call(self, operation: Operation[..., Any], **values: Any) -> httpx2.Response:
        """A declared operation with good values."""
        return self.sent(operation, self.base, {"authorization": f"Bearer {self.key}"}, values)

    def sent(
        self,
        operation: Operation[..., Any],
        base: str,
        headers: Mapping[str, str],
        values: Mapping[str, Any],
    ) -> httpx2.Response:
        wire = encode(operation, operation.request(**values))
        kind = {"content-type": wire.content_type} if wire.content_type else {}
        query = f"?{wire.query}" if wire.query else ""
        return self.http.request(
            operation.method,
            f"{base}{operation.path}{query}",
            content=wire.body,
            headers={**headers, **kind},
        )

    def raw(self, data: bytes) -> tuple[int, bytes]:
        """Status and everything of the answer to bytes as they are, on a connection of its own."""
        where = urlsplit(self.url)
        with socket.create_connection((where.hostname or "", where.port or 0), 20) as wire:
            wire.sendall(data)
            found = b""
            while block := wire.recv(65_536):
                found += block
        return int(found.split(b" ", 2)[1]) if found else 0, found


def refused(
    answer: httpx2.Response, operation: Operation[..., Any] | None = None
) -> tuple[int, str, str]:
    """Status, code and message of a refusal in the Open API's form.

    The operation is named where its errors repeat the HTTP status.
    """
    assert answer.headers["content-type"] == "application/json; charset=utf-8", answer.text
    sent = answer.json()
    assert sent["data"] == {}
    error = sent["error"]
    status = {}
    if operation is not None:
        protocol = operation.protocol
        assert isinstance(protocol, OpenApi)
        status = {"http_status_code": answer.status_code} if protocol.error_states_status else {}
    assert {name: error[name] for name in error.keys() - {"code", "message", "log_id"}} == status
    return answer.status_code, error["code"], error["message"]
