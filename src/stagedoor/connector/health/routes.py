"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from ..provided import provided
from ..shapes import ResponseModel
from .service import Health

ROUTER = APIRouter(tags=["health"])


class Alive(ResponseModel):
    """The process is alive."""

    status: Literal["ok"]
    """Always `ok`."""


class FailingCheck(ResponseModel):
    """A check that fails."""

    check: str
    """The name of the check."""
    reason: str
    """Why it fails and what to do, for operators."""


class ReadinessShown(ResponseModel):
    """Whether the process can serve requests, and what is degraded."""

    status: Literal["ok", "degraded", "failing"]
    """`failing`: the process can't serve; `degraded`: it serves, but something doesn't work."""
    checks: dict[str, Literal["ok", "failing"]]
    """The result of each check."""
    reasons: list[FailingCheck]
    """The checks that fail."""


_NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {"model": ReadinessShown, "description": "The process can't serve requests now."}
}


@ROUTER.get("/healthz", response_model=Alive)
async def healthz() -> Response:
    """The process is alive."""
    return JSONResponse({"status": "ok"})


@ROUTER.get("/readyz", response_model=ReadinessShown, responses=_NOT_READY)
async def readyz(health: Annotated[Health, provided(Health)]) -> Response:
    """Whether this process can serve requests (503: it can't), and why the service is degraded."""
    report = await asyncio.to_thread(health.report)
    return JSONResponse(report.body(), 200 if report.serves else 503)
