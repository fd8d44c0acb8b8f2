"""Iteration in the Research API: pages, date ranges, search ids that aren't ready yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from stagedoor.platform.arguments import AtLeast, Says
from stagedoor.platform.model import compact_day
from stagedoor.platform.products import research
from stagedoor.platform.products.research import (
    COMMENT_FIELDS,
    MAX_PAGE,
    PAGING_INVALID,
    SEARCH_ID_INVALID,
    USER_VIDEO_FIELDS,
    VIDEO_FIELDS,
    Comment,
    Person,
    UserVideo,
    Video,
    VideoPage,
)
from stagedoor.platform.products.research import shop as research_shop
from stagedoor.platform.products.research import validation as research_validation
from stagedoor.platform.products.research.query import Query, read_date, windows, write_date
from stagedoor.platform.products.research.shop import PRODUCT_FIELDS, REVIEW_FIELDS, Product, Review
from stagedoor.platform.products.research.validation import Category, TaskStatus

from .effects import Flow, Items, Sleep
from .errors import BadRequest, InvalidRequest, WrongState
from .paging import walk, walk_each
from .parameters import BeforeSeconds, FieldNames, Handle, Limit, PageSize
from .place import Resume, SearchResumption
from .session import Session, call

T = TypeVar("T")

FirstDay = Annotated[date | str, Says("the first UTC day: a date, 20261101 or 2026-11-01")]
LastDay = Annotated[date | str, Says("the last UTC day, which is included")]
Patience = Annotated[float, AtLeast(0), Says("how many seconds to wait for TikTok to be ready")]
StoredIds = Annotated[Iterable[str], Says("ids that you keep, any number of them")]
StoredKind = Annotated[Category | str, Says("what the ids are ids of")]
PlaylistId = Annotated[str, Says("the playlist's id, which `Video.playlist_id` holds")]
ShopId = Annotated[str, Says("the shop's id, which `shops` gives")]
ProductId = Annotated[str, Says("the product's id, which `products` gives")]

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 8.0


def all_videos(
    session: Session,
    *,
    query: Query | Mapping[str, Any],
    start_date: FirstDay,
    end_date: LastDay,
    fields: FieldNames = VIDEO_FIELDS,
    limit: Limit = None,
    page_size: PageSize = MAX_PAGE,
    patience: Patience = 60.0,
    resume: Resume = None,
) -> Items[Video]:
    """All matching videos, newest first; pages are fetched on demand.

    A range of more than 30 days is split into several queries; each page counts against the
    daily quota. TikTok may not accept the previous page's search id for some seconds: the page is
    then retried, for at most `patience` seconds. Where TikTok has forgotten the search, a new one
    begins at the day of the last video, if `fields` has id and create_time. After `resume`, videos
    of that day can come a second time then: know them by their ids.
    """
    start, end = day_named(start_date, "start_date"), day_named(end_date, "end_date")
    if end < start:
        raise InvalidRequest(research.VIDEO_QUERY.id, [("end_date", "is before start_date")])

    # an old search that TikTok refuses is lost: it won't become ready
    old: set[str] = set()
    if resume is not None and session.now() - resume.at > 2 * patience:
        old = {resume.page.get("search_id", "")}

    def page(asked: dict[str, Any]) -> Flow[VideoPage]:
        return page_of_videos(session, asked, 0.0 if asked.get("search_id") in old else patience)

    common = {"query": query, "fields": tuple(fields)}
    return walk_each(
        session,
        research.VIDEO_QUERY,
        (common | {"start_date": a, "end_date": b} for a, b in windows(start, end)),
        limit=limit,
        page_size=page_size,
        resume=resume,
        fetch=page,
        search=SearchResumption(is_lost, _searched_anew, lambda video: video.id),
    )


def day_named(value: date | str, name: str) -> date:
    """The day that an argument names. Raises `InvalidRequest`."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return read_date(compact_day(value))
    except ValueError as error:
        raise InvalidRequest(research.VIDEO_QUERY.id, [(name, str(error))]) from None


def page_of_videos(session: Session, asked: dict[str, Any], patience: float) -> Flow[VideoPage]:
    """One page; retried with back-off while its search id isn't ready."""
    waited, pause = 0.0, _FIRST_PAUSE
    while True:
        try:
            page: VideoPage = yield from call(session, research.VIDEO_QUERY, asked)
        except BadRequest as error:
            if asked.get("search_id") is None or not _may_become_ready(error):
                raise
            if waited >= patience:
                raise
            pause = min(pause, patience - waited)
            yield Sleep(pause)
            waited, pause = waited + pause, min(2 * pause, _LONGEST_PAUSE)
        else:
            return page


def is_lost(asked: Mapping[str, Any], error: BadRequest) -> bool:
    """Whether the refusal of this request says that TikTok has forgotten the search."""
    return asked.get("search_id") is not None and SEARCH_ID_INVALID in error.message


