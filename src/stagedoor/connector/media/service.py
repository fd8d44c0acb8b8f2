"""Media of posts: upload URLs, progress, probing, and expiry."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from stagedoor.client.source import Source
from stagedoor.platform.masking import PULL, UPLOAD

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import Conflict
from ..fair_pool import FairPool
from ..fair_queue import Shares
from ..schedule.store import wait
from ..settings import Settings
from . import store
from .capability import Purpose, digest, make
from .disk_space import Pace, Room
from .errors import MediaGone, OutOfOrder, UploadUnknown, UploadUrlExpired
from .identity import StoreIdentity
from .medium import MediaKind as MediaKind
from .medium import MediaUpload as MediaUpload
from .medium import Medium as Medium
from .medium import MediumState as MediumState
from .prober import Gone, Good, Probed, Prober
from .ranges import AlreadyStored, Piece, Take, WholeBody, complete_already, judge
from .storage import BLOCK, Storage

UPLOAD_SECONDS = 86_400.0
PULL_SECONDS = 3 * 3_600.0
"""TikTok fetches for an hour; an init may wait before that."""
DELETING_SECONDS = 60.0
"""Media that expire this soon may be deleted at this moment."""
DRAFT_SECONDS = 30 * 86_400.0
"""How long media are kept for a draft."""
_SLOW = Shares(total=16, org=4, agent=4, waiting=20)
KIND = "media"
"""Kind of due row: delete a medium if it is no longer needed."""


class MediaService:
    """The media of all organisations. Methods with a `tenant` work in the caller's transaction."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self.pace = Pace()

    @cached_property
    def storage(self) -> Storage:
        settings = self._settings
        return Storage(settings.media_url, settings.data / "media", settings.store_options)

    @cached_property
    def identity(self) -> StoreIdentity:
        return StoreIdentity(self.storage, self._database)

    @cached_property
    def room(self) -> Room:
        return Room(self.storage)

    @cached_property
    def prober(self) -> Prober:
        return Prober(self.storage)

    @cached_property
    def slow(self) -> FairPool:
        """A thread pool for work that reads or probes whole files, apart from the threads that
        serve requests."""
        return FairPool("stagedoor media", _SLOW)

    def close(self) -> None:
        if "prober" in self.__dict__:
            self.prober.close()
        if "slow" in self.__dict__:
            self.slow.close()

    def expect(
        self,
        tenant: TenantConnection,
        kind: MediaKind,
        post: str | None = None,
        size: int | None = None,
    ) -> MediaUpload:
        """Add a medium, and an upload URL for it that is valid for a day."""
        medium = self.add_medium(tenant, kind, post, size)
        return MediaUpload(medium.id, self.upload_url(tenant, medium.id))

    def add_medium(
        self,
        tenant: TenantConnection,
        kind: MediaKind,
        post: str | None = None,
        size: int | None = None,
        keep_seconds: float = DRAFT_SECONDS,
    ) -> Medium:
        """Add a medium without an upload URL."""
        media_id, now = uuid.uuid4().hex, self._clock.now()
        store.add(
            tenant,
            id=media_id,
            post=post,
            kind=kind.value,
            state=MediumState.RECEIVING.value,
            size=size,
            parts=[],
            created=now,
            keep_until=now + keep_seconds,
        )
        wait(tenant.connection, KIND, f"{tenant.org}/{media_id}", now + keep_seconds)
        return Medium(media_id, tenant.org, post, kind, MediumState.RECEIVING, size, 0, ())

    def upload_url(self, tenant: TenantConnection, media_id: str) -> str:
        """Make an upload URL for one medium, valid for a day."""
        capability = make()
        store.allow(
            tenant.connection,
            digest(capability),
            Purpose.UPLOAD.value,
            tenant.org,
            media_id,
            self._clock.now() + UPLOAD_SECONDS,
        )
        return f"{self._settings.public_url}{UPLOAD}{capability}"

    def find(self, tenant: TenantConnection, media_id: str, lock: bool = False) -> Medium | None:
        row = store.find(tenant, media_id, lock)
        return None if row is None else Medium.of(row)

    def of_post(self, tenant: TenantConnection, post: str) -> list[Medium]:
        """The media of a post, in the post's order."""
        return [Medium.of(row) for row in store.of_post(tenant, post)]

    def attach(self, tenant: TenantConnection, media_ids: Sequence[str], post: str) -> None:
        """Attach media to a post, in this order. Raises `Conflict` for media that are deleted, or
        about to be."""
        soon = self._clock.now() + DELETING_SECONDS
        for media_id in sorted(media_ids):
            row = store.find(tenant, media_id, lock=True)
            if row is None or (row.keep_until is not None and row.keep_until <= soon):
                raise Conflict(
                    f"The file {media_id} is no longer kept: upload it again.", code="media_gone"
                )
        for position, media_id in enumerate(media_ids):
            store.change(tenant, media_id, post=post, position=position)

    def give_back(self, tenant: TenantConnection, media_ids: Sequence[str], post: str) -> None:
        """Detach the media of a post that isn't made after all; they are kept for another post for
        a day."""
        until = self._clock.now() + UPLOAD_SECONDS
        for media_id in media_ids:
            medium = self.find(tenant, media_id, lock=True)
            if medium is not None and medium.post == post:
                store.change(tenant, media_id, post=None, keep_until=until)
                wait(tenant.connection, KIND, f"{tenant.org}/{media_id}", until)

    def hold(self, tenant: TenantConnection, post: str) -> None:
        """Keep the post's media until the post releases them."""
        store.change_of_post(tenant, post, keep_until=None)

    def hold_again(self, tenant: TenantConnection, post: str) -> bool:
        """`hold` for a post that had ended; False: its media are about to be deleted."""
        soon = self._clock.now() + DELETING_SECONDS
        rows = store.of_post(tenant, post)
        if any(row.keep_until is not None and row.keep_until <= soon for row in rows):
            return False
        self.hold(tenant, post)
        return True

    def unhold(self, tenant: TenantConnection, post: str) -> None:
        """The post is a draft again: its media are kept as long as those of other drafts."""
        until = self._clock.now() + DRAFT_SECONDS
        for row in store.of_post(tenant, post):
            store.change(tenant, row.id, keep_until=until)
            wait(tenant.connection, KIND, f"{tenant.org}/{row.id}", until)

    def release(self, tenant: TenantConnection, post: str, at_once: bool = False) -> None:
        """The post has ended: its media are deleted some days later, and nobody may upload any
        more."""
        now = self._clock.now()
        until = now if at_once else now + self._settings.media_days * 86_400
        for row in store.of_post(tenant, post):
            store.change(tenant, row.id, keep_until=until)
            store.end_capabilities(tenant.connection, row.id, Purpose.UPLOAD.value)
            wait(tenant.connection, KIND, f"{tenant.org}/{row.id}", until)

    def close_uploads(self, tenant: TenantConnection, media_ids: Sequence[str]) -> None:
        """End all uploads to these media."""
        for media_id in media_ids:
            store.end_capabilities(tenant.connection, media_id, Purpose.UPLOAD.value)

    def pull_url(self, tenant: TenantConnection, media_id: str) -> str:
        """A URL from which TikTok may fetch the file for some hours."""
        capability = make()
        store.allow(
            tenant.connection,
            digest(capability),
            Purpose.PULL.value,
            tenant.org,
            media_id,
            self._clock.now() + PULL_SECONDS,
        )
        return f"{self._settings.pulled_from}{PULL}{capability}"

    def probe(self, medium: Medium, number: int = 1, *, for_ads: bool = False) -> Probed:
        """Probe a medium in a child process; blocks. Raises `Busy` and `StoreForeign`, which are
        retryable.

        A complete file that passed for a post isn't probed for one again: it doesn't change.
        """
        self.identity.check()
        if for_ads:
            return self.prober.probe(medium.org, f"ad {medium.kind.value}", medium.parts, number)
        if medium.facts is not None:
            return Good(medium.facts) if self.storage.is_whole(medium.parts) else Gone()
        found = self.prober.probe(medium.org, medium.kind.value, medium.parts, number)
        if medium.complete and isinstance(found, Good):
            self._know(medium, facts=dict(found.facts))
        return found

    def source(self, medium: Medium) -> Source:
        """The file as the client sends it. Raises `MediaGone`, `StoreForeign`."""
        self.identity.check()
        file: Any = self.storage.open(medium.parts)
        name = "video.mp4"
        head = file.read(16)
        file.seek(0)
        if head.startswith(b"\x1a\x45\xdf\xa3"):
            name = "video.webm"
        elif head[4:12] == b"ftypqt  ":
            name = "video.mov"
        return Source(file, name, medium.received, owned=True)

    def by_capability(self, capability: str, purpose: Purpose) -> Medium:
        """The medium of a capability. Raises `UploadUnknown`, `UploadUrlExpired`."""
        with self._database.read() as connection:
            found = store.capability(connection, digest(capability), purpose.value)
            if found is None:
                raise UploadUnknown("There is nothing at this address; it may be mistyped.")
            if found.expires <= self._clock.now():
                raise UploadUrlExpired("This address has expired: ask for a new one.")
            row = store.find(TenantConnection(connection, found.owner), found.media)
        if row is None:
            raise UploadUrlExpired("This address has expired: its file was deleted.")
        return Medium.of(row)

    def plan(self, medium: Medium, body: WholeBody | Piece) -> Take | AlreadyStored:
        """Decide what to do with a body. Raises `UploadComplete`, `OutOfOrder`, `BadUpload`, and
        `StoreForeign` where this process would store it in another store."""
        self.identity.check()
        if isinstance(body, Piece):
            return judge(body, medium.received, medium.size, medium.complete)
        if medium.complete:
            raise complete_already(medium.received)
        if body.length is not None:
            whole = Piece(0, body.length, body.length)
            if medium.size is not None and not medium.parts:
                judge(whole, 0, medium.size, False)
        return Take(0)

    def keep(
        self, medium: Medium, body: WholeBody | Piece, key: str, size: int, ended: bool
    ) -> Medium:
        """Add a stored object of `size` bytes to a medium; `ended`: the body arrived completely.

        Raises `OutOfOrder` or `UploadComplete` when another request was faster.
        """
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, medium.org)
            row = store.find(tenant, medium.id, lock=True)
            if row is None:
                raise MediaGone("The upload was withdrawn while it was sent.")
            now = Medium.of(row)
            if now.complete:
                raise complete_already(now.received)
            if isinstance(body, Piece):
                total: int | None = body.total
                if now.received != medium.received:
                    raise OutOfOrder(
                        f"Another request came first: {now.received} bytes are here. Go on there.",
                        now.received,
                        now.size,
                    )
                parts = [*now.parts, (key, size)]
            else:
                total = size if ended else body.length
                parts = [(key, size)]
            received = sum(length for _, length in parts)
            done = ended and received == total
            if done and row.library:
                until = self._clock.now() + self._settings.library_days * 86_400
                store.change(tenant, medium.id, keep_until=until)
                wait(connection, KIND, f"{medium.org}/{medium.id}", until)
            store.change(
                tenant,
                medium.id,
                parts=[list(part) for part in parts],
                received=received,
                size=total,
                state=(MediumState.COMPLETE if done else MediumState.RECEIVING).value,
            )
            kept = store.find(tenant, medium.id)
        return now if kept is None else Medium.of(kept)

    def sha256(self, medium: Medium) -> str:
        """The digest of a complete file, which is read once. Raises `MediaGone`."""
        if medium.sha256 is not None:
            return medium.sha256
        found = hashlib.sha256()
        with self.storage.open(medium.parts) as file:
            while block := file.read(BLOCK):
                found.update(block)
        self.know_sha256(medium, found.hexdigest())
        return found.hexdigest()

    def know_sha256(self, medium: Medium, sha256: str) -> None:
        """Store the digest of a complete file, which doesn't change any more."""
        self._know(medium, sha256=sha256)

    def _know(self, medium: Medium, **values: Any) -> None:
        with self._database.begin() as connection:
            store.change(TenantConnection(connection, medium.org), medium.id, **values)

    def discard(self, org: str, media_id: str) -> None:
        """Delete a medium whose upload led to nothing."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.change(tenant, media_id, keep_until=self._clock.now())
        self.expire(org, media_id)

    def expire(self, org: str, media_id: str) -> bool:
        """Delete a medium that is no longer needed; returns whether it is gone."""
        now = self._clock.now()
        with self._database.read() as connection:
            row = store.find(TenantConnection(connection, org), media_id)
        if row is None:
            return True
        if row.keep_until is None:
            return False
        if row.keep_until > now:
            with self._database.begin() as connection:
                wait(connection, KIND, f"{org}/{media_id}", row.keep_until)
            return False
        if self._is_used(org, media_id):
            return False
        self.identity.check()
        self.storage.delete(media_id)
        with self._database.begin() as connection:
            store.remove_capabilities(connection, media_id)
            store.remove(TenantConnection(connection, org), media_id)
            if row.source is not None:  # its file may have waited for this
                wait(connection, KIND, f"{org}/{row.source}", now)
        return True

    def _is_used(self, org: str, media_id: str) -> bool:
        """Whether posts' media refer to a file of the library: it waits until they are gone."""
        with self._database.read() as connection:
            return bool(store.uses(TenantConnection(connection, org), [media_id]))
