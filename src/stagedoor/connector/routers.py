"""Every route of the service, whichever domain it is of."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from .services import Services

DOMAINS: tuple[str, ...] = (
    "apps",
    "integrations",
    "notices",
    "webhooks",
    "media",
    "publishing",
    "pauses",
)
"""Folders with a `routes` module that has a ROUTER."""


def all_routers() -> tuple[APIRouter, ...]:
    """One router a domain."""
    return tuple(import_module(f"{__package__}.{domain}.routes").ROUTER for domain in DOMAINS)


class _Doors:
    """Applications of their own below their prefixes; the rest goes to the framework."""

    def __init__(self, app: ASGIApp, doors: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._doors = tuple(doors.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            for prefix, door in self._doors:
                if path == prefix or path.startswith(f"{prefix}/"):
                    await door(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def wrap(app: ASGIApp, services: Services, doors: Mapping[str, ASGIApp]) -> ASGIApp:
    """The application behind what answers before it: TikTok's webhooks, and other doors."""
    from .webhooks.door import Door

    return Door(_Doors(app, doors), services)
