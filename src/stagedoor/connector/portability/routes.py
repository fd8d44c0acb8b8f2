"""Copies of creators' data, which TikTok collects in the EEA and the UK."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..fair_queue import TooManyAtOnce
from ..media.blocking_slots import Busy
from ..provided import provided
from ..publishing.errors import ACCOUNT_ERRORS, TIKTOK_ERRORS
from ..queries import Cursor
from ..tenants.roles import Role
from .download import Downloads
from .errors import NoExport, WrongExportState
from .schemas import (
    NewPortabilityRequest,
    PortabilityRequestShown,
    PortabilityRequestsShown,
)
from .service import PortabilityService

ROUTER: APIRouter = router("/api/portability/requests", tags=["portability"])

PortabilityIs = Annotated[PortabilityService, provided(PortabilityService)]
DownloadsAre = Annotated[Downloads, provided(Downloads)]
_READS = [needs(Role.VIEWER)]
_ADMINS = [needs(Role.ADMIN)]


@ROUTER.post("", dependencies=_ADMINS)
@raises(*ACCOUNT_ERRORS, *TIKTOK_ERRORS)
def request_creator_data(
    caller: CallerIs, portability: PortabilityIs, new_id: NewId, body: NewPortabilityRequest
) -> PortabilityRequestShown:
    """Ask TikTok for a copy of a creator's data.

    The creator has to have granted a scope for each category; a single-use scope is used up by
    this. The state `unknown` means that TikTok's answer was lost.
    """
    made = portability.begin(
        caller.org, caller.user, new_id, body.integration_id, body.categories, body.data_format
    )
    return PortabilityRequestShown.of(made)


@ROUTER.get("", dependencies=_READS)
def list_data_requests(
    caller: CallerIs,
    portability: PortabilityIs,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PortabilityRequestsShown:
    """List the organisation's requests for copies of data, newest first."""
    page = portability.page(caller.org, cursor, limit)
    return PortabilityRequestsShown(
        requests=[PortabilityRequestShown.of(one) for one in page.items],
        next_cursor=page.next_cursor,
    )


@ROUTER.get("/{request_id}", dependencies=_READS)
@raises(NoExport)
def show_data_request(
    request_id: str, caller: CallerIs, portability: PortabilityIs
) -> PortabilityRequestShown:
    """Show a request for a copy of data."""
    return PortabilityRequestShown.of(portability.get(caller.org, request_id))


_BINARY = "application/octet-stream"
"""The only type of a file that generated clients know."""
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The archive, which begins before all of it came from TikTok",
        "content": {_BINARY: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@ROUTER.get(
    "/{request_id}/download",
    dependencies=_ADMINS,
    response_class=StreamingResponse,
    responses=_FILE,
)
@raises(NoExport, WrongExportState, TooManyAtOnce, Busy, *ACCOUNT_ERRORS, *TIKTOK_ERRORS)
async def download_creator_data(
    request_id: str, caller: CallerIs, downloads: DownloadsAre
) -> StreamingResponse:
    """Download the archive of a request that is ready.

    The archive comes from TikTok while it is sent on, and isn't kept here. A download that breaks
    off ends without the end of the answer: begin it again.
    """
    blocks = await downloads.open(caller.org, request_id)
    headers = {
        "content-disposition": f'attachment; filename="tiktok-data-{request_id[:64]}.zip"',
        "cache-control": "no-store",
    }
    return StreamingResponse(blocks, media_type=_BINARY, headers=headers)


@ROUTER.post("/{request_id}/cancel", dependencies=_ADMINS)
@raises(NoExport, WrongExportState, *ACCOUNT_ERRORS, *TIKTOK_ERRORS)
def cancel_data_request(
    request_id: str, caller: CallerIs, portability: PortabilityIs
) -> PortabilityRequestShown:
    """Cancel a request at TikTok; a single-use scope that it used up doesn't come back."""
    return PortabilityRequestShown.of(portability.cancel(caller.org, request_id))
