"""`/healthz` and `/readyz`."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from ..provided import provided
from .service import Health

ROUTER = APIRouter(include_in_schema=False)


@ROUTER.get("/healthz", response_model=None)
async def healthz() -> Response:
    """The process is alive."""
    return JSONResponse({"status": "ok"})


@ROUTER.get("/readyz", response_model=None)
async def readyz(health: Annotated[Health, provided(Health)]) -> Response:
    """Whether this process can serve requests (503: it can't), and why the service is degraded."""
    report = await asyncio.to_thread(health.report)
    return JSONResponse(report.body(), 200 if report.serves else 503)
