"""Requests and answers of the Display API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...bounds import AtMost
from ...durations import COVER_URL_SECONDS as COVER_URL_SECONDS
from ...model import REQUIRED_IN_QUERY, Answer, Id, Names, Request, fields_of, says
from ...scopes import Scope

USER_FIELD_SCOPES: dict[str, str] = {
    "open_id": Scope.USER_INFO_BASIC,
    "union_id": Scope.USER_INFO_BASIC,
    "avatar_url": Scope.USER_INFO_BASIC,
    "avatar_url_100": Scope.USER_INFO_BASIC,
    "avatar_url_200": Scope.USER_INFO_BASIC,
    "avatar_large_url": Scope.USER_INFO_BASIC,
    "display_name": Scope.USER_INFO_BASIC,
    "bio_description": Scope.USER_INFO_PROFILE,
    "profile_deep_link": Scope.USER_INFO_PROFILE,
    "profile_web_link": Scope.USER_INFO_PROFILE,
    "is_verified": Scope.USER_INFO_PROFILE,
    "username": Scope.USER_INFO_PROFILE,
    "follower_count": Scope.USER_INFO_STATS,
    "following_count": Scope.USER_INFO_STATS,
    "likes_count": Scope.USER_INFO_STATS,
    "video_count": Scope.USER_INFO_STATS,
}
"""Each user field with the scope that it needs."""

BASIC_USER_FIELDS = ("open_id", "union_id", "avatar_url", "display_name")
VIDEO_FIELDS = (
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
)

MAX_PAGE = 20
DEFAULT_PAGE = 10
MAX_SHOWN_TITLE = 150
"""The most characters of `title` and `video_description` in Display's answers."""


class User(Answer):
    """A creator. Only requested fields are set; the others are None."""

    open_id: str | None = None
    """The creator's id for this app."""
    union_id: str | None = None
    """The creator's id for all apps of the developer."""
    avatar_url: str | None = None
    """The creator's picture; the address expires after some hours."""
    avatar_url_100: str | None = None
    """The picture in 100x100 pixels."""
    avatar_url_200: str | None = None
    """The picture in 200x200 pixels."""
    avatar_large_url: str | None = None
    """The picture in a larger size."""
    display_name: str | None = None
    """The creator's name as TikTok shows it."""
    bio_description: str | None = None
    """The creator's words about themselves."""
    profile_deep_link: str | None = None
    """Opens the profile in TikTok's app."""
    profile_web_link: str | None = None
    """The profile's address on the web."""
    is_verified: bool | None = None
    """Whether TikTok verified the account."""
    username: str | None = None
    """The creator's unique name, without @."""
    follower_count: int | None = None
    """How many people follow the creator."""
    following_count: int | None = None
    """How many people the creator follows."""
    likes_count: int | None = None
    """How many likes all videos have together."""
    video_count: int | None = None
    """How many public videos the creator has."""


class Video(Answer):
    """A public video. Only requested fields are set; the others are None."""

    id: Id | None = None
    """TikTok's id of the video."""
    create_time: Annotated[int | None, says("when it was posted, in Unix seconds")] = None
    cover_image_url: Annotated[str | None, says("the address expires after some hours")] = None
    share_url: str | None = None
    """The video's public address."""
    video_description: Annotated[str | None, says("cut to 150 characters")] = None
    duration: Annotated[int | None, says("in seconds")] = None
    height: Annotated[int | None, says("in pixels")] = None
    width: Annotated[int | None, says("in pixels")] = None
    title: Annotated[str | None, says("cut to 150 characters")] = None
    embed_html: str | None = None
    """HTML that embeds the video."""
    embed_link: str | None = None
    """The address of TikTok's embedded player."""
    like_count: int | None = None
    """How many likes the video has."""
    comment_count: int | None = None
    """How many comments the video has."""
    share_count: int | None = None
    """How often the video was shared."""
    view_count: int | None = None
    """How often the video was viewed."""


class UserInfo(Answer):
    """The creator to whom the token belongs."""

    user: Annotated[User, says("the creator")]


class VideoPage(Answer):
    """A page of videos."""

    videos: Annotated[
        tuple[Video, ...], says("may be fewer than asked for, or none, and there may still be more")
    ] = ()
    cursor: Annotated[int | None, says("for the next page, in Unix milliseconds")] = None
    has_more: Annotated[bool, says("whether there is a next page")] = False


class _VideoFields(Request):
    fields: Annotated[
        Names,
        fields_of(Video),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = VIDEO_FIELDS


class UserInfoQuery(Request):
    """Which fields of the creator to read."""

    fields: Annotated[
        Names,
        fields_of(User),
        REQUIRED_IN_QUERY,
        says("which fields of the creator to read; each needs its scope, or the whole call fails"),
    ] = BASIC_USER_FIELDS


class VideoListQuery(_VideoFields):
    """Which page of videos."""

    cursor: Annotated[
        int | None,
        says("only videos posted before this moment, in Unix milliseconds; None for the newest"),
    ] = None
    max_count: Annotated[
        int | None,
        Field(ge=1, le=MAX_PAGE),
        says("how many to give at most, 1 to 20; TikTok gives 10 if None"),
    ] = None


class VideoFilters(Request):
    """Which videos to read."""

    video_ids: Annotated[
        tuple[Id, ...], Field(min_length=1), AtMost(MAX_PAGE), says("1 to 20 ids of videos")
    ]


class VideoQuery(_VideoFields):
    """At most 20 ids; those that aren't the creator's own public videos are left out."""

    filters: Annotated[VideoFilters, says("which videos")]
