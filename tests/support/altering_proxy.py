"""An HTTP proxy on loopback that alters the JSON of answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from .broken_server import http, saying

Alter = Callable[[str, Any], Any]
"""From a request's path and the answer's JSON to the JSON that is sent on."""
_KEPT = ("content-type", "x-tt-logid", "x-tt-trace-id", "cache-control", "pragma", "expires")


@contextmanager
def altering_proxy(url: str, alter: Alter, host: str = "127.0.0.1") -> Iterator[str]:
    """In front of a server; gives the proxy's address."""
    with httpx2.Client(base_url=url, trust_env=False) as upstream, saying(host) as server:

        def passed_on(request: bytes) -> bytes:
            head, _, body = request.partition(b"\r\n\r\n")
            [start, *lines] = head.decode().split("\r\n")
            method, target, _ = start.split(" ")
            pairs = [line.partition(": ") for line in lines]
            headers = [(n, v) for n, _, v in pairs if n.lower() not in ("host", "connection")]
            answer = upstream.request(method, target, headers=headers, content=body)
            sent = answer.content
            if answer.headers.get("content-type", "").startswith("application/json"):
                altered = alter(target.partition("?")[0], json.loads(sent))
                sent = json.dumps(altered).encode()
            kept = [f"{n}: {answer.headers[n]}" for n in _KEPT if n in answer.headers]
            return http(sent, f"{answer.status_code} .", *kept)

        server.says = passed_on
        yield server.url
