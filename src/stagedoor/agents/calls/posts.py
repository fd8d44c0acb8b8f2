"""TikTok's init, status and cancel operations, done by the service's own journalled posts.

The `publish_id` and the `upload_url` that an agent gets are Stagedoor's: what the agent sends is
published once, whichever answers are lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.errors import Conflict, ObjectNotFound
from stagedoor.connector.fetching.service import Fetched, Fetching
from stagedoor.connector.media.service import MediaKind, MediaService
from stagedoor.connector.publishing import content
from stagedoor.connector.publishing import store as rows
from stagedoor.connector.publishing.cancelling import Cancelling
from stagedoor.connector.publishing.drafts import Drafts
from stagedoor.connector.publishing.posts import Mode, PostKind, StoredPost
from stagedoor.connector.publishing.scheduling import Scheduling
from stagedoor.connector.publishing.schemas import checked
from stagedoor.connector.publishing.service import PostRecord, PostsService
from stagedoor.connector.publishing.states import PostState
from stagedoor.platform.masking import AGENT_UPLOAD
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import posting
from stagedoor.platform.products.posting import PostMode, PublishStatus

from ..identity.service import AgentCaller
from .errors import AlreadyPosted, CallOutcomeUnknown, NoSuchPost
from .request import CallAnswer, CallRequest

UPLOADS = AGENT_UPLOAD.removesuffix("/")
"""Path prefix of capability URLs that answer as TikTok's upload_url does."""
_LABEL = 100

_INITS = frozenset({posting.VIDEO_INIT.id, posting.INBOX_VIDEO_INIT.id, posting.CONTENT_INIT.id})


def does(operation: Operation[..., Any]) -> bool:
    """Whether the operation is done by a post of the service, and not by one call to TikTok."""
    return operation.id in _INITS or operation in (posting.STATUS, posting.CANCEL)


def makes(request: BaseModel) -> bool:
    """Whether the request is an init, so that `order` reads it."""
    return isinstance(request, posting.VideoInit | posting.InboxVideoInit | posting.ContentInit)


def level(request: BaseModel) -> str | None:
    """Return the privacy level that a direct post names; None otherwise."""
    if isinstance(request, posting.ContentInit) and request.post_mode != PostMode.DIRECT_POST:
        return None
    if not isinstance(request, posting.VideoInit | posting.ContentInit):
        return None
    found = request.post_info.privacy_level
    return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class PostOrder:
    """A post to make, in the service's own names."""

    kind: PostKind
    mode: Mode
    values: Mapping[str, Any]
    size: int | None
    urls: tuple[str, ...]
    """URLs from which the media are fetched."""


def order(request: BaseModel, uploaded: bool) -> PostOrder:
    """Return an init's request as an order. Raises `InvalidInput` for what TikTok would reject."""
    if isinstance(request, posting.ContentInit):
        return _photos(request, uploaded)
    if not isinstance(request, posting.VideoInit | posting.InboxVideoInit):
        raise TypeError(f"{type(request).__name__} makes no post")
    source = request.source_info
    url, size = None, None
    if isinstance(source, posting.PullFromUrl):
        url = source.video_url
    else:
        size = source.video_size
    values: dict[str, Any] = {"video_url": None if uploaded else url}
    mode = Mode.DRAFT
    if isinstance(request, posting.VideoInit):
        mode = Mode.DIRECT
        info = request.post_info
        values |= {name: getattr(info, name) for name in content.VIDEO_SETTINGS}
        values["text"] = info.title
    urls = (url,) if url is not None else ()
    return PostOrder(PostKind.VIDEO, mode, checked(PostKind.VIDEO, mode, values), size, urls)


def _photos(request: posting.ContentInit, uploaded: bool) -> PostOrder:
    mode = Mode.DIRECT if request.post_mode == PostMode.DIRECT_POST else Mode.DRAFT
    info, source = request.post_info, request.source_info
    urls = tuple(source.photo_images)
    values: dict[str, Any] = {name: getattr(info, name) for name in content.PHOTO_SETTINGS}
    values |= {
        "photo_title": info.title,
        "text": info.description,
        "is_aigc": request.is_aigc,
        "cover": source.photo_cover_index,
        "urls": [] if uploaded else list(urls),
    }
    return PostOrder(PostKind.PHOTOS, mode, checked(PostKind.PHOTOS, mode, values), None, urls)


