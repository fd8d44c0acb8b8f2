"""Reading comments at TikTok. No database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from stagedoor.client import TikTokBusiness
from stagedoor.platform.products.business_comments import (
    MAX_COMMENTS,
    AccountCommentPage,
    CommentSortField,
    CommentSortOrder,
)

from .comments import CommentSnapshot, seen_with_replies, snapshot_of

THREAD_PAGES = 20
"""The most pages of one comment's replies that are read: the newest 600 replies."""
Client = Callable[[], TikTokBusiness]
"""Gives the client for one call."""
_LOOKED_AT = 5
"""The most pages of a thread in which a reply is looked for."""


@dataclass(frozen=True, slots=True)
class ReadComments:
    """TikTok's answer about the requested comments: those that exist, and the ids of those that
    TikTok doesn't have any more."""

    comments: list[CommentSnapshot] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)


def page(tiktok: TikTokBusiness, video: str, cursor: int | None) -> AccountCommentPage:
    """A page of a video's comments, the newest first, with a few replies of each."""
    found: AccountCommentPage = tiktok.comments.list(
        video_id=video,
        include_replies=True,
        sort_field=CommentSortField.CREATE_TIME,
        sort_order=CommentSortOrder.DESC,
        cursor=cursor,
        max_count=MAX_COMMENTS,
    )
    return found


def seen_on(found: AccountCommentPage, video: str, at: float) -> list[CommentSnapshot]:
    """The comments and replies of a page that was asked for at that time."""
    return [one for each in found.comments for one in seen_with_replies(each, video, at)]


def thread(
    client: Client, video: str, comment: str, at: float, pages: int = THREAD_PAGES
) -> Iterator[list[CommentSnapshot]]:
    """The replies to a comment, the newest first, page by page."""
    cursor: int | None = None
    for _ in range(pages):
        found: AccountCommentPage = client().comments.list_replies(
            video_id=video,
            comment_id=comment,
            sort_field=CommentSortField.CREATE_TIME,
            sort_order=CommentSortOrder.DESC,
            cursor=cursor,
            max_count=MAX_COMMENTS,
        )
        yield [snapshot_of(one, video, comment, at) for one in found.comments]
        if not found.has_more or found.cursor in (None, cursor):
            return
        cursor = found.cursor


def tops(tiktok: TikTokBusiness, video: str, ids: Collection[str], at: float) -> ReadComments:
    """Up to 30 comments at the first level, by their ids."""
    wanted = sorted(ids)
    found: AccountCommentPage = tiktok.comments.list(
        video_id=video,
        comment_ids=tuple(wanted),
        include_replies=True,
        sort_field=CommentSortField.CREATE_TIME,
        sort_order=CommentSortOrder.DESC,
        max_count=MAX_COMMENTS,
    )
    comments = [one for one in seen_on(found, video, at) if one.parent or one.id in wanted]
    return ReadComments(comments, set(wanted).difference(one.id for one in comments))


def several(
    tiktok: TikTokBusiness,
    video: str,
    wanted: Mapping[str, str | None],
    now: Callable[[], float],
) -> ReadComments:
    """Comments of one video, by their ids, each with the comment at the first level that it replies
    to. TikTok doesn't show replies of a hidden comment: nothing is known of them then."""
    first = {parent or id for id, parent in wanted.items()}
    found = tops(tiktok, video, first, now())
    for top in sorted(one.id for one in found.comments if one.parent is None and not one.hidden):
        replies = {id for id, parent in wanted.items() if parent == top}
        left = replies.difference(one.id for one in found.comments)
        if left:
            pages = thread(lambda: tiktok, video, top, now(), _LOOKED_AT)
            if _look_for(pages, left, found):
                found.gone.update(left)
    found.gone.update(id for id, parent in wanted.items() if parent in found.gone)
    return found


def _look_for(pages: Iterable[list[CommentSnapshot]], left: set[str], found: ReadComments) -> bool:
    """Look for replies in a thread; whether it was read to its end with some still `left`."""
    number = 0
    for number, page_ in enumerate(pages, 1):  # noqa: B007
        found.comments.extend(page_)
        left.difference_update(one.id for one in page_)
        if not left:
            return False
    return number < _LOOKED_AT
