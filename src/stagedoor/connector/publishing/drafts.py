"""Creating posts: drafts of videos, and posts of photos."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import Conflict, unfit
from ..fetching.destinations import is_inside
from ..media.library import Library
from ..media.service import MediaKind, MediaService, MediaUpload
from ..settings import Settings
from ..tenants.roles import Caller
from . import store
from .accounts import PostingAccounts
from .creator_settings import CreatorOffers
from .errors import incomplete
from .posts import Mode, PostKind
from .scheduling import Scheduling
from .service import PostRecord, PostsService
from .states import PostState, Visibility


@dataclass(frozen=True, slots=True)
class BegunPost:
    """A new post and the upload for its file; `upload` None: no upload is needed."""

    record: PostRecord
    upload: MediaUpload | None


class Drafts:
    """Creates posts. Thread-safe."""

    def __init__(
        self,
        *,
        settings: Settings,
        database: Database,
        clock: Clock,
        media: MediaService,
        library: Library,
        accounts: PostingAccounts,
        offers: CreatorOffers,
        posts: PostsService,
        scheduling: Scheduling,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._media = media
        self._library = library
        self._accounts = accounts
        self._offers = offers
        self._posts = posts
        self._schedule = scheduling

    def begin_video(
        self,
        org: str,
        integration_id: str | None,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        publish_at: float | None = None,
        size: int | None = None,
        *,
        post_id: str | None = None,
        upload: str | None = None,
        asked_by: str | None = None,
        at_once: bool = False,
        offered_checked: bool = False,
    ) -> BegunPost:
        """Create a draft of a video. Raises `WhichAccount` and other errors of choosing the
        account, `InvalidInput`.

        Idempotent by `post_id`. `upload` is a file that is stored already. `at_once`: publish the
        draft immediately, unless its file is still to be uploaded. `offered_checked`: the caller
        has checked the settings against what the creator offers.
        """
        account = self._accounts.chosen(org, integration_id)
        post_id = post_id or uuid.uuid4().hex
        if not offered_checked:
            self._offers.check_draft(org, account.id, PostKind.VIDEO, mode, values)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if store.find(tenant, post_id) is not None:
                return BegunPost(self._posts.record(tenant, post_id), None)
            self._add(
                tenant,
                post_id,
                account.id,
                PostKind.VIDEO,
                mode,
                title,
                values,
                publish_at,
                asked_by,
            )
            begun = None
            if upload is not None:
                self._attach_video(tenant, upload, post_id)
            elif not values.get("video_url"):
                begun = self._media.expect(tenant, MediaKind.VIDEO, post_id, size)
            if at_once and begun is None:
                self._schedule.start(tenant, self._posts.find(tenant, post_id))
            return BegunPost(self._posts.record(tenant, post_id), begun)

    def _attach_video(self, tenant: TenantConnection, upload: str, post_id: str) -> None:
        medium = self._media.find(tenant, upload, lock=True)
        if medium is None or medium.kind is not MediaKind.VIDEO:
            raise unfit("mediaId", "is no video that this organisation uploaded")
        if medium.post not in (None, post_id):
            raise Conflict(
                f"The upload belongs to post {medium.post} already: look at that post first."
            )
        if not medium.complete:
            raise incomplete(medium, "The video")
        self._attach(tenant, [upload], post_id)

    def begin_upload(self, org: str) -> MediaUpload:
        """An upload for a video whose post is created later."""
        with self._database.begin() as connection:
            return self._media.expect(TenantConnection(connection, org), MediaKind.VIDEO)

    def begin_photos(self, org: str, count: int) -> list[MediaUpload]:
        """Uploads for photos whose post is created later."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            return [self._media.expect(tenant, MediaKind.PHOTO) for _ in range(count)]

    def publish_photos(
        self,
        org: str,
        post_id: str,
        integration_id: str | None,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        uploads: Sequence[str],
        publish_at: float | None = None,
        asked_by: str | None = None,
        *,
        by: Caller | None = None,
        offered_checked: bool = False,
    ) -> PostRecord:
        """Post uploaded photos, photos of the media library, or those at `values["urls"]`.
        Idempotent by `post_id`, and by uploads that aren't of the library: the same ones return the
        same post.

        `post_id` becomes the new post's id. `offered_checked` as for `begin_video`, `by` as for
        `Scheduling.publish`.
        """
        account = self._accounts.chosen(org, integration_id)
        if uploads:
            self.check_pulled()
        warning = None
        if not offered_checked and not self._photos_known(org, post_id, uploads):
            warning = self._offers.check(org, account.id, PostKind.PHOTOS, mode, values)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            if store.find(tenant, post_id) is not None:
                return self._posts.record(tenant, post_id)
            earlier = self._photos_ready(tenant, uploads, post_id)
            if earlier is not None:
                return self._posts.record(tenant, earlier)
            self._add(
                tenant,
                post_id,
                account.id,
                PostKind.PHOTOS,
                mode,
                title,
                values,
                publish_at,
                asked_by,
            )
            self._attach(tenant, uploads, post_id)
            self._schedule.start(tenant, self._posts.find(tenant, post_id), by)
            return self._posts.record(tenant, post_id).warned(warning)

    def add_scheduled(
        self,
        tenant: TenantConnection,
        post_id: str,
        integration: str,
        kind: PostKind,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        uploads: Sequence[str],
        publish_at: float,
        by: Caller,
    ) -> None:
        """Make a post over files that are stored already, and schedule it, in the caller's
        transaction. The caller has checked its settings, and tells admins of a post that waits for
        them. Raises `InvalidInput` and `Conflict` for files that the post can't have."""
        self._add(tenant, post_id, integration, kind, mode, title, values, publish_at, None)
        if kind is PostKind.VIDEO:
            for upload in uploads:
                self._attach_video(tenant, upload, post_id)
        elif self._photos_ready(tenant, uploads, post_id) is not None:
            raise Conflict("These photos belong to another post already: look at that post first.")
        else:
            self._attach(tenant, uploads, post_id)
        self._schedule.start(tenant, self._posts.find(tenant, post_id), by, tell=False)

    def _attach(self, tenant: TenantConnection, uploads: Sequence[str], post_id: str) -> None:
        own = [self._library.for_post(tenant, one) for one in uploads]
        self._media.attach(tenant, own, post_id)

    def _photos_known(self, org: str, post_id: str, uploads: Sequence[str]) -> bool:
        """Whether the request may be a repeated one, whose post exists already."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            if store.find(tenant, post_id) is not None:
                return True
            media = [self._media.find(tenant, one) for one in uploads]
            return any(medium is not None and medium.post for medium in media)

    def check_addresses(self, values: Mapping[str, Any]) -> None:
        """Raises `InvalidInput` for addresses that TikTok can never fetch from."""
        if self._settings.fetch_private:
            return
        named = [(f"urls.{number}", url) for number, url in enumerate(values.get("urls") or ())]
        if values.get("video_url"):
            named.append(("videoUrl", values["video_url"]))
        for path, url in named:
            if is_inside(urlsplit(url).hostname or ""):
                raise unfit(path, "isn't on the public internet, where TikTok fetches from")

    def check_pulled(self) -> None:
        """Raises `InvalidInput` where TikTok can't fetch photos from this service."""
        if not self._settings.pulled_from.startswith("https://"):
            raise unfit(
                "uploads",
                "TikTok fetches photos from this service, and only over https: set "
                "STAGEDOOR_PUBLIC_URL (or STAGEDOOR_PULL_URL) to an https address that is "
                "verified for the app, or give urls.",
            )

    def _photos_ready(
        self, tenant: TenantConnection, uploads: Sequence[str], post_id: str
    ) -> str | None:
        """The existing post of these uploads, or None; raises when one of them can't be posted."""
        if len(set(uploads)) != len(uploads):
            raise unfit("uploads", "names a photo twice")
        found = []
        # a fixed order of locks: a concurrent second request finds the post of the first
        locked = {one: self._media.find(tenant, one, lock=True) for one in sorted(uploads)}
        for number, media_id in enumerate(uploads):
            medium = locked[media_id]
            if medium is None or medium.kind is not MediaKind.PHOTO:
                raise unfit(f"uploads.{number}", "is no photo that this organisation uploaded")
            if not medium.complete:
                raise incomplete(medium, f"Photo {number + 1}")
            found.append(medium)
        posts = {medium.post for medium in found}
        if posts <= {None, post_id}:
            return None
        (post, *others) = posts
        if post is None or others:
            raise Conflict(
                "Some of these photos belong to other posts already: look at those posts first."
            )
        before = self._media.of_post(tenant, post)
        if [one.id for one in before] != list(uploads):
            raise Conflict(f"These photos belong to post {post} already: look at that post first.")
        return post

    def _add(
        self,
        tenant: TenantConnection,
        post_id: str,
        integration: str,
        kind: PostKind,
        mode: Mode,
        title: str,
        values: Mapping[str, Any],
        publish_at: float | None,
        asked_by: str | None,
    ) -> None:
        # only here: a repeated request gets its post, even if its time has passed by now
        self._schedule.check(publish_at)
        self.check_addresses(values)
        now = self._clock.now()
        store.add(
            tenant,
            id=post_id,
            integration=integration,
            kind=kind.value,
            mode=mode.value,
            state=PostState.DRAFT.value,
            visibility=Visibility.UNKNOWN.value,
            title=title,
            content=dict(values),
            publish_at=publish_at,
            asked_by=asked_by,
            created=now,
            updated=now,
            public_ids=[],
        )