class AgentPosts:
    """Makes and cancels the posts that agents ask for. Shared by all threads."""

    def __init__(
        self,
        *,
        public_url: str,
        database: Database,
        media: MediaService,
        posts: PostsService,
        drafts: Drafts,
        scheduling: Scheduling,
        cancelling: Cancelling,
        fetching: Fetching,
    ) -> None:
        self._public_url = public_url
        self._database = database
        self._media = media
        self._posts = posts
        self._drafts = drafts
        self._scheduling = scheduling
        self._cancelling = cancelling
        self._fetching = fetching

    def begin(
        self,
        caller: AgentCaller,
        account: str,
        call: CallRequest,
        request: BaseModel,
        post_id: str | None,
        asked_by: str,
    ) -> CallAnswer:
        """Make the post, and publish it unless its file is still to come.

        If a draft exists under `post_id`, its file arrived after its call and a person has approved
        the draft since. The call was checked against creator-info when it was decided.
        """
        uploads, org = call.uploads, caller.org
        check_free(self._database, self._media, org, caller.agent_id, uploads, post_id)
        if post_id is not None and uploads and self._is_draft(org, post_id):
            self._scheduling.publish(org, post_id, offered_checked=True)
            return CallAnswer({"publish_id": post_id})
        asked = order(request, bool(uploads))
        label = str(asked.values.get("text") or asked.values.get("photo_title") or "")[:_LABEL]
        if asked.kind is PostKind.PHOTOS:
            record = self._drafts.publish_photos(
                org,
                post_id or asked_by.replace("/", "-"),
                account,
                asked.mode,
                label,
                asked.values,
                uploads,
                asked_by=asked_by,
                offered_checked=True,
            )
            return CallAnswer({"publish_id": record.post.id}, post=record.post.id)
        begun = self._drafts.begin_video(
            org,
            account,
            asked.mode,
            label,
            asked.values,
            size=asked.size,
            post_id=post_id,
            upload=uploads[0] if uploads else None,
            asked_by=asked_by,
            at_once=True,
            offered_checked=True,
        )
        publish_id = begun.record.post.id
        if begun.upload is None:
            return CallAnswer({"publish_id": publish_id}, post=publish_id)
        url = upload_url(self._public_url, begun.upload.url)
        return CallAnswer({"publish_id": publish_id, "upload_url": url}, post=publish_id)

    def _is_draft(self, org: str, post_id: str) -> bool:
        with self._database.read() as connection:
            post = rows.find(TenantConnection(connection, org), post_id)
        return post is not None and post.state is PostState.DRAFT

    def fetched(self, org: str, request: BaseModel, post_id: str) -> list[tuple[str, str]]:
        """Fetch the media that a call names. Returns their ids, each with the SHA-256 of its
        bytes; an empty list if the post exists already."""
        with self._database.read() as connection:
            if self._posts.exists(TenantConnection(connection, org), post_id):
                return []
        return [
            (one.medium.id, one.digest)
            for one in fetch(self._drafts, self._fetching, org, order(request, False))
        ]

    def discard(self, org: str, uploads: Sequence[str]) -> None:
        """Delete fetched media that no post uses."""
        for media_id in uploads:
            self._media.discard(org, media_id)

    def status(self, org: str, account: str, publish_id: str) -> dict[str, Any]:
        """Return a post's status in TikTok's form. Raises `NoSuchPost`, `CallOutcomeUnknown`."""
        return status(self._posts, org, account, publish_id)

    def cancel(self, org: str, account: str, publish_id: str) -> dict[str, Any]:
        """Cancel a post. Raises `NoSuchPost`, and `WrongPostState` if it is too late."""
        self._cancelling.cancel(org, find(self._posts, org, account, publish_id).post.id)
        return {}


def upload_url(public_url: str, url: str) -> str:
    """Return the address to which an agent sends a file, for an upload address of the service."""
    return f"{public_url}{UPLOADS}/{url.rpartition('/')[2]}"


def awaits_file(call: CallRequest, request: BaseModel) -> bool:
    """Whether the call makes a post whose file the agent sends afterwards."""
    if call.uploads or not isinstance(request, posting.VideoInit | posting.InboxVideoInit):
        return False
    return not isinstance(request.source_info, posting.PullFromUrl)


