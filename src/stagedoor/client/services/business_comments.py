"""Comments on the posts of a TikTok account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import PrivateAttr

from stagedoor.platform.products import business_comments
from stagedoor.platform.products.business_comments import (
    AccountComment,
    AccountCommentQuery,
    AccountReplyQuery,
    CommentSortField,
    CommentSortOrder,
)

from ..service import Call, M, Service, Walk
from ..walks import Walked


class _NewestFirst(Walked[AccountComment]):
    """Comments in the order of their creation: pages of the smart order can't be joined."""

    fixed: ClassVar[Mapping[str, Any]] = {
        "sort_field": CommentSortField.CREATE_TIME,
        "sort_order": CommentSortOrder.DESC,
    }

    if TYPE_CHECKING:
        sort_field: Any = PrivateAttr()
        sort_order: Any = PrivateAttr()


class AllComments(_NewestFirst, AccountCommentQuery):
    """The comments on a post, newest first, each once; pages are fetched on demand.

    TikTok repeats comments on pages beyond about 500 comments: repetitions are left out.
    """


class AllReplies(_NewestFirst, AccountReplyQuery):
    """The replies to a comment, newest first, each once; pages are fetched on demand."""


class Comments(Service[M]):
    """Comments on the account's own posts, and the account's own comments there."""

    list = Call(business_comments.COMMENT_LIST)
    list_replies = Call(business_comments.COMMENT_REPLY_LIST)
    create = Call(business_comments.COMMENT_CREATE)
    reply = Call(business_comments.COMMENT_REPLY_CREATE)
    like = Call(business_comments.COMMENT_LIKE)
    hide = Call(business_comments.COMMENT_HIDE)
    pin = Call(business_comments.COMMENT_PIN)
    delete = Call(business_comments.COMMENT_DELETE)
    upload_image = Call(business_comments.COMMENT_IMAGE_UPLOAD)
    all_comments = Walk(business_comments.COMMENT_LIST, AllComments)
    all_replies = Walk(business_comments.COMMENT_REPLY_LIST, AllReplies)
