"""GET /api/posts/<publishId>/audit-pack."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from ..api import CallerIs, needs, router
from ..clock import Clock
from ..errors import ObjectNotFound
from ..integrations.service import Integrations
from ..provided import provided
from ..tenants.roles import Role
from .audit_pack_page import HEADERS, page
from .audit_pack_schema import AuditPackShown
from .service import PostsService

ROUTER: APIRouter = router(tags=["posts"])

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}}}
}


@ROUTER.get(
    "/api/posts/{publish_id}/audit-pack",
    dependencies=[needs(Role.VIEWER)],
    response_model=AuditPackShown,
    responses=_PAGE,
)
def audit_pack(
    caller: CallerIs,
    posts: Annotated[PostsService, provided(PostsService)],
    integrations: Annotated[Integrations, provided(Integrations)],
    clock: Annotated[Clock, provided(Clock)],
    publish_id: str,
    form: Annotated[
        Literal["json", "html"], Query(alias="format", description="JSON, or a page for people.")
    ] = "json",
) -> AuditPackShown | Response:
    """Show the evidence about a post that TikTok's audit of an app asks for, as JSON or as a
    page."""
    record = posts.get(caller.org, publish_id)
    try:
        name = integrations.get(caller.org, record.post.integration).grant.name
    except ObjectNotFound:
        name = None
    pack = AuditPackShown.of(record, clock.now(), name)
    return pack if form == "json" else HTMLResponse(page(pack), headers=HEADERS)
