"""A receiver that verifies webhooks and stores nothing: `python -m benchmarks.verifier PORT`."""

from __future__ import annotations

import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stagedoor import verify_webhook
from stagedoor.errors import WebhookInvalid
from stagedoor.platform.signature import HEADER

from .plain import serve
from .webhook_load import PATH, SECRET


async def answer(request: Request) -> Response:
    try:
        verify_webhook(await request.body(), request.headers.get(HEADER), SECRET)
    except WebhookInvalid:
        return Response(status_code=401)
    return Response()


def main(port: str) -> None:
    serve(Starlette(routes=[Route(PATH, answer, methods=["POST"])]), int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