def _searched_anew(video: Video) -> dict[str, Any]:
    """Results are newest first: a new search that ends with the video's day has all after it."""
    if video.id is None or not video.create_time:
        return {}
    return {"end_date": write_date(datetime.fromtimestamp(video.create_time, UTC).date())}


def _may_become_ready(error: BadRequest) -> bool:
    # the code is invalid_params for every error (research.yaml observed_messages)
    return SEARCH_ID_INVALID in error.message or PAGING_INVALID in error.message


def all_comments(
    session: Session,
    *,
    video_id: str | None = None,
    comment_id: str | None = None,
    fields: FieldNames = COMMENT_FIELDS,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Comment]:
    """The comments of a video, or the replies to a comment. TikTok returns the first 1,000."""
    asked = {"video_id": video_id, "comment_id": comment_id, "fields": tuple(fields)}
    return walk(session, research.COMMENT_LIST, asked, limit=limit, resume=resume)


def all_liked_videos(
    session: Session,
    username: Handle,
    *,
    fields: FieldNames = USER_VIDEO_FIELDS,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[UserVideo]:
    """The videos that a user liked, latest first. Refused if the list is private, as most are."""
    asked = {"username": username, "fields": tuple(fields)}
    return walk(session, research.LIKED_VIDEOS, asked, limit=limit, resume=resume)


def all_reposted_videos(
    session: Session,
    username: Handle,
    *,
    fields: FieldNames = USER_VIDEO_FIELDS,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[UserVideo]:
    """The videos that a user reposted, latest first."""
    asked = {"username": username, "fields": tuple(fields)}
    return walk(session, research.REPOSTED_VIDEOS, asked, limit=limit, resume=resume)


def all_followers(
    session: Session,
    username: Handle,
    *,
    before: BeforeSeconds = None,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Person]:
    """A user's followers, latest first."""
    asked: dict[str, Any] = {"username": username, "cursor": before}
    return walk(session, research.FOLLOWERS, asked, limit=limit, resume=resume)


def all_following(
    session: Session,
    username: Handle,
    *,
    before: BeforeSeconds = None,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Person]:
    """The users that a user follows, latest first."""
    asked: dict[str, Any] = {"username": username, "cursor": before}
    return walk(session, research.FOLLOWING, asked, limit=limit, resume=resume)


def all_playlist_videos(
    session: Session, playlist_id: PlaylistId, *, limit: Limit = None, resume: Resume = None
) -> Items[str]:
    """The ids of a playlist's videos, in the playlist's order."""
    asked = {"playlist_id": playlist_id}
    return walk(session, research.PLAYLIST_INFO, asked, limit=limit, resume=resume)


def all_products(
    session: Session,
    shop_id: ShopId,
    *,
    fields: FieldNames = PRODUCT_FIELDS,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Product]:
    """A shop's products."""
    asked = {"shop_id": shop_id, "fields": tuple(fields)}
    return walk(session, research_shop.PRODUCT, asked, limit=limit, resume=resume)


def all_reviews(
    session: Session,
    product_id: ProductId,
    *,
    fields: FieldNames = REVIEW_FIELDS,
    limit: Limit = None,
    resume: Resume = None,
) -> Items[Review]:
    """A product's reviews."""
    asked = {"product_id": product_id, "fields": tuple(fields)}
    return walk(session, research_shop.REVIEW, asked, limit=limit, resume=resume)


def still_available(
    session: Session,
    ids: StoredIds,
    *,
    category: StoredKind = Category.VIDEO,
    patience: Patience = 600.0,
) -> Flow[frozenset[str]]:
    """The given ids of videos or comments that are still available; any number of ids may be given.

    10,000 ids are checked per request. Raises `WrongState` if TikTok fails the check, or doesn't
    finish it within `patience` seconds.
    """
    listed = list(dict.fromkeys(ids))
    found: set[str] = set()
    for start in range(0, len(listed), research_validation.MAX_IDS):
        part = "\n".join(listed[start : start + research_validation.MAX_IDS])
        created: research_validation.TaskCreated = yield from call(
            session,
            research_validation.VALIDATION_CREATE,
            {"file_data": part.encode(), "category": category},
        )
        yield from _completed(session, created.task_id, patience)
        result: research_validation.ValidIds = yield from call(
            session, research_validation.VALIDATION_RESULT, {"task_id": created.task_id}
        )
        found |= set(result.ids)
    return frozenset(found)


def _completed(session: Session, task_id: str, patience: float) -> Flow[None]:
    waited, pause = 0.0, _FIRST_PAUSE / 4
    while True:
        state: research_validation.TaskState = yield from call(
            session, research_validation.VALIDATION_STATUS, {"task_id": task_id}
        )
        if state.task_status == TaskStatus.COMPLETED:
            return None
        if state.task_status == TaskStatus.FAILED or waited >= patience:
            raise WrongState(
                "validation_not_completed",
                f"task {task_id} is {state.task_status} after {waited:.0f} s",
                operation=research_validation.VALIDATION_STATUS.id,
            )
        yield Sleep(pause)
        waited, pause = waited + pause, min(2 * pause, _LONGEST_PAUSE)
