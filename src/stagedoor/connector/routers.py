"""Every route of the service, whichever domain it is of."""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter
from starlette.types import ASGIApp

from .services import Services

DOMAINS: tuple[str, ...] = ("apps", "integrations", "notices", "webhooks", "media", "publishing")
"""Folders with a `routes` module that has a ROUTER."""


def all_routers() -> tuple[APIRouter, ...]:
    """One router a domain."""
    return tuple(import_module(f"{__package__}.{domain}.routes").ROUTER for domain in DOMAINS)


def wrap(app: ASGIApp, services: Services) -> ASGIApp:
    """The application behind what answers before it: TikTok's webhooks."""
    from .webhooks.door import Door

    return Door(app, services)
