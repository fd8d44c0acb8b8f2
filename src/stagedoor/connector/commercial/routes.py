"""Queries of TikTok's library of ads and of posts with a commercial label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from stagedoor.platform import catalogue
from stagedoor.platform.operation import OperationEffect, Resource

from ..api import router
from ..publishing.operations import add_route

ROUTER: APIRouter = router("/api/commercial")

_DAYS = {"min": "2026-10-01", "max": "2026-10-31"}
_EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "ad-query": {
        "filters": {"adPublishedDateRange": _DAYS, "countryCode": "FR"},
        "searchTerm": "bread",
    },
    "ad-detail": {"adId": "1841000000000001"},
    "ad-report": {"filters": {"adPublishedDateRange": _DAYS, "countryCode": "ALL"}},
    "advertiser-query": {"searchTerm": "bread"},
    "content-query": {"filters": {"contentPublishedDateRange": _DAYS}},
}

for _operation in catalogue.operations().values():
    if _operation.resource is Resource.COMMERCIAL and _operation.effect is OperationEffect.READ:
        _name = _operation.public_name
        add_route(ROUTER, f"/{_name}", _operation, _EXAMPLES.get(_name))
