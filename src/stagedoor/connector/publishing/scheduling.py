"""When a post is published: now, at its time, at another time, or again after a failure.

Only a post that certainly had no effect is retried. A post whose outcome is unknown is settled by a
person first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import unfit
from ..media.service import MediaService
from ..schedule.store import forget, wait
from ..tenants.roles import Caller, Role
from . import content, journal, store, transitions
from .approval import ApprovalGate, revision
from .approval_state import ApprovalState
from .creator_settings import CreatorOffers
from .errors import PostChanged, PostMediaGone, WrongPostState, incomplete
from .journal import Name, StepOutcome
from .outcomes import PostFailure
from .posts import PostKind, StoredPost
from .service import PostRecord, PostsService
from .states import EDITABLE, PostState, Visibility
from .transitions import Transitions

MAX_SCHEDULE_SECONDS = 366 * 86_400.0
PAST_SECONDS = 60.0
"""How far a `publishAt` may lie in the past: clocks differ, and requests take time."""
_UNDER_WAY = (PostState.SCHEDULED, PostState.CHECKING, PostState.UPLOADING, PostState.PROCESSING)


@dataclass(frozen=True, slots=True)
class Edit:
    """The changes of a post; fields that aren't in `named` stay."""

    named: frozenset[str]
    title: str | None = None
    publish_at: float | None = None
    content: Mapping[str, Any] = field(default_factory=dict)
    resolution: str | None = None


