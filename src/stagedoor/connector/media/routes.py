"""Upload and download of media by capability URL, without a token."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.requests import ClientDisconnect

from ..connections import mark_authenticated
from ..errors import NotFound
from ..provided import provided
from ..settings import Settings
from . import library_routes, ranges, receive
from .capability import Purpose
from .errors import UploadTooSlow
from .sending import sent
from .service import MediaService, Medium

ROUTER = APIRouter(tags=["media"])

_BODIES: dict[str, Any] = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        }
    },
    "parameters": [
        {
            "name": "Content-Range",
            "in": "header",
            "schema": {"type": "string"},
            "description": "bytes <first>-<last>/<total>: one piece of a file, in order",
        }
    ],
}


MediaIs = Annotated[MediaService, provided(MediaService)]


@ROUTER.put("/upload/{capability}", summary="Upload a file, or a piece", openapi_extra=_BODIES)
@ROUTER.post("/upload/{capability}", summary="Upload a file, or a piece", openapi_extra=_BODIES)
async def upload(request: Request, media: MediaIs, capability: str) -> Response:
    """Upload a form's first file, a raw body, or with Content-Range a piece of one.

    URL-encoded forms, JSON and HTML are refused.
    """
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.UPLOAD)
    mark_authenticated(request.scope, medium.org)
    headers = request.headers
    body = ranges.sent(headers.get("content-range"), headers.get("content-length"))
    if isinstance(body, ranges.Question):
        return _progress(medium)
    content_type = headers.get("content-type", "")
    receive.check_media_type(content_type)
    try:
        if content_type.lower().startswith("multipart/form-data"):
            kept = await receive.take_form(
                media, medium, content_type, request.stream(), body.length
            )
        else:
            kept = await receive.take_piece(media, medium, body, request.stream())
    except ClientDisconnect:
        return Response(status_code=400)
    except UploadTooSlow as error:
        return receive.broken_off(error)
    return _progress(kept)


@ROUTER.head("/upload/{capability}", summary="How far an upload is")
async def progress(media: MediaIs, capability: str) -> Response:
    """Report how far an upload is: Upload-Offset is the first byte that is missing."""
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.UPLOAD)
    return Response(status_code=200, headers=_told(medium))


def _told(medium: Medium) -> dict[str, str]:
    told = {
        "upload-offset": str(medium.received),
        "upload-complete": "?1" if medium.complete else "?0",
        "cache-control": "no-store",
    }
    if medium.size is not None:
        told["upload-length"] = str(medium.size)
    return told


def _progress(medium: Medium) -> Response:
    body: dict[str, Any] = {
        "uploadId": medium.id,
        "publishId": medium.post,
        "received": medium.received,
        "size": medium.size,
        "complete": medium.complete,
    }
    return JSONResponse(body, 201 if medium.complete else 202, _told(medium))


@ROUTER.head("/media/{capability}", summary="Ask about a file")
@ROUTER.get("/media/{capability}", summary="Fetch a file")
async def pull(request: Request, media: MediaIs, capability: str) -> Response:
    """Download a medium: TikTok fetches photos from here, for some hours."""
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.PULL)
    mark_authenticated(request.scope, medium.org)
    return await sent(request, media, medium)


@ROUTER.get("/tiktok{rest}.txt", include_in_schema=False)
def verification(settings: Annotated[Settings, provided(Settings)], rest: str) -> Response:
    """The file with which TikTok verifies that the URL belongs to the app."""
    for name, content in settings.verification:
        if name == f"tiktok{rest}.txt":
            return PlainTextResponse(content)
    raise NotFound("There is no such file; STAGEDOOR_TIKTOK_VERIFICATION names those there are.")


ROUTER.include_router(library_routes.ROUTER)
