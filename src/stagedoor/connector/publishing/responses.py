"""JSON schemas of posts: responses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from ..pages import Page
from ..shapes import ResponseModel, moment
from . import content
from .approval_state import ApprovalState, PostApproval
from .drafts import BegunPost
from .journal import PostStep
from .posts import Mode, PostKind
from .service import PostRecord
from .states import PostState, Visibility


class StepShown(ResponseModel):
    """A step on a post's way to TikTok."""

    step: str
    """The name of the step, such as `init` or `upload`."""
    attempt: int
    """The number of the attempt, from 1."""
    started: datetime
    """When the step began, in UTC."""
    ended: datetime | None
    """When its outcome was known, in UTC; null: not yet."""
    outcome: str | None
    """How it ended; null: not yet."""
    log_id: str | None
    detail: Any
    """More for programs; its fields depend on the step."""


class FailureShown(ResponseModel):
    """`reason` is TikTok's own where there is one; `remedy` says what to do."""

    reason: str
    """TikTok's own reason where there is one, else the service's."""
    message: str
    """The reason of the failure, for people."""
    remedy: str
    """The next step."""
    log_id: str | None
    retryable: bool
    """Whether the post may be retried as it is."""
    retry_at: datetime | None
    """When the service retries by itself, in UTC; null: it doesn't."""


class MediaShown(ResponseModel):
    """A file of a post."""

    upload_id: str
    """The id of the file."""
    kind: str
    """`video` or `photo`."""
    received: int
    """How many bytes have arrived."""
    size: int | None
    """The file's length in bytes; null: unknown until it is complete."""
    complete: bool
    """Whether the whole file has arrived."""


class ConsentShown(ResponseModel):
    """A person's consent to post, as the application recorded it with the post."""

    text: str
    """The declaration that the person saw."""
    accepted_at: datetime
    """When the person agreed, RFC 3339."""
    by: str | None
    """The person who agreed, by the application's own id."""
    preview_shown: bool | None
    """Whether the person saw a preview; null: not recorded."""


class PostApprovalShown(ResponseModel):
    """An admin's approval of a member's post, where the organisation asks for it."""

    state: ApprovalState
    """waiting, approved or refused."""
    revision: str
    """Identifies what is approved; it changes with the post's content, settings and time."""
    asked_by: str
    """The user who asked, as their token's subject."""
    asked_at: datetime
    """When they asked, RFC 3339 in UTC."""
    decided_by: str | None
    """The admin who decided; null while the post waits."""
    decided_at: datetime | None
    """When the admin decided, RFC 3339 in UTC."""
    reason: str | None
    """Why the post was refused."""

    @classmethod
    def of(cls, approval: PostApproval) -> Self:
        return cls(
            state=approval.state,
            revision=approval.revision,
            asked_by=approval.asked_by,
            asked_at=moment(approval.asked_at),
            decided_by=approval.decided_by,
            decided_at=moment(approval.decided_at),
            reason=approval.reason,
        )