class Scheduling:
    """Schedules posts. Thread-safe."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        media: MediaService,
        offers: CreatorOffers,
        posts: PostsService,
        transitions: Transitions,
        gate: ApprovalGate,
    ) -> None:
        self._database = database
        self._clock = clock
        self._media = media
        self._offers = offers
        self._posts = posts
        self._transitions = transitions
        self._gate = gate

    def publish(
        self,
        org: str,
        post_id: str,
        *,
        by: Caller | None = None,
        offered_checked: bool = False,
    ) -> PostRecord:
        """Publish a draft, now or when it is due. Idempotent. Where `by` may not publish without
        asking, the post waits for an admin.

        Raises `InvalidInput` for settings that the creator doesn't offer, unless `offered_checked`.
        """
        warning = None
        seen = self._posts.get(org, post_id).post
        if seen.state is PostState.DRAFT and not offered_checked:
            warning = self._check_offered(seen, seen.content)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if post.state is PostState.DRAFT:
                self.start(tenant, post, by)
            elif post.state is PostState.CANCELLED:
                raise WrongPostState("The post was cancelled: make a new one.")
            return self._posts.record(tenant, post.id).warned(warning)

    def retry(self, org: str, post_id: str, by: Caller | None = None) -> PostRecord:
        """Retry a failed post with its media; one that was changed since an admin approved it waits
        again. Raises `WrongPostState`, `PostMediaGone`."""
        warning = None
        seen = self._posts.get(org, post_id).post
        if seen.state is PostState.FAILED:
            warning = self._check_offered(seen, seen.content)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            self._try_again(tenant, post, by)
            return self._posts.record(tenant, post.id).warned(warning)

    def approve(self, org: str, post_id: str, by: Caller, seen: str | None = None) -> PostRecord:
        """Approve a post that waits, and publish it now or at its time. Idempotent.

        `seen` is the revision that the admin has seen. Raises `WrongPostState`, also for a post
        that was changed since.
        """
        warning = None
        waiting = self._posts.get(org, post_id).post
        if _waits(waiting):
            warning = self._check_offered(waiting, waiting.content)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if not _waits(post):
                if post.approval is None or post.approval.state is not ApprovalState.APPROVED:
                    raise WrongPostState("The post doesn't wait for approval.")
            elif seen is not None and seen != revision(post):
                raise PostChanged(
                    "The post was changed since you looked at it: look again, and approve its "
                    "present revision.",
                    detail={"revision": revision(post)},
                )
            elif post.state is PostState.FAILED:
                self._try_again(tenant, post, by)
            else:
                self.start(tenant, post, by)
            return self._posts.record(tenant, post.id).warned(warning)

    def refuse(self, org: str, post_id: str, by: Caller, reason: str) -> PostRecord:
        """Refuse a post that waits: it can be changed, and asked about again. Idempotent."""
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if _waits(post):
                self._gate.decide(tenant, post, by, ApprovalState.REFUSED, reason)
                self._media.unhold(tenant, post.id)
            elif post.approval is None or post.approval.state is not ApprovalState.REFUSED:
                raise WrongPostState("The post doesn't wait for approval.")
            return self._posts.record(tenant, post.id)

    def _try_again(self, tenant: TenantConnection, post: StoredPost, by: Caller | None) -> None:
        """Publish a failed post again, now or at its time. Idempotent while the retry is under way.

        Raises `WrongPostState`, `PostMediaGone`.
        """
        if post.state in _UNDER_WAY and journal.of(store.steps(tenant, post.id), Name.RETRY):
            return
        if post.state is not PostState.FAILED:
            raise WrongPostState(_why_not(post.state))
        if post.public_ids:
            raise WrongPostState(
                "TikTok told of a public post of this one: it isn't published again."
            )
        self._hold_media(tenant, post)
        if not self._may_go(tenant, post, by):
            return
        now = self._clock.now()
        later = post.publish_at is not None and post.publish_at > now
        self._transitions.move(
            tenant,
            post,
            PostState.SCHEDULED if later else PostState.CHECKING,
            begun=None if later else now,
            handed_over=None,
            ended=None,
            tiktok_publish_id=None,
            upload_url=None,
            chunk_size=None,
            visibility=Visibility.UNKNOWN.value,
            failure=None,
            woken=False,
        )
        step = store.begin_step(tenant, post.id, Name.RETRY.value, _tries(tenant, post) + 1, now)
        before = None if post.failure is None else {"after": post.failure.reason}
        store.end_step(tenant, step.key, now, StepOutcome.OK.value, None, before)
        wait(
            tenant.connection,
            transitions.PUBLISH,
            post.ref,
            (post.publish_at or now) if later else now,
        )

    def _hold_media(self, tenant: TenantConnection, post: StoredPost) -> None:
        if post.content.get("video_url") or post.content.get("urls"):
            return
        media = self._media.of_post(tenant, post.id)
        if not media or not self._media.hold_again(tenant, post.id):
            raise _no_longer_kept(post)
        if not all(medium.complete for medium in media):
            raise PostMediaGone("The post's file never came whole: make a new post.")

    def _may_go(
        self, tenant: TenantConnection, post: StoredPost, by: Caller | None, tell: bool = True
    ) -> bool:
        """Whether the post may be published. Otherwise it waits for an admin from now on."""
        if by is not None and self._gate.stops(tenant, post, by):
            self._gate.ask(tenant, post, by, tell)
            return False
        if by is not None and _waits(post):
            self._gate.decide(tenant, post, by, ApprovalState.APPROVED)
        return True

    def start(
        self,
        tenant: TenantConnection,
        post: StoredPost,
        by: Caller | None = None,
        tell: bool = True,
    ) -> None:
        """Publish a draft now or at its time, in the caller's transaction; where `by` may not
        publish without asking, it waits for an admin, who is told unless `tell` is false.
        Raises `NotUploaded`, and `PostMediaGone` for a post without a file."""
        if not (post.content.get("video_url") or post.content.get("urls")):
            media = self._media.of_post(tenant, post.id)
            if not media:
                raise _no_longer_kept(post)
            for medium in media:
                if not medium.complete:
                    raise incomplete(medium, "The file")
        if not self._may_go(tenant, post, by, tell):
            return
        self._media.hold(tenant, post.id)
        now = self._clock.now()
        if post.publish_at is not None and post.publish_at > now:
            self._transitions.move(tenant, post, PostState.SCHEDULED)
            wait(tenant.connection, transitions.PUBLISH, post.ref, post.publish_at)
        else:
            self._transitions.move(tenant, post, PostState.CHECKING, begun=now)
            wait(tenant.connection, transitions.PUBLISH, post.ref, now)

    def change(self, org: str, post_id: str, edit: Edit, by: Caller | None = None) -> PostRecord:
        """Change a post that hasn't begun or that failed, change a title at any time, or settle an
        unknown outcome.

        A value of None removes a setting.
        """
        self.check(edit.publish_at)
        seen = self._posts.get(org, post_id).post
        warning = self._check_edit(seen, edit)
        with self._database.begin() as connection:
            tenant = TenantConnection(connection, org)
            post = self._posts.find(tenant, post_id, lock=True)
            if edit.resolution is not None:
                self._settle(tenant, post, edit.resolution)
                post = self._posts.find(tenant, post.id)
            if edit.named - {"title", "resolution"} and post.state not in EDITABLE:
                raise WrongPostState(
                    f"The post is {post.state}: only its title can still be changed."
                )
            values: dict[str, Any] = {"updated": self._clock.now()}
            if "title" in edit.named:
                values["title"] = edit.title or ""
            if post.state in EDITABLE:
                merged = dict(post.content)
                if "title" in edit.named:
                    merged = content.with_title(post.kind, merged, edit.title)
                merged |= edit.content
                values["content"] = {k: v for k, v in merged.items() if v is not None}
            if "publish_at" in edit.named:
                values["publish_at"] = edit.publish_at
            store.change(tenant, post.id, **values)
            if "publish_at" in edit.named and post.state is PostState.SCHEDULED:
                self._reschedule(tenant, post, edit.publish_at)
            self._ask_again(tenant, post, by)
            record = self._posts.record(tenant, post.id).warned(warning)
            return record.warned(_unscheduled(record.post) if edit.publish_at else None)

    def _ask_again(self, tenant: TenantConnection, before: StoredPost, by: Caller | None) -> None:
        """After an edit: what a member changed needs an admin's approval once more."""
        post = self._posts.find(tenant, before.id)
        if by is None or revision(before) == revision(post):
            return
        if by.role.covers(Role.ADMIN):
            if post.state is PostState.SCHEDULED and post.approval is not None:
                self._gate.decide(tenant, post, by, ApprovalState.APPROVED)
        elif _waits(post):
            self._gate.ask(tenant, post, by)
        elif post.state is PostState.SCHEDULED and self._gate.stops(tenant, post, by):
            self._reschedule(tenant, post, None)
            self._gate.ask(tenant, self._posts.find(tenant, post.id), by)

    def _check_edit(self, post: StoredPost, edit: Edit) -> str | None:
        """Refuse a privacy level that the creator doesn't offer now.

        A draft or failed post of an account that can't post now may be corrected all the same.
        """
        values = {**post.content, **edit.content}
        level = "privacy_level" in edit.content
        if post.state is PostState.SCHEDULED and (edit.publish_at or level):
            return self._check_offered(post, values)
        if post.state in EDITABLE and level:
            return self._offers.check_draft(
                post.org, post.integration, post.kind, post.mode, values
            )
        return None

    def _reschedule(
        self, tenant: TenantConnection, post: StoredPost, publish_at: float | None
    ) -> None:
        """Publish a scheduled post at another time. Without a time it becomes a draft again: only
        `publish` publishes a draft."""
        if publish_at is None:
            self._transitions.move(tenant, post, PostState.DRAFT)
            self._media.unhold(tenant, post.id)
            forget(tenant.connection, transitions.PUBLISH, post.ref)
        else:
            wait(tenant.connection, transitions.PUBLISH, post.ref, publish_at)

    def _settle(self, tenant: TenantConnection, post: StoredPost, resolution: str) -> None:
        if post.state is not PostState.UNKNOWN:
            raise WrongPostState(
                f"The post is {post.state}: only an unknown outcome can be settled."
            )
        if resolution == "published":
            self._transitions.move(tenant, post, PostState.PUBLISHED, failure=None)
        else:
            failure = PostFailure(
                "not_published", "A person looked: TikTok didn't publish it.", "Post it again."
            )
            self._transitions.move(tenant, post, PostState.FAILED, failure=failure.stored())
        forget(tenant.connection, transitions.FOLLOW, post.ref)

    def _check_offered(self, post: StoredPost, values: Mapping[str, Any]) -> str | None:
        """Refuse now the settings that would fail when the post is sent, because the creator
        doesn't offer them."""
        return self._offers.check(post.org, post.integration, post.kind, post.mode, values)

    def check(self, publish_at: float | None) -> None:
        """Raises `InvalidInput` for a time at which the post can't be published."""
        if publish_at is None:
            return
        ahead = publish_at - self._clock.now()
        if ahead > MAX_SCHEDULE_SECONDS:
            raise unfit("publishAt", "is more than a year ahead")
        if ahead < -PAST_SECONDS:
            raise unfit(
                "publishAt",
                "is in the past: name a later time (a post without publishAt goes out when "
                "publish-video is called)",
            )


