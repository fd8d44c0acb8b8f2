"""The least that Starlette can do: `python -m benchmarks.bare PORT PATH FILE [HEADER VALUE]...`

One route answers POST with the bytes of a file, under uvicorn as the emulator sets it up.
"""

from __future__ import annotations

import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .plain import serve


def application(path: str, body: bytes, headers: dict[str, str]) -> Starlette:
    async def answer(request: Request) -> Response:
        return Response(body, headers=headers)

    return Starlette(routes=[Route(path, answer, methods=["POST"])])


def main(port: str, path: str, file: str, *headers: str) -> None:
    named = dict(zip(headers[::2], headers[1::2], strict=True))
    serve(application(path, Path(file).read_bytes(), named), int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