class PostShown(ResponseModel):
    """A post."""

    publish_id: str
    """The id of the post here."""
    tiktok_publish_id: str | None
    """TikTok's publish id; null until TikTok knows the post."""
    integration_id: str
    """The account that the post is for."""
    kind: PostKind
    """The post's kind of media."""
    mode: Mode
    """Whether it is published directly or finished by the creator."""
    state: PostState
    """How far the post is."""
    visibility: Visibility
    """The post's visibility at TikTok, as far as it is known."""
    title: str
    """The organisation's label."""
    caption: str | None
    """The text that TikTok shows."""
    settings: dict[str, Any]
    """The settings that were chosen, by the names of the request."""
    publish_at: datetime | None
    """When the post is to be published, in UTC; null: no time is set."""
    expected_at: datetime | None
    """When the post will go out within TikTok's limits for the account, RFC 3339 in UTC; null for a
    draft, a post that TikTok has, and in lists."""
    created: datetime
    """When the post was created, in UTC."""
    updated: datetime
    """When the post last changed, in UTC."""
    ended: datetime | None
    """When the post reached a final state, in UTC."""
    public_ids: list[str]
    """TikTok's ids of the published post, once known."""
    link: str | None
    """The post's public address, once known."""
    failure: FailureShown | None
    """Why the post failed, and what to do; null: it didn't."""
    retry_at: datetime | None
    """When the service goes on by itself, in UTC; null: nothing waits."""
    approval: PostApprovalShown | None
    """An admin's approval; null for a post that needed none."""
    consent: ConsentShown | None
    """The person's consent; null: none was recorded."""
    media: list[MediaShown]
    """The post's files."""
    warnings: list[str]
    """Warnings about the post, in words."""
    history: list[StepShown]
    """The steps so far, in their order."""

    @classmethod
    def of(cls, record: PostRecord) -> Self:
        post = record.post
        failure = post.failure
        settings = {
            content.OUTSIDE.get(name, name): value
            for name, value in post.content.items()
            if name in content.VIDEO_SETTINGS or name in content.PHOTO_SETTINGS
        }
        if post.kind is PostKind.PHOTOS:
            settings["cover"] = post.content.get("cover", 0)
            settings["urls"] = list(post.content.get("urls", ()))
        elif post.content.get("video_url"):
            settings["videoUrl"] = post.content["video_url"]
        return cls(
            publish_id=post.id,
            tiktok_publish_id=post.tiktok_publish_id,
            integration_id=post.integration,
            kind=post.kind,
            mode=post.mode,
            state=post.state,
            visibility=post.visibility,
            title=post.title,
            caption=post.content.get("text"),
            settings=settings,
            publish_at=moment(post.publish_at),
            expected_at=moment(record.expected),
            created=moment(post.created),
            updated=moment(post.updated),
            ended=moment(post.ended),
            public_ids=list(post.public_ids),
            link=post.link,
            failure=None
            if failure is None
            else FailureShown(
                reason=failure.reason,
                message=failure.message,
                remedy=failure.remedy,
                log_id=failure.log_id,
                retryable=failure.retryable,
                retry_at=moment(failure.retry_at),
            ),
            retry_at=moment(post.retry_at),
            approval=None if post.approval is None else PostApprovalShown.of(post.approval),
            consent=_consent(post.content.get("consent")),
            media=[
                MediaShown(
                    upload_id=one.id,
                    kind=one.kind.value,
                    received=one.received,
                    size=one.size,
                    complete=one.complete,
                )
                for one in record.media
            ],
            warnings=list(record.warnings),
            history=[_step(step) for step in record.steps],
        )


class VideoBegun(ResponseModel):
    """`uploadUrl` is a secret for this one file, and valid for a day."""

    publish_id: str
    """The id of the new post."""
    upload_url: str | None
    """Where to send the file, by PUT or as a form: a secret for this one file, valid for a day.
    null: TikTok fetches the video, or `mediaId` named a file that is stored already."""
    post: PostShown
    """The new post."""

    @classmethod
    def of(cls, begun: BegunPost) -> Self:
        url = None if begun.upload is None else begun.upload.url
        post = PostShown.of(begun.record)
        return cls(publish_id=post.publish_id, upload_url=url, post=post)


class UploadShown(ResponseModel):
    """A place to upload one file to."""

    upload_id: str
    """The id of the file, for publish-photos."""
    upload_url: str
    """Where to send the file: a secret for this one file, valid for a day."""


class PhotosBegun(ResponseModel):
    """Places to upload photos to."""

    uploads: list[UploadShown]
    """One place for each photo, in their order."""


class PostsShown(ResponseModel):
    """A page of posts."""

    posts: list[PostShown]
    """The posts of this page, newest first."""
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[PostRecord]) -> Self:
        return cls(posts=[PostShown.of(one) for one in page.items], next_cursor=page.next_cursor)


def _consent(stored: Mapping[str, Any] | None) -> ConsentShown | None:
    return None if stored is None else ConsentShown.model_validate(stored)


def _step(step: PostStep) -> StepShown:
    return StepShown(
        step=step.name,
        attempt=step.attempt,
        started=moment(step.started),
        ended=moment(step.ended),
        outcome=step.outcome,
        log_id=step.log_id,
        detail=step.detail,
    )
