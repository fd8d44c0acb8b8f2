"""Routes of posts, and of TikTok's operations that a caller may use directly."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from ..api import CallerIs, NewId, needs, router
from ..bodies import takes
from ..documented import raises
from ..errors import bad_span
from ..media.errors import STORE_ERRORS
from ..provided import provided
from ..queries import Cursor, QueryTime
from ..tenants.roles import Role
from . import approval_routes, audit_pack_routes, bulk_routes, composer_routes, content, operations
from .approval_state import ApprovalState
from .cancelling import Cancelling
from .drafts import Drafts
from .errors import ACCOUNT_ERRORS, POST_ERRORS, TIKTOK_ERRORS, NoPost, WrongPostState
from .responses import PhotosBegun, PostShown, PostsShown, UploadShown, VideoBegun
from .scheduled_media import ScheduledMedia
from .scheduling import Edit, Scheduling
from .schemas import (
    InitPhotoUpload,
    InitVideoUpload,
    PatchPost,
    PublishIdBody,
    PublishPhotos,
    checked,
    seconds,
)
from .service import PostsService
from .states import EDITABLE, PostState

UPSTREAM = "/api/upstream/call/tiktok-provider"
ROUTER: APIRouter = router(tags=["posts"])

PostsAre = Annotated[PostsService, provided(PostsService)]
DraftsAre = Annotated[Drafts, provided(Drafts)]
SchedulingIs = Annotated[Scheduling, provided(Scheduling)]
CancellingIs = Annotated[Cancelling, provided(Cancelling)]
ScheduledMediaAre = Annotated[ScheduledMedia, provided(ScheduledMedia)]

_READS = [needs(Role.VIEWER)]
_WRITES = [needs(Role.MEMBER)]


@ROUTER.post(f"{UPSTREAM}/init-video-upload", dependencies=_WRITES)
@raises(*ACCOUNT_ERRORS, *STORE_ERRORS, *TIKTOK_ERRORS)
def init_video_upload(caller: CallerIs, drafts: DraftsAre, body: InitVideoUpload) -> VideoBegun:
    """Create a draft of a video, and a URL to upload its file to."""
    begun = drafts.begin_video(
        caller.org,
        body.integration_id,
        body.mode,
        body.title,
        body.content(),
        seconds(body.publish_at),
        body.size,
        upload=body.media_id,
    )
    return VideoBegun.of(begun)


@ROUTER.post(f"{UPSTREAM}/publish-video", dependencies=_WRITES)
@raises(*POST_ERRORS)
async def publish_video(
    caller: CallerIs, scheduling: SchedulingIs, media: ScheduledMediaAre, body: PublishIdBody
) -> PostShown:
    """Publish a video, now or at its scheduled time. Idempotent for a publishId.

    A file that TikTok wouldn't accept isn't scheduled.
    """
    warning = await media.check_draft(caller.org, body.publish_id)
    record = await run_in_threadpool(
        partial(scheduling.publish, caller.org, body.publish_id, by=caller)
    )
    return PostShown.of(record.warned(warning))


@ROUTER.post(f"{UPSTREAM}/init-photo-upload", dependencies=_WRITES)
@raises(*STORE_ERRORS)
def init_photo_upload(caller: CallerIs, drafts: DraftsAre, body: InitPhotoUpload) -> PhotosBegun:
    """Create URLs to upload photos to; publish-photos takes their ids."""
    uploads = drafts.begin_photos(caller.org, body.count)
    return PhotosBegun(
        uploads=[UploadShown(upload_id=one.media_id, upload_url=one.url) for one in uploads]
    )


@ROUTER.post(f"{UPSTREAM}/publish-photos", dependencies=_WRITES)
@takes(128 << 10)
@raises(*POST_ERRORS)
async def publish_photos(
    caller: CallerIs,
    drafts: DraftsAre,
    media: ScheduledMediaAre,
    body: PublishPhotos,
    new_id: NewId,
) -> PostShown:
    """Post photos that were uploaded, or that TikTok fetches from urls."""
    warning = None
    if body.publish_at is not None and body.uploads:
        warning = await media.check_uploads(caller.org, body.uploads)
    record = await run_in_threadpool(
        partial(
            drafts.publish_photos,
            caller.org,
            new_id,
            body.integration_id,
            body.mode,
            body.title,
            body.content(),
            body.uploads,
            seconds(body.publish_at),
            by=caller,
        )
    )
    return PostShown.of(record.warned(warning))


@ROUTER.post(f"{UPSTREAM}/post-status", dependencies=_READS)
@raises(NoPost)
def post_status(caller: CallerIs, posts: PostsAre, body: PublishIdBody) -> PostShown:
    """Show the state of a post, by Stagedoor's id or TikTok's."""
    return PostShown.of(posts.get(caller.org, body.publish_id))


@ROUTER.get(f"{UPSTREAM}/post-status", dependencies=_READS)
@raises(NoPost)
def read_post_status(
    caller: CallerIs,
    posts: PostsAre,
    publish_id: Annotated[str, Query(alias="publishId", max_length=64)],
) -> PostShown:
    """Show the state of a post, by Stagedoor's id or TikTok's."""
    return PostShown.of(posts.get(caller.org, publish_id))


@ROUTER.post(f"{UPSTREAM}/cancel-post", dependencies=_WRITES)
@raises(NoPost, WrongPostState, *ACCOUNT_ERRORS, *TIKTOK_ERRORS)
def cancel_post(caller: CallerIs, cancelling: CancellingIs, body: PublishIdBody) -> PostShown:
    """Cancel a post that TikTok doesn't know yet, or whose media it is still fetching."""
    return PostShown.of(cancelling.cancel(caller.org, body.publish_id))


