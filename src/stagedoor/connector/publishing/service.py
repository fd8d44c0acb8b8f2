"""Reading posts: one with its journal and files, and pages of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from stagedoor.platform.characters import searchable

from ..database import Database, TenantConnection
from ..media.service import MediaService, Medium
from ..pages import Page, cursor_of, parse_cursor
from . import content, store
from .account_queue import AccountQueue
from .approval_state import ApprovalState
from .errors import NoPost
from .holding import Holding
from .journal import CAP, PostStep
from .posts import StoredPost

SCANNED = 5_000
"""The most posts that one page of a search for text looks at."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post with its journal, its files and more."""

    post: StoredPost
    steps: Sequence[PostStep] = ()
    media: Sequence[Medium] = ()
    warnings: Sequence[str] = field(default=())
    expected: float | None = None
    """When the post will go out; None: it isn't known, or it isn't going to."""

    def warned(self, warning: str | None) -> PostRecord:
        return self if warning is None else replace(self, warnings=(*self.warnings, warning))


class PostsService:
    """Reads posts of all organisations. Thread-safe."""

    def __init__(
        self, database: Database, media: MediaService, holding: Holding, queue: AccountQueue
    ) -> None:
        self._database = database
        self._media = media
        self._holding = holding
        self._queue = queue

    def get(self, org: str, post_id: str) -> PostRecord:
        """Find a post by Stagedoor's id or TikTok's. Raises `NoPost`, also for another
        organisation's."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            return self.record(tenant, self.find(tenant, post_id).id)

    def exists(self, tenant: TenantConnection, post_id: str) -> bool:
        return store.find(tenant, post_id) is not None

    def page(
        self,
        org: str,
        cursor: str | None,
        limit: int,
        states: Sequence[str] = (),
        integration: str | None = None,
        asked_by: str | None = None,
        since: float | None = None,
        approval: ApprovalState | None = None,
        between: tuple[float | None, float | None] = (None, None),
        text: str | None = None,
    ) -> Page[PostRecord]:
        """Newest first. `asked_by` is a prefix of the `asked_by` of posts. `text`: only posts whose
        title or text has it, in any case; a page looks at a bounded number of posts, so it may have
        fewer than `limit`, or none, and a next one."""
        before = None
        if cursor is not None:
            created, (post_id,) = parse_cursor(cursor)
            before = created, post_id
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)

            def read(before: tuple[float, str] | None, most: int) -> list[StoredPost]:
                return store.page(
                    tenant, before, most, states, integration, asked_by, since, approval, between
                )

            found, last = _searched(read, before, limit, text)
            records = [self._of(tenant, post) for post in found]
        return Page(records, None if last is None else cursor_of(last.created, last.id))

    def find(self, tenant: TenantConnection, post_id: str, lock: bool = False) -> StoredPost:
        """Find a post in the caller's transaction, by Stagedoor's id or TikTok's. Raises
        `NoPost`."""
        found = store.find(tenant, post_id, lock)
        if found is None:
            by_tiktok = store.by_tiktok_id(tenant, post_id)
            found = None if by_tiktok is None else store.find(tenant, by_tiktok.id, lock)
        if found is None:
            raise NoPost
        return found

    def record(self, tenant: TenantConnection, post_id: str) -> PostRecord:
        """The post with its record, read in the caller's transaction. Raises `NoPost`."""
        record = self._of(tenant, self.find(tenant, post_id))
        waits = self._holding.words(tenant, record.post)
        record = replace(record, warnings=(*record.warnings, *waits))
        ahead = None if waits else self._queue.forecast(tenant, record.post)
        if ahead is None:
            return record
        return replace(record, expected=ahead.at).warned(ahead.warning or _cap_words(record))

    def _of(self, tenant: TenantConnection, post: StoredPost) -> PostRecord:
        return PostRecord(
            post,
            store.steps(tenant, post.id),
            self._media.of_post(tenant, post.id),
            content.warnings(post.kind, post.mode, post.content),
        )


def _cap_words(record: PostRecord) -> str | None:
    """The warning about a post that waits for TikTok's cap."""
    last = record.steps[-1] if record.steps else None
    if record.post.retry_at is None or last is None or not isinstance(last.detail, dict):
        return None
    cap = last.detail.get(CAP)
    if cap is None:
        return None
    at = datetime.fromtimestamp(record.post.retry_at, UTC)
    return (
        f"TikTok takes no more posts of this account now ({cap}): the post waits, and is tried "
        f"again at {at:%Y-%m-%dT%H:%M:%SZ}."
    )


def _searched(
    read: Callable[[tuple[float, str] | None, int], list[StoredPost]],
    before: tuple[float, str] | None,
    limit: int,
    text: str | None,
) -> tuple[list[StoredPost], StoredPost | None]:
    """The posts of a page, and the post after which the next page begins; None: it is the last."""
    if text is None:
        posts = read(before, limit + 1)
        return posts[:limit], posts[limit - 1] if len(posts) > limit else None
    wanted, found, looked = searchable(text), [], 0
    while looked < SCANNED:
        batch = read(before, _BATCH)
        for post in batch:
            if wanted in searchable(f"{post.title}\n{content.shown_text(post)}"):
                found.append(post)
                if len(found) == limit:
                    return found, post
        if len(batch) < _BATCH:
            return found, None
        looked += len(batch)
        before = batch[-1].created, batch[-1].id
    return found, batch[-1]
