"""The OpenAPI document of this API, and the page that shows it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse

from ..documented import raises
from ..errors import ObjectNotFound
from ..provided import provided
from . import viewer
from .service import Reference

ROUTER = APIRouter(tags=["reference"])

_Responses = dict[int | str, dict[str, Any]]
_HTML: _Responses = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
_JSON: _Responses = {200: {"content": {"application/json": {"schema": {"type": "object"}}}}}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_ASSET: _Responses = {200: {"content": dict.fromkeys(viewer.KINDS, _BINARY)}}


@ROUTER.get("/", include_in_schema=False)
@ROUTER.head("/", include_in_schema=False)
def start_page() -> Response:
    """Lead a person who opens the service's address to the page."""
    return RedirectResponse("/docs", 302, {"cache-control": "no-store"})


@ROUTER.head("/openapi.json", include_in_schema=False)
@ROUTER.get("/openapi.json", responses=_JSON, response_class=Response)
def openapi_document(
    request: Request, reference: Annotated[Reference, provided(Reference)]
) -> Response:
    """Return this OpenAPI document."""
    return Response(reference.document(request.app), media_type="application/json")


@ROUTER.head("/docs", include_in_schema=False)
@ROUTER.get("/docs", responses=_HTML, response_class=Response)
def reference_page() -> Response:
    """Show this document as a page; it loads nothing from other hosts."""
    return viewer.page()


@ROUTER.head("/docs/{name}", include_in_schema=False)
@ROUTER.get("/docs/{name}", responses=_ASSET, response_class=Response)
@raises(ObjectNotFound)
def reference_asset(
    name: Annotated[str, Path(description="The name of the file.")],
) -> Response:
    """Return a file of the page."""
    if name not in viewer.NAMES:
        raise ObjectNotFound("There is no such file.")
    return viewer.asset(name)
