"""The organisation's notices: each says what went wrong and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query

from ..api import CallerIs, needs, router
from ..provided import provided
from ..queries import Cursor
from ..shapes import ResponseModel
from ..tenants.roles import Role
from .service import Notices

ROUTER = router(tags=["notices"])
NoticesAre = Annotated[Notices, provided(Notices)]


class NoticeShown(ResponseModel):
    """`link` is a URL where an admin can act on the notice: whoever has the URL can."""

    id: str
    """The id of the notice."""
    kind: str
    """The kind of notice, for programs, such as `integration.expired`."""
    subject: str
    """The subject of the notice: the id of an account or a post, or a name."""
    message: str
    """The notice's text for people: the event, and the next step."""
    detail: Any
    """More for programs; its fields depend on `kind`."""
    link: str | None
    """A URL where an admin can act on the notice: whoever has it can. null: there is nothing to
    decide."""
    at: datetime
    """When it happened, in UTC."""


class NoticesShown(ResponseModel):
    """A page of notices."""

    notices: list[NoticeShown]
    """The notices of this page, newest first."""
    next_cursor: str | None


@ROUTER.get("/api/notices", dependencies=[needs(Role.ADMIN)])
def list_notices(
    caller: CallerIs,
    notices: NoticesAre,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticesShown:
    """List the notices to the organisation's admins, newest first."""
    page = notices.page(caller.org, cursor, limit)
    return NoticesShown(
        notices=[
            NoticeShown(
                id=one.id,
                kind=one.kind,
                subject=one.subject,
                message=one.message,
                detail=one.detail,
                link=notices.link(caller.org, one),
                at=datetime.fromtimestamp(one.at, UTC),
            )
            for one in page.items
        ],
        next_cursor=page.next_cursor,
    )