def fetches(call: CallRequest, request: BaseModel) -> bool:
    """Whether Stagedoor has to fetch the media of the call first."""
    return call.fetch and not call.uploads and makes(request) and bool(order(request, False).urls)


def check_free(
    database: Database,
    media: MediaService,
    org: str,
    agent_id: str,
    uploads: Sequence[str],
    own: str | None,
) -> None:
    """Raises `AlreadyPosted` or `Conflict` if a file belongs to another post, or waits for a
    person.

    `own` is the post, or the approval, that the files may belong to.
    """
    with database.read() as connection:
        tenant = TenantConnection(connection, org)
        found = [media.find(tenant, one) for one in uploads]
        taken = {one.post for one in found if one is not None} - {None, own}
        for holder in sorted(one for one in taken if one is not None):
            post = rows.find(tenant, holder)
            if post is None:
                raise Conflict(
                    f"This file waits for a person as approval {holder}: check_approval tells "
                    "what was decided. Nothing else was done."
                )
            if post.state in (PostState.FAILED, PostState.CANCELLED):
                raise Conflict(
                    f"The post that this file was for is {post.state}: upload the file again."
                )
            raise _already_posted(agent_id, post)


def _already_posted(agent_id: str, post: StoredPost) -> AlreadyPosted:
    own = (post.asked_by or "").startswith(f"{agent_id}/")
    which = f"your post {post.id}: check_post tells where it is" if own else "another agent's post"
    return AlreadyPosted(
        f"This file is in {which}. No second post was made. Only if a person wants one more post "
        "of the same file: send it to a new begin_upload.",
        detail={"publishId": post.id} if own else None,
    )


def fetch(drafts: Drafts, fetching: Fetching, org: str, asked: PostOrder) -> Sequence[Fetched]:
    """Fetch the URLs of an order. Raises `InvalidInput`, and the errors of fetching."""
    if asked.kind is PostKind.PHOTOS:
        drafts.check_pulled()
        return fetching.fetch(org, asked.urls, MediaKind.PHOTO)
    return fetching.fetch(org, asked.urls, MediaKind.VIDEO)


def status(posts: PostsService, org: str, account: str, publish_id: str) -> dict[str, Any]:
    """Return a post's status in TikTok's form. Raises `NoSuchPost`, `CallOutcomeUnknown`."""
    record = find(posts, org, account, publish_id)
    post = record.post
    if post.state is PostState.UNKNOWN:
        failure = post.failure
        why = "" if failure is None else f" {failure.message} {failure.remedy}"
        raise CallOutcomeUnknown(f"It isn't known whether this post was published.{why}")
    told = where(post)
    if not post.pulled:
        told["uploaded_bytes"] = sum(medium.received for medium in record.media)
    return told


def where(post: StoredPost) -> dict[str, Any]:
    """Return the status of a post in TikTok's words, and UNKNOWN where TikTok has no word."""
    told: dict[str, Any] = {"status": _status(post)}
    if post.state is PostState.FAILED and post.failure is not None:
        told["fail_reason"] = post.failure.reason
    if post.state is PostState.CANCELLED:
        told["fail_reason"] = posting.FailReason.CANCELLED.value
    if post.public_ids:
        told["publicaly_available_post_id"] = list(post.public_ids)
    return told


_WORDS = {
    PostState.PUBLISHED: PublishStatus.PUBLISH_COMPLETE,
    PostState.IN_INBOX: PublishStatus.SEND_TO_USER_INBOX,
    PostState.FAILED: PublishStatus.FAILED,
    PostState.CANCELLED: PublishStatus.FAILED,
}


def _status(post: StoredPost) -> str:
    if post.state is PostState.UNKNOWN:
        return "UNKNOWN"
    under_way = PublishStatus.PROCESSING_UPLOAD
    if post.pulled:
        under_way = PublishStatus.PROCESSING_DOWNLOAD
    return _WORDS.get(post.state, under_way).value


def find(posts: PostsService, org: str, account: str, publish_id: str) -> PostRecord:
    """Return a post of this account. Raises `NoSuchPost`."""
    record = None
    # PostgreSQL accepts no text with a NUL, not even as a search value
    if publish_id.isprintable():
        with suppress(ObjectNotFound):
            record = posts.get(org, publish_id)
    if record is None or record.post.integration != account:
        raise NoSuchPost("No post of this account that was made through Stagedoor has this id.")
    return record
