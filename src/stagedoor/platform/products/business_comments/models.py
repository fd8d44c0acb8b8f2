"""Requests about comments on the account's own posts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from ...addresses import WEB
from ...bounds import AtMost
from ...files import FileField
from ...marks import PUBLISHED_TEXT
from ...media import PhotoLimits
from ...model import OPEN, AnyId, declared, says
from ..business.common import AccountRequest

MAX_COMMENTS = 30
"""The most comments of a page, and the most ids in a filter."""
DEFAULT_COMMENTS = 20
MAX_TEXT = 1_200
"""Characters of a comment."""
INLINE_REPLIES = 3
"""The most replies that a list of comments includes for each comment."""
_FORMATS = ("jpeg", "webp", "png")
COMMENT_IMAGE = PhotoLimits(formats=_FORMATS, max_bytes=5_000_000, min_side=360)
"""The images that can be uploaded for comments."""
REPLY_IMAGE = PhotoLimits(formats=_FORMATS, max_bytes=20_000_000, min_side=360)
"""The images that TikTok downloads for replies."""


class CommentVisibility(StrEnum):
    """Which comments are listed."""

    PUBLIC = "PUBLIC"
    ALL = "ALL"


class CommentSortField(StrEnum):
    """The value by which comments are sorted."""

    LIKES = "likes"
    REPLIES = "replies"
    CREATE_TIME = "create_time"


class CommentSortOrder(StrEnum):
    """The order of comments. SMART isn't stable between calls."""

    ASC = "asc"
    DESC = "desc"
    SMART = "smart"


class LikeAction(StrEnum):
    """Like a comment, or take the like back."""

    LIKE = "LIKE"
    UNLIKE = "UNLIKE"


class HideAction(StrEnum):
    """Hide a comment from others, or show it again."""

    HIDE = "HIDE"
    UNHIDE = "UNHIDE"


class PinAction(StrEnum):
    """Pin a comment to the top, or unpin it."""

    PIN = "PIN"
    UNPIN = "UNPIN"


VideoId = Annotated[AnyId, says("the `item_id` of a post of the account")]
CommentId = Annotated[AnyId, says("the comment's id")]
CommentIds = Annotated[tuple[AnyId, ...], AtMost(MAX_COMMENTS)]
_Text = Annotated[str, Field(max_length=MAX_TEXT)]
_Pixels = Annotated[int, Field(ge=1)]


class _Listing(AccountRequest):
    """Filter, order and page of a list of comments."""

    video_id: VideoId
    status: Annotated[
        CommentVisibility | str | None,
        OPEN,
        declared(CommentVisibility),
        says("PUBLIC leaves hidden ones out; default ALL"),
    ] = None
    sort_field: Annotated[
        CommentSortField | str | None, OPEN, declared(CommentSortField), says("default create_time")
    ] = None
    sort_order: Annotated[
        CommentSortOrder | str | None,
        OPEN,
        declared(CommentSortOrder),
        says("default smart, which isn't stable between calls: page with another order"),
    ] = None
    cursor: Annotated[int | None, Field(ge=0), says("that of the last page; default 0")] = None
    max_count: Annotated[
        int | None, Field(ge=1, le=MAX_COMMENTS), says("1 to 30 comments; default 20")
    ] = None


class AccountCommentQuery(_Listing):
    """The comments on a post to list."""

    comment_ids: Annotated[CommentIds | None, says("only these comments, at most 30")] = None
    include_replies: Annotated[
        bool | None, says("also up to 3 replies of each comment; default False")
    ] = None


class AccountReplyQuery(_Listing):
    """The replies to a comment to list."""

    comment_id: Annotated[AnyId, says("a comment at the first level")]


class _Written(AccountRequest):
    video_id: VideoId
    text: Annotated[_Text | None, PUBLISHED_TEXT, says("at most 1,200 characters")] = None
    image_uri: Annotated[
        str | None, says("an image of `comment_image_upload`, with its width and height")
    ] = None
    image_width: Annotated[_Pixels | None, says("the image's width, with `image_uri`")] = None
    image_height: Annotated[_Pixels | None, says("the image's height, with `image_uri`")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self._has_content():
            raise ValueError("text is empty: a comment needs a text or an image")
        if self.image_uri and (self.image_width is None or self.image_height is None):
            raise ValueError("image_uri needs image_width and image_height, too")
        return self

    def _has_content(self) -> bool:
        return bool(self.text or self.image_uri)


class NewAccountComment(_Written):
    """A comment of the account on its own post."""


class NewAccountReply(_Written):
    """A reply of the account to a comment on its own post."""

    comment_id: Annotated[AnyId, says("the comment to reply to")]
    reply_image_url: Annotated[
        Annotated[str, WEB] | None,
        says("where TikTok downloads an image, on one of the app's verified URL properties"),
    ] = None

    def _has_content(self) -> bool:
        return super()._has_content() or bool(self.reply_image_url)


class CommentImageUpload(AccountRequest):
    """An image for a comment of the account."""

    image_file: Annotated[
        FileField,
        says("at most 5 MB of JPEG, WebP or PNG, from 360x360 to 1080x1920 pixels"),
    ]


class CommentLike(AccountRequest):
    """A like of a comment, or its end."""

    video_id: VideoId
    comment_id: CommentId
    action: Annotated[LikeAction | str, OPEN, declared(LikeAction), says("LIKE or UNLIKE")]


class CommentHiding(AccountRequest):
    """Hide a comment from others, or show it again."""

    video_id: VideoId
    comment_id: CommentId
    action: Annotated[HideAction | str, OPEN, declared(HideAction), says("HIDE or UNHIDE")]


class CommentPin(AccountRequest):
    """Pin a comment to the top of its post, or unpin it."""

    video_id: VideoId
    comment_id: CommentId
    action: Annotated[PinAction | str, OPEN, declared(PinAction), says("PIN or UNPIN")]


class CommentDeletion(AccountRequest):
    """A comment of the account to delete."""

    comment_id: Annotated[
        AnyId, says("a comment that the account wrote; hide comments of others instead")
    ]
