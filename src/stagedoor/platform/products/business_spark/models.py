"""Requests and answers about posts that creators authorised for ads."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from ...bounds import AtMost
from ...model import OPEN, Answer, AnyId, Id, declared, says
from ..business.common import AdvertiserRequest, PageInfo, PageNumber

MAX_POSTS = 100
"""The most posts of a page; TikTok publishes none."""
DEFAULT_POSTS = 20


class PostItemType(StrEnum):
    """The kinds of posts."""

    VIDEO = "VIDEO"
    CAROUSEL = "CAROUSEL"


_Code = Annotated[str, Field(min_length=1), says("the code that the creator handed over")]


class CodeUse(AdvertiserRequest):
    """A creator's code that an ad account redeems."""

    auth_code: _Code
    original_post_auth_code: Annotated[
        str | None, says("the code of the original post, for a duet or stitch")
    ] = None


class CodeQuery(AdvertiserRequest):
    """The code whose post is read."""

    auth_code: _Code


class AuthorizedPostQuery(AdvertiserRequest):
    """A page of the posts that are authorised to an ad account."""

    item_types: Annotated[
        Annotated[
            tuple[Annotated[PostItemType | str, OPEN, declared(PostItemType)], ...], AtMost(2)
        ]
        | None,
        says("default both"),
    ] = None
    keyword: Annotated[str | None, says("a part of the post's text, in any case")] = None
    page: Annotated[PageNumber | None, says("from 1; default 1")] = None
    page_size: Annotated[
        Annotated[int, Field(ge=1, le=MAX_POSTS)] | None, says("1 to 100; default 20")
    ] = None


class PostUnbinding(AdvertiserRequest):
    """An authorised post that the ad account drops."""

    item_id: Annotated[AnyId, says("the post")]


class PostImage(Answer):
    image_url: str | None = None
    image_width: int | None = None
    image_height: int | None = None


class PostCarousel(Answer):
    """The photos of a post."""

    image_info: tuple[PostImage, ...] | None = None


class PostItem(Answer):
    """The post."""

    item_id: Annotated[Id, says("an ad's `tiktok_item_id`")]
    item_type: Annotated[PostItemType | str | None, OPEN] = None
    auth_code: str | None = None
    text: str | None = None
    status: str | None = None
    carousel_info: PostCarousel | None = None


class PostUser(Answer):
    """The post's creator as an identity of ads."""

    tiktok_name: str | None = None
    identity_id: Annotated[Id | None, says("an ad's `identity_id`, once the code is redeemed")] = (
        None
    )
    identity_type: str | None = None


class PostVideo(Answer):
    """The post's video."""

    duration: float | None = None
    width: int | None = None
    height: int | None = None
    size: int | None = None
    bit_rate: float | None = None
    poster_url: str | None = None
    preview_url: str | None = None
    signature: str | None = None


class PostAuthorization(Answer):
    """The time for which the post may be used in ads."""

    auth_start_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None
    auth_end_time: Annotated[str | None, says("YYYY-MM-DD HH:MM:SS in UTC")] = None
    invite_start_time: str | None = None
    ad_auth_status: str | None = None


class AuthorizedPost(Answer):
    """A creator's post with its authorisation."""

    item_info: PostItem
    user_info: PostUser | None = None
    video_info: PostVideo | None = None
    auth_info: PostAuthorization | None = None


class AuthorizedPostPage(Answer):
    """A page of authorised posts."""

    list: tuple[AuthorizedPost, ...] = ()
    page_info: PageInfo = PageInfo()
