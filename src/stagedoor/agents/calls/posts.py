"""TikTok's inits, status and cancel, done by the service's own journalled posts.

An agent's `publish_id` is Stagedoor's, and so is its `upload_url`: what it sends is published
once, whatever is lost on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from stagedoor.connector.errors import NotFound
from stagedoor.connector.fetching.service import Fetched
from stagedoor.connector.media.service import Kind as MediaKind
from stagedoor.connector.publishing import content
from stagedoor.connector.publishing.posts import Kind, Mode, Post
from stagedoor.connector.publishing.schemas import checked
from stagedoor.connector.publishing.service import Record
from stagedoor.connector.publishing.states import State
from stagedoor.platform import posting
from stagedoor.platform.operation import Operation
from stagedoor.platform.posting import PostMode, PublishStatus

from .errors import NoSuchPost, OutcomeUnknown
from .wanted import Done, Wanted

if TYPE_CHECKING:
    from stagedoor.connector.services import Services

UPLOADS = "/agents/upload"
"""Below it, a capability answers as TikTok's upload_url does."""
_LABEL = 100

_INITS = frozenset({posting.VIDEO_INIT.id, posting.INBOX_VIDEO_INIT.id, posting.CONTENT_INIT.id})


def does(operation: Operation[..., Any]) -> bool:
    """Whether it is done here, and not by one call to TikTok."""
    return operation.id in _INITS or operation in (posting.STATUS, posting.CANCEL)


def makes(request: BaseModel) -> bool:
    """Whether it is an init, and so an `order`."""
    return isinstance(request, posting.VideoInit | posting.InboxVideoInit | posting.ContentInit)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be posted, by the service's own names."""

    kind: Kind
    mode: Mode
    values: Mapping[str, Any]
    size: int | None
    urls: tuple[str, ...]
    """Where the media are to be fetched from."""


def order(request: BaseModel, uploaded: bool) -> Order:
    """An init's request as a post. Raises `BadRequest` for what TikTok wouldn't take."""
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
    return Order(Kind.VIDEO, mode, checked(Kind.VIDEO, mode, values), size, urls)


def _photos(request: posting.ContentInit, uploaded: bool) -> Order:
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
    return Order(Kind.PHOTOS, mode, checked(Kind.PHOTOS, mode, values), None, urls)


def begin(
    services: Services,
    org: str,
    account: str,
    wanted: Wanted,
    request: BaseModel,
    post_id: str | None,
    asked_by: str,
) -> Done:
    """Make the post, and publish it unless its file is still to come."""
    uploads = wanted.uploads
    asked = order(request, bool(uploads))
    if wanted.fetch and asked.urls and not uploads:
        post_id = post_id or asked_by.replace("/", "-")
        uploads = _fetched(services, org, asked, post_id)
        asked = order(request, True)
    label = str(asked.values.get("text") or asked.values.get("photo_title") or "")[:_LABEL]
    if asked.kind is Kind.PHOTOS:
        record = services.posts.publish_photos(
            org,
            post_id or asked_by.replace("/", "-"),
            account,
            asked.mode,
            label,
            asked.values,
            uploads,
            asked_by=asked_by,
        )
        return Done({"publish_id": record.post.id}, post=record.post.id)
    begun = services.posts.begin_video(
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
    )
    publish_id = begun.record.post.id
    if begun.upload is None:
        return Done({"publish_id": publish_id}, post=publish_id)
    capability = begun.upload.url.rpartition("/")[2]
    url = f"{services.settings.public_url}{UPLOADS}/{capability}"
    return Done({"publish_id": publish_id, "upload_url": url}, post=publish_id)


def _fetched(services: Services, org: str, asked: Order, post_id: str) -> tuple[str, ...]:
    """The media that an order names, fetched here; none for a post that was made before."""
    try:
        services.posts.get(org, post_id)
    except NotFound:
        return tuple(one.medium.id for one in fetch(services, org, asked))
    return ()


def fetch(services: Services, org: str, asked: Order) -> Sequence[Fetched]:
    """What an order's URLs name. Raises `BadRequest`, and what fetching raises."""
    if asked.kind is Kind.PHOTOS:
        services.posts.check_pulled()
        return services.fetching.fetch(org, asked.urls, MediaKind.PHOTO)
    return services.fetching.fetch(org, asked.urls, MediaKind.VIDEO)


def status(services: Services, org: str, account: str, publish_id: str) -> dict[str, Any]:
    """Where a post is, as TikTok would say it. Raises `NoSuchPost`, `OutcomeUnknown`."""
    record = find(services, org, account, publish_id)
    post = record.post
    if post.state is State.UNKNOWN:
        failure = post.failure
        why = "" if failure is None else f" {failure.message} {failure.remedy}"
        raise OutcomeUnknown(f"It isn't known whether this post was published.{why}")
    told: dict[str, Any] = {"status": _status(post).value}
    if not post.pulled:
        told["uploaded_bytes"] = sum(medium.received for medium in record.media)
    if post.state is State.FAILED and post.failure is not None:
        told["fail_reason"] = post.failure.reason
    if post.state is State.CANCELLED:
        told["fail_reason"] = posting.FailReason.CANCELLED.value
    if post.public_ids:
        told["publicaly_available_post_id"] = list(post.public_ids)
    return told


_WORDS = {
    State.PUBLISHED: PublishStatus.PUBLISH_COMPLETE,
    State.IN_INBOX: PublishStatus.SEND_TO_USER_INBOX,
    State.FAILED: PublishStatus.FAILED,
    State.CANCELLED: PublishStatus.FAILED,
}


def _status(post: Post) -> PublishStatus:
    under_way = PublishStatus.PROCESSING_UPLOAD
    if post.pulled:
        under_way = PublishStatus.PROCESSING_DOWNLOAD
    return _WORDS.get(post.state, under_way)


def cancel(services: Services, org: str, account: str, publish_id: str) -> dict[str, Any]:
    """Raises `NoSuchPost`, and `WrongState` where it is too late."""
    services.posts.cancel(org, find(services, org, account, publish_id).post.id)
    return {}


def find(services: Services, org: str, account: str, publish_id: str) -> Record:
    """A post of this account."""
    record = None
    # PostgreSQL takes no text with a NUL in it, not even to look for it
    if publish_id.isprintable():
        with suppress(NotFound):
            record = services.posts.get(org, publish_id)
    if record is None or record.post.integration != account:
        raise NoSuchPost("No post of this account that was made through Stagedoor has this id.")
    return record
