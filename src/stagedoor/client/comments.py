"""Iteration through the comments on an account's posts, and through the replies to a comment."""

from __future__ import annotations

from typing import Annotated, Any

from stagedoor.platform.arguments import Says
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_comments
from stagedoor.platform.products.business_comments import (
    AccountComment,
    CommentSortField,
    CommentSortOrder,
    CommentVisibility,
)

from .account_posts import BusinessId
from .effects import Flow, Items
from .paging import walk
from .parameters import Limit, PageSize
from .session import Session, call

_PAGE = 30

VideoId = Annotated[str | int, Says("the `item_id` of a post of the account")]
CommentId = Annotated[str | int, Says("a comment at the first level")]
Status = Annotated[
    CommentVisibility | str | None, Says("PUBLIC leaves hidden comments out; None: all of them")
]


def all_comments(
    session: Session,
    *,
    video_id: VideoId,
    status: Status = None,
    business_id: BusinessId = "",
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[AccountComment]:
    """The comments on a post, newest first, each once; pages are fetched on demand.

    TikTok repeats comments on pages beyond about 500 comments: repetitions are left out.
    """
    asked = _asked(business_id, status) | {"video_id": str(video_id)}
    return _each_once(session, business_comments.COMMENT_LIST, asked, page_size, limit)


def all_replies(
    session: Session,
    *,
    video_id: VideoId,
    comment_id: CommentId,
    status: Status = None,
    business_id: BusinessId = "",
    page_size: PageSize = _PAGE,
    limit: Limit = None,
) -> Items[AccountComment]:
    """The replies to a comment, newest first, each once; pages are fetched on demand."""
    asked = _asked(business_id, status) | {
        "video_id": str(video_id),
        "comment_id": str(comment_id),
    }
    return _each_once(session, business_comments.COMMENT_REPLY_LIST, asked, page_size, limit)


def _asked(business_id: str, status: CommentVisibility | str | None) -> dict[str, Any]:
    """The request's values. The smart order isn't stable, so pages of it can't be joined."""
    asked = {
        "status": status,
        "sort_field": CommentSortField.CREATE_TIME,
        "sort_order": CommentSortOrder.DESC,
    }
    return asked | ({"business_id": business_id} if business_id else {})


def _each_once(
    session: Session,
    operation: Operation[..., Any],
    asked: dict[str, Any],
    page_size: int,
    limit: int | None,
) -> Items[AccountComment]:
    seen: set[str] = set()

    def fetch(wanted: dict[str, Any]) -> Flow[Any]:
        page = yield from call(session, operation, wanted)
        fresh = tuple(one for one in page.comments if one.comment_id not in seen)
        seen.update(one.comment_id for one in fresh)
        return page.model_copy(update={"comments": fresh})

    return walk(session, operation, asked, limit=limit, page_size=page_size, fetch=fetch)