def _unscheduled(post: StoredPost) -> str | None:
    """The warning about a post with a time at which it isn't published."""
    if post.state not in (PostState.DRAFT, PostState.FAILED) or _waits(post):
        return None
    if post.state is PostState.FAILED:
        return "publishAt: the post failed and isn't scheduled: call retry to publish it then."
    return "publishAt: the post is a draft and isn't scheduled: call publish-video to schedule it."


def _waits(post: StoredPost) -> bool:
    """Whether the post waits for an admin's approval."""
    return (
        post.state in (PostState.DRAFT, PostState.FAILED)
        and post.approval is not None
        and post.approval.state is ApprovalState.WAITING
    )


def _no_longer_kept(post: StoredPost) -> PostMediaGone:
    what = "photos are" if post.kind is PostKind.PHOTOS else "file is"
    return PostMediaGone(f"The post's {what} no longer kept: make a new post.")


def _tries(tenant: TenantConnection, post: StoredPost) -> int:
    return len(journal.of(store.steps(tenant, post.id), Name.RETRY))


def _why_not(state: PostState) -> str:
    match state:
        case PostState.UNKNOWN:
            return (
                "It isn't known whether TikTok published this post: look, and settle it with PATCH "
                '{"resolution": "published"} or {"resolution": "notPublished"} first.'
            )
        case PostState.DRAFT:
            return "The post is a draft: publish it with publish-video."
        case PostState.CANCELLED:
            return "The post was cancelled: make a new one."
        case _:
            return f"The post is {state}: only a failed post can be tried again."
