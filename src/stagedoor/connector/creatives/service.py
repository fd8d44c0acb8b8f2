"""Creatives as callers see them: uploads of files and posts, lists, and TikTok's processing of
videos."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, cast

from stagedoor.client.errors import StagedoorError, TransportError

from .. import leases
from ..ads.creative_ids import CreativeId, CreativeKind
from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import ApiError
from ..event_types import EventType
from ..integrations.business import BusinessClients
from ..integrations.tiktok_errors import api_error_of
from ..media import store as media_store
from ..media.errors import MediaGone
from ..media.prober import Bad, Good
from ..media.service import UPLOAD_SECONDS, MediaKind, MediaService, Medium
from ..media.storage import BLOCK
from ..pages import Page, cursor_of, parse_cursor
from ..publishing.posts import StoredPost
from ..publishing.service import PostsService
from ..publishing.states import PostState
from ..schedule.store import wait
from ..subscriptions.events import EventEmitter
from . import sending, store
from .creative import Creative, CreativeSource, CreativeState
from .errors import CreativeRejected, CreativeUnderWay, PostUnusable
from .spark import SparkIdentities

PROCESS = "ad-creative"
"""Kind of due row: look whether TikTok has processed a video."""
_HELD_SECONDS = 900.0
"""A run that is longer may be doubled by a repeated request: both find the same file at TikTok."""
_FIRST_LOOK, _LONGEST_LOOK = 2.0, 300.0
_GIVE_UP_SECONDS = 86_400.0
"""TikTok takes minutes for a video."""
_SUFFIXES = {"jpeg": ".jpg"}
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM")

logger = logging.getLogger("stagedoor.creatives")


@dataclass(frozen=True, slots=True)
class Added:
    """A creative, and the reason if it may differ from the caller's expectation."""

    creative: Creative
    note: str | None = None


