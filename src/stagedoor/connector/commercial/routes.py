"""Queries of TikTok's library of ads and of posts with a commercial label."""

from __future__ import annotations

from fastapi import APIRouter

from stagedoor.platform import catalogue
from stagedoor.platform.operation import Effect, Resource

from ..api import router
from ..publishing.operations import add_route

ROUTER: APIRouter = router("/api/commercial")

for _operation in catalogue.operations().values():
    if _operation.resource is Resource.COMMERCIAL and _operation.effect is Effect.READ:
        add_route(ROUTER, f"/{_operation.public_name}", _operation)
