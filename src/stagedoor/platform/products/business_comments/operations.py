"""The operations on comments on the account's own posts."""

from __future__ import annotations

from dataclasses import replace

from ...model import Empty
from ...operation import AnyOf, OperationEffect, Resource, Retry
from ...paging import CursorPaging
from ..business.common import COMMON_ACCOUNT, PREFIX, case
from ..business.product import GRANTABLE_HOLDER, WITHOUT_TOOL
from .answers import AccountCommentPage, CommentImage, WrittenComment
from .models import (
    COMMENT_IMAGE,
    MAX_COMMENTS,
    AccountCommentQuery,
    AccountReplyQuery,
    CommentDeletion,
    CommentHiding,
    CommentImageUpload,
    CommentLike,
    CommentPin,
    NewAccountComment,
    NewAccountReply,
)

_COMMENTS = replace(GRANTABLE_HOLDER, resource=Resource.COMMENTS)
_READS = AnyOf(("comment.list", "business.creator.insights"))
_WRITES = AnyOf(("comment.list.manage",))
_UNSCOPED = case(40130, "the scope isn't granted")
_NO_POST = case(40007, "unknown post")
_NO_COMMENT = case(40007, "unknown post or comment")
_PAGES = CursorPaging("comments", MAX_COMMENTS, repeated="comment_id")
_MAX_FORM = 1 << 16
"""Bytes of an upload's other fields."""

COMMENT_LIST = _COMMENTS.operation(
    "comment_list",
    "GET",
    f"{PREFIX}/business/comment/list/",
    request=AccountCommentQuery,
    response=AccountCommentPage,
    summary="List the comments on a post of the account",
    action="Read comments",
    scopes=_READS,
    paging=_PAGES,
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_POST),
    source="business-accounts.yaml comment_list",
)

COMMENT_REPLY_LIST = _COMMENTS.operation(
    "comment_reply_list",
    "GET",
    f"{PREFIX}/business/comment/reply/list/",
    request=AccountReplyQuery,
    response=AccountCommentPage,
    summary="List the replies to a comment",
    action="Read comments",
    scopes=_READS,
    paging=_PAGES,
    retry=Retry.SAFE,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_COMMENT),
    source="business-accounts.yaml comment_reply_list",
)

COMMENT_CREATE = _COMMENTS.operation(
    "comment_create",
    "POST",
    f"{PREFIX}/business/comment/create/",
    request=NewAccountComment,
    response=WrittenComment,
    summary="Write a comment on a post of the account",
    action="Write comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_POST),
    source="business-accounts.yaml comment_create",
)

COMMENT_REPLY_CREATE = _COMMENTS.operation(
    "comment_reply_create",
    "POST",
    f"{PREFIX}/business/comment/reply/create/",
    request=NewAccountReply,
    response=WrittenComment,
    summary="Reply to a comment on a post of the account",
    action="Reply to comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_COMMENT),
    source="business-accounts.yaml comment_reply_create",
)

COMMENT_LIKE = _COMMENTS.operation(
    "comment_like",
    "POST",
    f"{PREFIX}/business/comment/like/",
    request=CommentLike,
    response=Empty,
    summary="Like a comment, or take the like back",
    action="Like comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_COMMENT),
    source="business-accounts.yaml comment_like",
)

COMMENT_HIDE = _COMMENTS.operation(
    "comment_hide",
    "POST",
    f"{PREFIX}/business/comment/hide/",
    request=CommentHiding,
    response=Empty,
    summary="Hide a comment from others, or show it again",
    action="Hide and pin comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_COMMENT),
    source="business-accounts.yaml comment_hide",
)

COMMENT_PIN = _COMMENTS.operation(
    "comment_pin",
    "POST",
    f"{PREFIX}/business/comment/pin/",
    request=CommentPin,
    response=Empty,
    summary="Pin a comment to the top of its post, or unpin it",
    action="Hide and pin comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, _NO_COMMENT),
    confidence="medium",
    source="business-accounts.yaml comment_pin",
)

COMMENT_DELETE = _COMMENTS.operation(
    "comment_delete",
    "POST",
    f"{PREFIX}/business/comment/delete/",
    request=CommentDeletion,
    response=Empty,
    summary="Delete a comment that the account wrote",
    action="Delete comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    errors=(*COMMON_ACCOUNT, _UNSCOPED, case(40007, "unknown or deleted comment")),
    source="business-accounts.yaml comment_delete",
)

COMMENT_IMAGE_UPLOAD = _COMMENTS.operation(
    "comment_image_upload",
    "POST",
    f"{PREFIX}/business/comment/image/upload/",
    request=CommentImageUpload,
    response=CommentImage,
    summary="Upload an image for a comment of the account",
    action="Write comments",
    effect=OperationEffect.WRITE,
    scopes=_WRITES,
    max_body=COMMENT_IMAGE.max_bytes + _MAX_FORM,
    surfaces=WITHOUT_TOOL,
    errors=(*COMMON_ACCOUNT, _UNSCOPED),
    confidence="medium",
    source="business-accounts.yaml comment_image_upload",
)
