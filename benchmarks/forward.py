"""A plain reverse proxy: `python -m benchmarks.forward PORT URL TOKEN`.

It adds a token and forwards requests and answers without reading them.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .plain import serve

_KEPT = ("content-type", "x-tt-logid")


def application(url: str, token: str) -> Starlette:
    client = httpx2.AsyncClient(base_url=url, timeout=30)

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    async def forward(request: Request) -> Response:
        headers = {"authorization": f"Bearer {token}"}
        if "content-type" in request.headers:
            headers["content-type"] = request.headers["content-type"]
        path = request.url.path
        if request.url.query:
            path = f"{path}?{request.url.query}"
        answer = await client.request(
            request.method, path, headers=headers, content=await request.body()
        )
        kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
        return Response(answer.content, answer.status_code, kept)

    return Starlette(
        routes=[Route("/{path:path}", forward, methods=["GET", "POST"])], lifespan=live
    )


def main(port: str, url: str, token: str) -> None:
    serve(application(url, token), int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