@ROUTER.get("/api/posts", dependencies=_READS)
def list_posts(
    caller: CallerIs,
    posts: PostsAre,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    state: Annotated[
        list[PostState] | None, Query(description="Only posts in one of these states.")
    ] = None,
    integration_id: Annotated[str | None, Query(alias="integrationId", max_length=64)] = None,
    approval: Annotated[
        ApprovalState | None,
        Query(description="Only posts that an admin was asked about, in this state."),
    ] = None,
    since: Annotated[
        QueryTime | None,
        Query(
            alias="from",
            description="Only posts of then or later: by `publishAt`, or else `created`.",
        ),
    ] = None,
    until: Annotated[
        QueryTime | None,
        Query(
            alias="to",
            description="Only posts of before then: by `publishAt`, or else `created`.",
        ),
    ] = None,
    text: Annotated[
        str | None,
        Query(max_length=150, description="Only posts whose title or text has this, in any case."),
    ] = None,
) -> PostsShown:
    """List the organisation's posts, the last made first; `approval=waiting`: those that wait for
    an admin.

    A page of a search for `text` looks at the next 5,000 posts: it may have few or none, and a
    next page.
    """
    if since is not None and until is not None and since >= until:
        raise bad_span("from", "to")
    page = posts.page(
        caller.org,
        cursor,
        limit,
        [one.value for one in state or ()],
        integration_id,
        approval=approval,
        between=(seconds(since), seconds(until)),
        text=text or None,
    )
    return PostsShown.of(page)


@ROUTER.get("/api/posts/{publish_id}", dependencies=_READS)
def get_post(caller: CallerIs, posts: PostsAre, publish_id: str) -> PostShown:
    """Show a post with its history."""
    return PostShown.of(posts.get(caller.org, publish_id))


@ROUTER.patch("/api/posts/{publish_id}", dependencies=_WRITES)
@raises(*POST_ERRORS)
def patch_post(
    caller: CallerIs, posts: PostsAre, scheduling: SchedulingIs, publish_id: str, body: PatchPost
) -> PostShown:
    """Change a post that hasn't begun or that failed; null removes a setting.

    A title can be changed at any time, and an unknown outcome settled. Without `publishAt` a
    scheduled post becomes a draft again.
    """
    post = posts.get(caller.org, publish_id).post
    named = frozenset(body.model_fields_set)
    values = body.changes(post.kind)
    kept = dict(post.content)
    if "title" in named and (post.state in EDITABLE or body.resolution is not None):
        kept = content.with_title(post.kind, kept, body.title)
    if values or kept != post.content:
        checked(post.kind, post.mode, kept | values)
    edit = Edit(named, body.title, seconds(body.publish_at), values, body.resolution)
    return PostShown.of(scheduling.change(caller.org, publish_id, edit, caller))


@ROUTER.post("/api/posts/{publish_id}/retry", dependencies=_WRITES)
@raises(*POST_ERRORS)
def retry_post(caller: CallerIs, scheduling: SchedulingIs, publish_id: str) -> PostShown:
    """Retry a failed post with its media, now or at its publishAt; correct it by PATCH first.

    Idempotent while the retry is under way.
    """
    return PostShown.of(scheduling.retry(caller.org, publish_id, caller))


@ROUTER.delete("/api/posts/{publish_id}", dependencies=_WRITES, status_code=204)
@raises(WrongPostState)
def delete_post(caller: CallerIs, cancelling: CancellingIs, publish_id: str) -> Response:
    """Delete a post that TikTok never had; a scheduled one is cancelled."""
    cancelling.delete(caller.org, publish_id)
    return Response(status_code=204)


for _part in (approval_routes, audit_pack_routes, bulk_routes, composer_routes):
    ROUTER.include_router(_part.ROUTER)
operations.add_routes(ROUTER, UPSTREAM)
