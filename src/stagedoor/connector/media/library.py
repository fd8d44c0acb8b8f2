"""An organisation's media library: files that several posts may use.

A post that uses a file of the library gets a medium of its own over the same stored objects
(`media.source`). So a post's files live and end as always, and the library's file is deleted only
when no post's medium refers to it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import Conflict, ObjectNotFound
from ..pages import Page, cursor_of, parse_cursor
from ..schedule.store import wait
from ..settings import Settings
from . import store
from .service import DELETING_SECONDS, KIND, MediaKind, MediaService, MediaUpload, Medium

MAX_FILES = 10_000
"""Of one organisation."""


class NoMedium(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such file in the media library: GET /api/media lists them.")


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file of the library; times in Unix seconds. `uses`: posts whose media refer to it."""

    medium: Medium
    name: str
    created: float
    keep_until: float
    uses: int


class Library:
    """The media libraries of all organisations. Thread-safe."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, media: MediaService
    ) -> None:
        self._keep = settings.library_days * 86_400
        self._database = database
        self._clock = clock
        self._media = media

    def add(
        self, org: str, kind: MediaKind, name: str, size: int | None
    ) -> tuple[LibraryFile, MediaUpload]:
        """Add a file, and an upload URL for it. Raises `Conflict` where the library is full."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            medium = self.add_file(tenant, kind, name, size)
            upload = MediaUpload(medium.id, self._media.upload_url(tenant, medium.id))
            return self._find(tenant, medium.id), upload

    def add_file(
        self, tenant: TenantConnection, kind: MediaKind, name: str, size: int | None = None
    ) -> Medium:
        """Add a file without an upload URL. Raises `Conflict` where the library is full."""
        if store.library_size(tenant) >= MAX_FILES:
            raise Conflict(
                f"The media library holds {MAX_FILES} files: delete some first.",
                code="library_full",
            )
        medium = self._media.add_medium(tenant, kind, size=size)
        store.change(tenant, medium.id, library=True, name=name)
        return medium

    def page(
        self, org: str, cursor: str | None, limit: int, kind: MediaKind | None = None
    ) -> Page[LibraryFile]:
        """Newest first."""
        before = None
        if cursor is not None:
            created, (media_id,) = parse_cursor(cursor)
            before = created, media_id
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            rows = store.library(tenant, before, limit + 1, None if kind is None else kind.value)
            uses = store.uses(tenant, [row.id for row in rows[:limit]])
        files = [_file(row, uses.get(row.id, 0)) for row in rows[:limit]]
        last = files[-1] if len(rows) > limit else None
        return Page(files, None if last is None else cursor_of(last.created, last.medium.id))

    def get(self, org: str, media_id: str) -> LibraryFile:
        """Raises `NoMedium`."""
        with self._database.read() as connection:
            return self._find(TenantConnection(connection, org), media_id)

    def delete(self, org: str, media_id: str) -> None:
        """Take a file out of the library. Posts that use it keep it until they have ended. Raises
        `NoMedium`."""
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._find(tenant, media_id, lock=True)
            store.change(tenant, media_id, library=False, keep_until=now)
            self._media.close_uploads(tenant, [media_id])
            wait(connection, KIND, f"{org}/{media_id}", now)

    def for_post(self, tenant: TenantConnection, media_id: str) -> str:
        """The id of the medium that a post of its own attaches: for a file of the library a new
        one, over the same objects, and for anything else `media_id` itself."""
        row = store.find(tenant, media_id, lock=True)
        if row is None or not row.library:
            return media_id
        now = self._clock.now()
        if row.keep_until is not None and row.keep_until <= now + DELETING_SECONDS:
            raise NoMedium
        store.change(tenant, media_id, keep_until=now + self._keep)
        medium = self._media.add_medium(tenant, MediaKind(row.kind), size=row.size)
        store.change(
            tenant,
            medium.id,
            state=row.state,
            parts=row.parts,
            received=row.received,
            sha256=row.sha256,
            facts=row.facts,
            source=media_id,
        )
        return medium.id

    def _find(self, tenant: TenantConnection, media_id: str, lock: bool = False) -> LibraryFile:
        row = store.find(tenant, media_id, lock)
        if row is None or not row.library:
            raise NoMedium
        return _file(row, store.uses(tenant, [media_id]).get(media_id, 0))


def _file(row: Row[Any], uses: int) -> LibraryFile:
    return LibraryFile(Medium.of(row), row.name or "", row.created, row.keep_until or 0.0, uses)
