"""Upload and download of media by capability URL, without a token."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.requests import ClientDisconnect

from stagedoor.platform.masking import PULL, UPLOAD

from ..connections import mark_authenticated
from ..documented import raises
from ..errors import ObjectNotFound
from ..provided import provided
from ..settings import Settings
from ..shapes import ResponseModel
from . import conversion_routes, library_routes, ranges, receive
from .capability import Purpose
from .errors import (
    STORE_ERRORS,
    UPLOAD_ERRORS,
    MediaGone,
    UploadTooSlow,
    UploadUnknown,
    UploadUrlExpired,
)
from .sending import sent
from .service import MediaService, Medium

ROUTER = APIRouter(tags=["media"])


class UploadProgress(ResponseModel):
    """How far an upload is."""

    upload_id: str
    """The id of the file."""
    publish_id: str | None
    """The post that the file belongs to; null: a photo that isn't part of a post yet."""
    received: int
    """How many bytes have arrived: the first byte that is missing."""
    size: int | None
    """The file's length in bytes; null: unknown until it is complete."""
    complete: bool
    """Whether the whole file has arrived."""


_PROGRESS_HEADERS: dict[str, Any] = {
    "Upload-Offset": {
        "description": "The first byte that is missing.",
        "schema": {"type": "integer"},
    },
    "Upload-Complete": {
        "description": "`?1`: the whole file is here; `?0`: it isn't.",
        "schema": {"type": "string"},
    },
    "Upload-Length": {
        "description": "The file's length in bytes, once it is known.",
        "schema": {"type": "integer"},
    },
}
_UPLOADED: dict[int | str, dict[str, Any]] = {
    201: {
        "model": UploadProgress,
        "description": "The whole file is here.",
        "headers": _PROGRESS_HEADERS,
    },
    202: {
        "model": UploadProgress,
        "description": "The piece is here, and the file isn't complete.",
        "headers": _PROGRESS_HEADERS,
    },
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
KINDS = ("video/mp4", "video/webm", "image/jpeg", "image/webp", "application/octet-stream")
FILE = {"content": dict.fromkeys(KINDS, _BINARY)}
"""The content of a response with a file, for the OpenAPI document."""
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", **FILE},
    206: {"description": "The range of the file that `Range` asked for.", **FILE},
    416: {"description": "The file has no such range."},
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
_BODIES: dict[str, Any] = {
    "requestBody": {
        "description": "The file, whole or with Content-Range a piece of it.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The file; the form's first file counts.",
                        }
                    },
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "parameters": [
        {
            "name": "Content-Range",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "`bytes <first>-<last>/<total>`: one piece of a file, in order; "
            "`bytes */*` asks how far the upload is.",
            "example": "bytes 0-5242879/9437184",
        }
    ],
}


_RANGE: dict[str, Any] = {
    "parameters": [
        {
            "name": "Range",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "`bytes=<first>-<last>`: only this part of the file.",
        }
    ]
}

MediaIs = Annotated[MediaService, provided(MediaService)]


@ROUTER.put(
    f"{UPLOAD}{{capability}}",
    name="upload_file",
    summary="Upload a file, or a piece",
    status_code=201,
    response_class=Response,
    responses=_UPLOADED,
    openapi_extra=_BODIES,
)
@ROUTER.post(
    f"{UPLOAD}{{capability}}",
    name="upload_form",
    summary="Upload a file, or a piece",
    status_code=201,
    response_class=Response,
    responses=_UPLOADED,
    openapi_extra=_BODIES,
)
@raises(*UPLOAD_ERRORS)
async def upload(request: Request, media: MediaIs, capability: str) -> Response:
    """Upload a form's first file, a raw body, or with Content-Range a piece of one.

    URL-encoded forms, JSON and HTML are refused.
    """
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.UPLOAD)
    mark_authenticated(request.scope, medium.org)
    headers = request.headers
    body = ranges.sent(headers.get("content-range"), headers.get("content-length"))
    if isinstance(body, ranges.ProgressQuery):
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


@ROUTER.head(
    f"{UPLOAD}{{capability}}",
    name="show_upload",
    summary="How far an upload is",
    response_class=Response,
    responses={200: {"description": "How far it is.", "headers": _PROGRESS_HEADERS}},
)
@raises(UploadUnknown, UploadUrlExpired)
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
    body = UploadProgress(
        upload_id=medium.id,
        publish_id=medium.post,
        received=medium.received,
        size=medium.size,
        complete=medium.complete,
    )
    return JSONResponse(
        body.model_dump(by_alias=True), 201 if medium.complete else 202, _told(medium)
    )


@ROUTER.head(
    f"{PULL}{{capability}}",
    name="show_media",
    summary="Ask about a file",
    response_class=Response,
    responses={200: {"description": "The file is here."}, 206: _FILES[206], 416: _FILES[416]},
    openapi_extra=_RANGE,
)
@ROUTER.get(
    f"{PULL}{{capability}}",
    name="get_media",
    summary="Fetch a file",
    response_class=Response,
    responses=_FILES,
    openapi_extra=_RANGE,
)
@raises(UploadUnknown, UploadUrlExpired, MediaGone, *STORE_ERRORS)
async def pull(request: Request, media: MediaIs, capability: str) -> Response:
    """Download a medium: TikTok fetches photos from here, for some hours."""
    medium = await asyncio.to_thread(media.by_capability, capability, Purpose.PULL)
    mark_authenticated(request.scope, medium.org)
    return await sent(request, media, medium)


@ROUTER.get("/tiktok{rest}.txt", response_class=PlainTextResponse, responses=_TEXT)
@raises(ObjectNotFound)
def verification_file(
    settings: Annotated[Settings, provided(Settings)],
    rest: Annotated[str, Path(description="The rest of the name of TikTok's file.")],
) -> Response:
    """The file with which TikTok verifies that the URL belongs to the app."""
    for name, content in settings.verification:
        if name == f"tiktok{rest}.txt":
            return PlainTextResponse(content)
    raise ObjectNotFound(
        "There is no such file; STAGEDOOR_TIKTOK_VERIFICATION names those there are."
    )


ROUTER.include_router(library_routes.ROUTER)
ROUTER.include_router(conversion_routes.ROUTER)
