"""Routes of the media library."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field

from stagedoor.platform.media import MAX_FILE

from ..api import CallerIs, needs, router
from ..idempotency import ShownOnce
from ..pages import Page
from ..provided import provided
from ..queries import Cursor
from ..shapes import Model, ResponseModel
from ..tenants.roles import Role
from .library import Library, LibraryFile
from .service import MediaKind

ROUTER: APIRouter = router("/api/media", tags=["media library"])

LibraryIs = Annotated[Library, provided(Library)]


class AddMedia(Model):
    kind: MediaKind
    """`video` or `photo`."""
    name: Annotated[str, Field(max_length=200)] = ""
    """The organisation's own name of the file."""
    size: Annotated[int, Field(ge=1, le=MAX_FILE)] | None = None
    """The file's size in bytes; the upload's length is checked against it."""


class LibraryFileShown(ResponseModel):
    """A file of the media library."""

    media_id: str
    """The file's id: `mediaId` of a video post, one of `uploads` of a photo post."""
    kind: MediaKind
    """`video` or `photo`."""
    name: str
    """The organisation's own name of the file."""
    size: int | None
    """The file's size in bytes; null: not known yet."""
    received: int
    """How many bytes were uploaded."""
    complete: bool
    """Whether the file is here as a whole."""
    uses: int
    """The number of posts whose media are kept and refer to the file."""
    created_at: datetime
    """When the file was added, RFC 3339 in UTC."""
    keep_until: datetime
    """When the file is deleted unless a post uses it before, RFC 3339 in UTC."""

    @classmethod
    def of(cls, file: LibraryFile) -> Self:
        medium = file.medium
        return cls(
            media_id=medium.id,
            kind=medium.kind,
            name=file.name,
            size=medium.size,
            received=medium.received,
            complete=medium.complete,
            uses=file.uses,
            created_at=datetime.fromtimestamp(file.created, UTC),
            keep_until=datetime.fromtimestamp(file.keep_until, UTC),
        )


class MediaAdded(ResponseModel):
    """A new file of the library, and where to send its bytes."""

    media: LibraryFileShown
    """The file, which isn't uploaded yet."""
    upload_url: Annotated[str | None, ShownOnce("Add the file again with POST /api/media.")]
    """A secret for this one file, valid for a day: send a form, a raw body, or pieces of one."""


class LibraryShown(ResponseModel):
    """A page of the library."""

    media: list[LibraryFileShown]
    """The files, newest first."""
    next_cursor: str | None
    """The cursor of the next page; null on the last one."""

    @classmethod
    def of(cls, page: Page[LibraryFile]) -> Self:
        files = [LibraryFileShown.of(one) for one in page.items]
        return cls(media=files, next_cursor=page.next_cursor)


@ROUTER.get("", dependencies=[needs(Role.VIEWER)])
def list_media(
    caller: CallerIs,
    library: LibraryIs,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    kind: MediaKind | None = None,
) -> LibraryShown:
    """List the files of the organisation's media library, newest first."""
    return LibraryShown.of(library.page(caller.org, cursor, limit, kind))


@ROUTER.post("", dependencies=[needs(Role.MEMBER)])
def add_media(caller: CallerIs, library: LibraryIs, body: AddMedia) -> MediaAdded:
    """Add a file to the media library; its bytes go to `uploadUrl`."""
    file, upload = library.add(caller.org, body.kind, body.name, body.size)
    return MediaAdded(media=LibraryFileShown.of(file), upload_url=upload.url)


@ROUTER.get("/{media_id}", dependencies=[needs(Role.VIEWER)])
def show_library_file(caller: CallerIs, library: LibraryIs, media_id: str) -> LibraryFileShown:
    """Show a file of the media library."""
    return LibraryFileShown.of(library.get(caller.org, media_id))


@ROUTER.delete("/{media_id}", dependencies=[needs(Role.MEMBER)], status_code=204)
def delete_library_file(caller: CallerIs, library: LibraryIs, media_id: str) -> Response:
    """Delete a file of the media library. Posts that use it keep it until they have ended."""
    library.delete(caller.org, media_id)
    return Response(status_code=204)
