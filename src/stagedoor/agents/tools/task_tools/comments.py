"""Comments on an account's own posts."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_comments as comments

from ...calls.request import CallRequest
from .. import schema
from ..factory import make_tool, request_of, whole
from ..tool import Asking, Tool

_ACCOUNT = ("business_id",)
"""The account of the call names it."""
_COMMENT = {"type": "string", "description": "A comment, to list the replies to it."}


def tools() -> tuple[Tool, ...]:
    return (
        _list(),
        whole(
            comments.COMMENT_REPLY_CREATE,
            name="reply_to_comment",
            title="Reply to a comment",
            description="Reply publicly to a comment on one of the account's own posts.",
            hide=(*_ACCOUNT, "image_uri", "image_width", "image_height", "reply_image_url"),
        ),
        whole(
            comments.COMMENT_HIDE,
            name="hide_comment",
            title="Hide a comment",
            description="HIDE a comment from others, or UNHIDE it.",
            hide=_ACCOUNT,
        ),
    )


def _list() -> Tool:
    takes = schema.without(schema.request_schema(request_of(comments.COMMENT_LIST)), _ACCOUNT)
    return make_tool(
        comments.COMMENT_LIST,
        comments.COMMENT_REPLY_LIST,
        name="list_comments",
        title="List comments",
        description="The comments on one of the account's own posts (video_id), or with "
        "comment_id the replies to one of them.",
        wants=_listed,
        takes=schema.beside(takes, {"comment_id": _COMMENT}),
    )


def _listed(asking: Asking) -> CallRequest:
    operation: Operation[..., Any] = comments.COMMENT_LIST
    if asking.arguments.get("comment_id") is not None:
        operation = comments.COMMENT_REPLY_LIST
    return CallRequest(operation, asking.account, asking.arguments)
