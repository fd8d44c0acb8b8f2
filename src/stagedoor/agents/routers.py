"""Every route of the gateway, for the application of the service."""

from __future__ import annotations

from importlib import import_module

from fastapi import APIRouter, Depends, Request

from stagedoor.connector.services import Services

from .services import Agents

DOMAINS = ("grants", "identity", "decisions", "audit")
"""Folders with a `routes` module that has a ROUTER."""


def all_routers(services: Services) -> tuple[APIRouter, ...]:
    """The routes over one gateway, made here."""
    agents = Agents(services)

    def give(request: Request) -> None:
        request.state.agents = agents

    whole = APIRouter(dependencies=[Depends(give)])
    for domain in DOMAINS:
        whole.include_router(import_module(f"{__package__}.{domain}.routes").ROUTER)
    return (whole,)
