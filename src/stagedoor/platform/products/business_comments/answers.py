"""Answers about comments on the account's own posts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from ...model import OPEN, Answer, Id, says


class CommentStatus(StrEnum):
    """Whether others see a comment."""

    PUBLIC = "PUBLIC"
    HIDDEN = "HIDDEN"


class AccountReply(Answer):
    """A reply to a comment on a post of the account."""

    comment_id: Id
    video_id: Id | None = None
    user_id: Annotated[Id | None, says("the author's id for this app; TikTok retires it")] = None
    unique_identifier: Annotated[Id | None, says("the author's id, the same in all APIs")] = None
    username: str | None = None
    display_name: str | None = None
    profile_image: Annotated[str | None, says("a URL that expires")] = None
    create_time: Annotated[Id | None, says("Unix seconds, as text")] = None
    text: str | None = None
    image_url: Annotated[str | None, says("a URL that doesn't expire")] = None
    likes: int | None = None
    replies: Annotated[int | None, says("only of comments at the first level")] = None
    owner: Annotated[bool | None, says("whether the account wrote it")] = None
    liked: Annotated[bool | None, says("whether the account likes it")] = None
    pinned: bool | None = None
    status: Annotated[CommentStatus | str | None, OPEN] = None
    parent_comment_id: Annotated[Id | None, says("only of replies")] = None


class AccountComment(AccountReply):
    """A comment on a post of the account, or a reply to one."""

    reply_list: Annotated[
        tuple[AccountReply, ...] | None, says("at most 3, if the request has include_replies")
    ] = None


class AccountCommentPage(Answer):
    """A page of comments. It can be shorter than asked for while `has_more` is true."""

    comments: tuple[AccountComment, ...] = ()
    cursor: int | None = None
    has_more: bool = False


class CommentImage(Answer):
    """An uploaded image, which `comment_create` and `comment_reply_create` take."""

    image_uri: str
    width: int
    height: int


class WrittenComment(Answer):
    """A comment or reply that the account wrote."""

    comment_id: Id
    video_id: Id | None = None
    create_time: Annotated[Id | None, says("Unix seconds, as text")] = None
    text: str | None = None
    unique_identifier: Id | None = None
    user_id: Annotated[Id | None, says("TikTok retires it")] = None
    image_url: str | None = None
    parent_comment_id: Annotated[Id | None, says("only of replies")] = None
