"""`/api/ads/creatives`: files and posts for ads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from stagedoor.platform.products.business_creatives import MAX_VIDEO

from ..api import CallerIs, needs, router
from ..bodies import takes_files
from ..documented import raises
from ..errors import unfit
from ..fair_pool import FairPool
from ..fair_queue import Owner
from ..media import ranges, receive
from ..media.errors import UploadTooSlow
from ..media.multipart import FirstFile
from ..media.service import MediaService
from ..provided import instance, provided
from ..queries import Cursor
from ..shapes import AccountId
from ..tenants.roles import Caller, Role
from .errors import ACCOUNT_ERRORS, FILE_ERRORS
from .schemas import CreativeShown, CreativesShown, NewPostCreative
from .service import CreativesService

ROUTER: APIRouter = router("/api/ads/creatives", tags=["ads"])
_ACCOUNT, _NAME = "accountId", "name"
_MAX_NAME = 200
_FORM: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", _ACCOUNT],
                    "properties": {
                        _ACCOUNT: {
                            "type": "string",
                            "description": "The advertiser's id. Before the file, it is checked "
                            "before the file is read.",
                        },
                        _NAME: {
                            "type": "string",
                            "description": "The name in the library; default: the file's.",
                        },
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "A video (MP4, MOV, MPEG, AVI or 3GP, at most 500 MiB) "
                            "or an image (JPEG or PNG, less than 50 MiB).",
                        },
                    },
                }
            }
        }
    }
}

CreativesAre = Annotated[CreativesService, provided(CreativesService)]


async def upload_creative(request: Request) -> Response:
    """Receive a form with a file, and upload the file to the ad account's library."""
    caller: Caller = request.state.caller
    creatives, media = instance(request, CreativesService), instance(request, MediaService)
    body = ranges.sent(None, request.headers.get("content-length"))
    length = body.length if isinstance(body, ranges.WholeBody) else None
    form = FirstFile(request.headers.get("content-type", ""), with_texts=True)
    medium = await asyncio.to_thread(creatives.add_medium, caller.org)
    try:
        stream = _checked(request.stream(), form, creatives, media.slow, caller.org)
        kept = await receive.take_file(media, medium, form, stream, length, MAX_VIDEO)
        account = _account(form)
        work = partial(
            creatives.add_file, caller.org, account, kept, form.texts.get(_NAME) or form.name
        )
        future = media.slow.submit(Owner(caller.org), work)
    except BaseException as error:
        await asyncio.to_thread(creatives.discard, medium)
        if isinstance(error, ClientDisconnect):
            return Response(status_code=400)
        if isinstance(error, UploadTooSlow):
            return receive.broken_off(error)
        raise
    shown = CreativeShown.added(await asyncio.wrap_future(future))
    return JSONResponse(shown.model_dump(mode="json", by_alias=True))


async def _checked(
    stream: AsyncIterator[bytes],
    form: FirstFile,
    creatives: CreativesService,
    slow: FairPool,
    org: str,
) -> AsyncIterator[bytes]:
    """The same bytes. An account that is named before the file ends, and that the organisation
    can't reach, ends the upload."""
    seen = False
    async for data in stream:
        yield data
        if not seen and _ACCOUNT in form.texts:
            seen = True
            # it may ask TikTok: never in a thread that all organisations need
            look = partial(creatives.check_account, org, form.texts[_ACCOUNT])
            await asyncio.wrap_future(slow.submit(Owner(org), look))


def _account(form: FirstFile) -> str:
    """The account that the form names. Raises `InvalidInput` for a form with other fields."""
    for name in form.texts:
        if name not in (_ACCOUNT, _NAME):
            raise unfit(
                name[:100], f"is no field of this form, which has file, {_ACCOUNT}, {_NAME}"
            )
    if len(form.texts.get(_NAME, "")) > _MAX_NAME:
        raise unfit(_NAME, f"has more than {_MAX_NAME} characters")
    account = form.texts.get(_ACCOUNT, "")
    if not account:
        raise unfit(_ACCOUNT, "is missing: name the ad account in a field of the form")
    return account


@ROUTER.post("", dependencies=[needs(Role.ADMIN)], openapi_extra=_FORM)
@takes_files(upload_creative, "multipart/form-data")
@raises(*FILE_ERRORS, *ACCOUNT_ERRORS)
async def create_creative(
    caller: CallerIs,
    creatives: CreativesAre,
    media: Annotated[MediaService, provided(MediaService)],
    body: NewPostCreative,
) -> CreativeShown:
    """Make a creative of an uploaded file (a form), or of an own published post (JSON).

    A file is checked, uploaded to the ad account and verified by its MD5. The same file sent to the
    same ad account again is the same creative, also after a lost answer, so a form needs no
    Idempotency-Key. A post is shown itself where the ad account has an identity of its account, or
    the account's own credentials can make one; else its kept file is uploaded, and `note` says why.
    """
    work = partial(creatives.add_post, caller.org, body.account_id, body.publish_id)
    added = await asyncio.wrap_future(media.slow.submit(Owner(caller.org), work))
    return CreativeShown.added(added)


@ROUTER.get("", dependencies=[needs(Role.VIEWER)])
@raises(*ACCOUNT_ERRORS)
def list_creatives(
    caller: CallerIs,
    creatives: CreativesAre,
    account_id: Annotated[AccountId, Query(alias=_ACCOUNT)],
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CreativesShown:
    """List the creatives of an ad account that were made here, newest first."""
    page = creatives.page(caller.org, account_id, cursor, limit)
    return CreativesShown(
        creatives=[CreativeShown.of(one) for one in page.items], next_cursor=page.next_cursor
    )