class CreativesService:
    """The creatives of all organisations. Thread-safe. `add_file` and `add_post` read whole files
    and call TikTok: run them in `MediaService.slow`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        media: MediaService,
        business: BusinessClients,
        posts: PostsService,
        spark: SparkIdentities,
        events: EventEmitter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._business = business
        self._posts = posts
        self._spark = spark
        self._events = events

    def check_account(self, org: str, account_id: str) -> None:
        """Raises `AccountNotAccessible`."""
        self._business.reaching(org, account_id)

    def add_medium(self, org: str) -> Medium:
        """A medium for the bytes of an upload, which `add_file` deletes."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            return self._media.add_medium(tenant, MediaKind.VIDEO, keep_seconds=UPLOAD_SECONDS)

    def discard(self, medium: Medium) -> None:
        self._media.discard(medium.org, medium.id)

    def add_file(self, org: str, account_id: str, medium: Medium, name: str) -> Added:
        """Upload a received file to the ad account's library, once for the same bytes.

        The medium is deleted. Raises `CreativeRejected`, `CreativeUnderWay`,
        `AccountNotAccessible`, and TikTok's errors; after one that is retryable the same file may
        be sent again.
        """
        try:
            self.check_account(org, account_id)
            return Added(self._add(org, account_id, medium, name, CreativeSource.FILE))
        finally:
            self.discard(medium)

    def add_post(self, org: str, account_id: str, publish_id: str) -> Added:
        """Make an own post a creative: the post itself where the credentials allow it, else its
        kept file.

        Raises `NoPost`, `PostUnusable`, `MediaGone`, and the errors of `add_file`.
        """
        post = self._posts.get(org, publish_id).post
        if post.state is not PostState.PUBLISHED:
            raise PostUnusable(
                f"The post is {post.state.value}: a creative needs one that is published."
            )
        self.check_account(org, account_id)
        try:
            shown = self._spark.for_post(org, account_id, post)
        except StagedoorError as error:
            raise api_error_of(error) from error
        if shown.creative is not None:
            return Added(self._add_shown(org, account_id, post, shown.creative))
        note = (
            f"The ad can't show the post itself: {shown.why}. Its file was uploaded for ads "
            "instead, as a video of its own without the post's likes and comments."
        )
        medium = self._kept_medium(org, post, shown.why)
        name = post.title or "post"
        found = self._add(org, account_id, medium, name, CreativeSource.POST_MEDIA, post.id)
        return Added(found, note)

    def page(self, org: str, account_id: str, cursor: str | None, limit: int) -> Page[Creative]:
        """Creatives of an ad account that TikTok has, the newest first. Raises
        `AccountNotAccessible`."""
        before = None
        if cursor is not None:
            created, (id,) = parse_cursor(cursor)
            before = created, id
        self.check_account(org, account_id)
        with self._database.read() as connection:
            rows = store.page(TenantConnection(connection, org), account_id, before, limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(rows[:limit], None if last is None else cursor_of(last.created, last.id))

    def look(self, ref: str) -> None:
        """Read a video that TikTok processes; `ref` is organisation/creative."""
        org, _, id = ref.partition("/")
        with self._database.read() as connection:
            found = store.find(TenantConnection(connection, org), id)
        if found is None or found.state is not CreativeState.PROCESSING:
            return
        try:
            sent = self._read(found)
        except (StagedoorError, ApiError) as error:
            logger.info("a video of ads can't be read: %s", error)
            sent = None
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            self._looked(tenant, id, sent)

    def _read(self, found: Creative) -> sending.Sent | None:
        client = self._business.for_advertiser(found.org, found.account)
        video_id = str(found.creative_id).partition(":")[2]
        videos = client.creatives.video_info(video_ids=(video_id,)).list
        return next((sending.video(one) for one in videos if one.video_id == video_id), None)

    def _looked(self, tenant: TenantConnection, id: str, sent: sending.Sent | None) -> None:
        now = self._clock.now()
        found = store.find(tenant, id, lock=True)
        if found is None or found.state is not CreativeState.PROCESSING:
            return
        if sent is not None and sent.state is CreativeState.READY:
            store.change(tenant, id, state=sent.state.value, facts=sent.facts)
            self._tell(tenant, found, EventType.ADS_CREATIVE_READY)
        elif now - found.created > _GIVE_UP_SECONDS:
            store.change(tenant, id, state=CreativeState.FAILED.value)
            self._tell(tenant, found, EventType.ADS_CREATIVE_FAILED)
        else:
            store.change(tenant, id, polls=found.polls + 1)
            pause = min(_LONGEST_LOOK, _FIRST_LOOK * 1.5 ** min(found.polls, 30))
            wait(tenant.connection, PROCESS, f"{tenant.org}/{id}", now + pause)

    def _tell(self, tenant: TenantConnection, found: Creative, event: EventType) -> None:
        self._events.emit(
            tenant,
            event,
            {
                "creativeId": found.creative_id,
                "accountId": found.account,
                "kind": found.kind.value,
                "name": found.name,
            },
        )

    def _add(
        self,
        org: str,
        account_id: str,
        medium: Medium,
        name: str,
        source: CreativeSource,
        post: str | None = None,
    ) -> Creative:
        self._media.identity.check()
        with self._media.storage.open(medium.parts) as file:
            head = file.read(16) or b""
        image = head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        kind = CreativeKind.IMAGE if image else CreativeKind.VIDEO
        sha256, md5 = self._digests(medium)
        with self._database.read() as connection:
            known = store.by_digest(TenantConnection(connection, org), account_id, sha256)
        if known is not None and known.creative_id is not None:
            return known
        facts = self._probe(medium, kind)
        claimed = self._claim(org, account_id, sha256, kind, name, source, post)
        if claimed.creative_id is not None:
            return claimed
        suffix = str(facts.get("format") or facts.get("container") or "")
        called = sending.name_of(name, sha256, _SUFFIXES.get(suffix, f".{suffix}"))
        client = self._business.for_advertiser(org, account_id)
        try:
            with self._media.storage.open(medium.parts) as file:
                sent = sending.send(
                    client,
                    kind,
                    cast(IO[bytes], file),
                    called,
                    md5,
                    again=claimed.attempts > 1,
                )
        except TransportError as error:
            self._write(claimed, lambda tenant: store.change(tenant, claimed.id, **leases.RELEASED))
            raise api_error_of(error) from error
        except BaseException as error:
            self._write(
                claimed, lambda tenant: store.remove_held(tenant, claimed.id, claimed.held_by)
            )
            if isinstance(error, StagedoorError):
                raise api_error_of(error) from error
            raise
        return self._sent(claimed, sent)

    def _probe(self, medium: Medium, kind: CreativeKind) -> dict[str, Any]:
        as_kind = MediaKind.PHOTO if kind is CreativeKind.IMAGE else MediaKind.VIDEO
        if medium.kind is not as_kind:
            with self._database.begin() as connection:
                tenant = TenantConnection(connection, medium.org)
                media_store.change(tenant, medium.id, kind=as_kind.value)
                medium = self._media.find(tenant, medium.id) or medium
        found = self._media.probe(medium, for_ads=True)
        if isinstance(found, Bad):
            raise CreativeRejected(found.problems)
        if not isinstance(found, Good):
            raise MediaGone("The file's bytes aren't in the media store any more: send it again.")
        return dict(found.facts)

    def _digests(self, medium: Medium) -> tuple[str, str]:
        """SHA-256 and MD5 of a file, which is read once."""
        sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        with self._media.storage.open(medium.parts) as file:
            while block := file.read(BLOCK):
                sha256.update(block)
                md5.update(block)
        return sha256.hexdigest(), md5.hexdigest()

    def _claim(
        self,
        org: str,
        account_id: str,
        digest: str,
        kind: CreativeKind,
        name: str,
        source: CreativeSource,
        post: str | None,
    ) -> Creative:
        """The row of the file, held by this run; or one that TikTok has already."""
        hold = leases.hold(_HELD_SECONDS)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.add(
                tenant,
                id=_id(org, account_id, digest),
                account=account_id,
                digest=digest,
                kind=kind.value,
                source=source.value,
                state=CreativeState.SENDING.value,
                name=name,
                post=post,
                facts={},
                created=self._clock.now(),
                attempts=0,
                **leases.RELEASED,
            )
            found = store.by_digest(tenant, account_id, digest, lock=True)
            if found is None:
                raise CreativeUnderWay
            if found.creative_id is not None:
                return found
            if not leases.is_free(found):
                raise CreativeUnderWay
            store.change(tenant, found.id, attempts=found.attempts + 1, **hold)
            held = store.find(tenant, found.id)
        return found if held is None else held

    def _sent(self, claimed: Creative, sent: sending.Sent) -> Creative:
        now = self._clock.now()
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, claimed.org)
            store.change(
                tenant,
                claimed.id,
                creative=str(sent.creative),
                state=sent.state.value,
                facts=sent.facts,
                **leases.RELEASED,
            )
            if sent.state is CreativeState.PROCESSING:
                ref = f"{claimed.org}/{claimed.id}"
                wait(connection, PROCESS, ref, now + _FIRST_LOOK)
            found = store.find(tenant, claimed.id)
        return claimed if found is None else found

    def _write(self, claimed: Creative, change: Callable[[TenantConnection], None]) -> None:
        with self._database.begin() as connection:
            change(TenantConnection(connection, claimed.org))

    def _add_shown(
        self, org: str, account_id: str, post: StoredPost, creative: CreativeId
    ) -> Creative:
        digest = str(creative)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            store.add(
                tenant,
                id=_id(org, account_id, digest),
                account=account_id,
                digest=digest,
                kind=creative.kind.value,
                source=CreativeSource.POST.value,
                state=CreativeState.READY.value,
                creative=digest,
                name=post.title,
                post=post.id,
                facts={},
                created=self._clock.now(),
                attempts=0,
                **leases.RELEASED,
            )
            found = store.by_digest(tenant, account_id, digest)
        if found is None:
            raise CreativeUnderWay
        return found

    def _kept_medium(self, org: str, post: StoredPost, why: str) -> Medium:
        with self._database.read() as connection:
            media = self._media.of_post(TenantConnection(connection, org), post.id)
        cant = f"The ad can't show the post itself: {why}."
        if len(media) > 1:
            raise PostUnusable(
                f"{cant} Its {len(media)} photos can't be uploaded as one creative: upload one of "
                "them as a file."
            )
        if not media or not media[0].complete:
            raise MediaGone(f"{cant} And its file isn't kept any more: upload the file itself.")
        return media[0]


def _id(org: str, account_id: str, digest: str) -> str:
    return hashlib.sha256("|".join((org, account_id, digest)).encode()).hexdigest()[:32]
