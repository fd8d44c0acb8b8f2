"""What the Research API takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ...bounds import MAX_FIELDS, AtMost
from ...model import (
    ARRIVED,
    IN_QUERY,
    REQUIRED_IN_QUERY,
    Answer,
    AnyId,
    Id,
    Request,
    compact_day,
    fields_of,
    in_context,
    says,
)
from .fields import (
    COMMENT_FIELDS,
    MAX_COMMENTS,
    MAX_PAGE,
    USER_FIELDS,
    USER_VIDEO_FIELDS,
    VIDEO_FIELDS,
)
from .query import MAX_DAYS, Query, read_date, write_date


class Hashtag(Answer):
    """A hashtag of a video."""

    hashtag_id: Id | None = None
    hashtag_name: str | None = None
    hashtag_description: str | None = None


class Sticker(Answer):
    """A sticker on a video."""

    sticker_id: Id | None = None
    sticker_name: str | None = None


class Effect(Answer):
    """An effect in a video."""

    effect_id: Id | None = None
    effect_name: str | None = None
    effect_photo_url: str | None = None


class VideoTag(Answer):
    """A declaration about a video: `AIGC` 1 or 2, `Branded` 1 or 7.

    TikTok's pages contradict each other: in a query, AIGC 1 is labelled by the creator and 2 made
    by AI; in liked, pinned and reposted videos it is the other way round.
    """

    type: str | None = None
    number: int | None = None


class Video(Answer):
    """A public video. Fields that weren't asked for, or are empty, are None or ()."""

    id: Id | None = None
    create_time: Annotated[int | None, says("when it was posted, in Unix seconds")] = None
    username: str | None = None
    region_code: str | None = None
    video_description: str | None = None
    music_id: Id | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    view_count: int | None = None
    favorites_count: int | None = None
    effect_ids: tuple[Id, ...] = ()
    hashtag_names: tuple[str, ...] = ()
    hashtag_info_list: tuple[Hashtag, ...] = ()
    sticker_info_list: tuple[Sticker, ...] = ()
    effect_info_list: tuple[Effect, ...] = ()
    video_mention_list: tuple[str, ...] = ()
    video_label: dict[str, Any] | None = None
    video_tag: VideoTag | None = None
    playlist_id: Id | None = None
    voice_to_text: str | None = None
    is_stem_verified: bool | None = None
    video_duration: Annotated[int | None, says("in seconds")] = None


# Other names for the same slow the reading of a page down, so the query's videos do without.


class UserEffect(Effect):
    """An effect in a video that somebody liked, pinned or reposted."""

    effect_photo_url: Annotated[
        str | None, Field(validation_alias=AliasChoices("effect_photo_URI", "effect_photo_url"))
    ] = None


class UserVideoTag(VideoTag):
    """A declaration about a video that somebody liked, pinned or reposted."""

    type: Annotated[str | None, Field(validation_alias=AliasChoices("video_tag_type", "type"))] = (
        None
    )
    number: Annotated[
        int | None, Field(validation_alias=AliasChoices("video_tag_number", "number"))
    ] = None


class UserVideo(Video):
    """A video that somebody liked, pinned or reposted: TikTok names two parts otherwise there."""

    effect_info_list: tuple[UserEffect, ...] = ()
    video_tag: UserVideoTag | None = None


class VideoPage(Answer):
    """A page of a query. It may be short, or empty, and still have more.

    `cursor` and `search_id` go with the next call.
    """

    videos: tuple[Video, ...] = ()
    cursor: int | None = None
    has_more: bool = False
    search_id: Id | None = None


class UserInfo(Answer):
    """A public account as it is now; only requested fields are set."""

    display_name: str | None = None
    bio_description: str | None = None
    avatar_url: str | None = None
    is_verified: bool | None = None
    follower_count: int | None = None
    following_count: int | None = None
    likes_count: int | None = None
    video_count: int | None = None
    bio_url: str | None = None


class Comment(Answer):
    """A comment on a video, or an answer to one."""

    id: Id | None = None
    video_id: Id | None = None
    text: Annotated[str | None, says("personal data in it is masked with *")] = None
    like_count: int | None = None
    reply_count: int | None = None
    parent_comment_id: Annotated[
        Id | None, says("the video's id where it answers no other comment")
    ] = None
    create_time: Annotated[int | None, says("in Unix seconds")] = None


class CommentPage(Answer):
    """A page of comments."""

    comments: tuple[Comment, ...] = ()
    cursor: int | None = None
    has_more: bool = False


class Person(Answer):
    """Who follows, or is followed."""

    username: str | None = None
    display_name: str | None = None


class _Videos(Answer):
    cursor: int | None = None
    has_more: bool = False


class LikedVideos(_Videos):
    """`cursor` is a moment; pass it back as it came."""

    videos: Annotated[
        tuple[UserVideo, ...], Field(validation_alias=AliasChoices("user_liked_videos", "videos"))
    ] = ()


class PinnedVideos(Answer):
    """What somebody pinned to their profile, at most three."""

    videos: Annotated[
        tuple[UserVideo, ...], Field(validation_alias=AliasChoices("pinned_videos_list", "videos"))
    ] = ()


class RepostedVideos(_Videos):
    """TikTok's page names the list otherwise than its examples; both are read."""

    videos: Annotated[
        tuple[UserVideo, ...],
        Field(validation_alias=AliasChoices("reposted_videos", "user_reposted_videos", "videos")),
    ] = ()


class Followers(_Videos):
    """`cursor` is a moment in Unix seconds."""

    people: Annotated[
        tuple[Person, ...], Field(validation_alias=AliasChoices("user_followers", "people"))
    ] = ()


class Following(_Videos):
    """`cursor` is a moment in Unix seconds."""

    people: Annotated[
        tuple[Person, ...], Field(validation_alias=AliasChoices("user_following", "people"))
    ] = ()


class Playlist(Answer):
    """A page of a playlist's videos."""

    playlist_id: Id | None = None
    playlist_name: str | None = None
    playlist_item_total: int | None = None
    playlist_last_updated: Annotated[int | None, says("in Unix seconds")] = None
    playlist_video_ids: tuple[Id, ...] = ()
    cursor: int | None = None
    has_more: bool = False


def _names(value: Any) -> Any:
    # blanks after commas are taken (research.yaml conventions.fields_param)
    if isinstance(value, str):
        return tuple(name for name in map(str.strip, value.split(",")) if name)
    return tuple(value) if isinstance(value, list | tuple) else value


def _joined(names: tuple[str, ...]) -> str:
    return ",".join(names)


FieldList = Annotated[
    tuple[str, ...], BeforeValidator(_names), PlainSerializer(_joined), AtMost(MAX_FIELDS)
]


def _written(value: Any, info: ValidationInfo) -> Any:
    text = write_date(value) if isinstance(value, date) else value
    if isinstance(text, str):
        if not in_context(ARRIVED, info):  # TikTok takes one form only
            text = compact_day(text)
        read_date(text)
    return text


Day = Annotated[str | date, BeforeValidator(_written)]
"""A UTC day: a date, or text such as 20261101 or 2026-11-01. It is kept as 20261101."""

_Count = Annotated[int | None, Field(ge=1, le=MAX_PAGE)]
_Index = Annotated[int | None, Field(ge=0)]
_Handle = Annotated[str, Field(min_length=1, max_length=100)]


class VideoQuery(Request):
    """Videos posted within at most 31 days."""

    query: Annotated[Query, says("which videos, made with `Where`")]
    start_date: Annotated[Day, says("the first UTC day: a date, 20261101 or 2026-11-01")]
    end_date: Annotated[
        Day, says("the last UTC day, which is included, at most 30 days after `start_date`")
    ]
    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 20 if None")
    ] = None
    cursor: Annotated[_Index, says("that of the page before")] = None
    search_id: Annotated[
        str | None, Field(pattern=r"^[0-9]{1,20}$"), says("that of the page before")
    ] = None
    is_random: Annotated[bool | None, says("give a sample, which has no next page")] = None
    fields: Annotated[
        FieldList,
        fields_of(Video),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = VIDEO_FIELDS

    @field_validator("end_date")
    @classmethod
    def _is_in_reach(cls, end: str, info: ValidationInfo) -> str:
        start = info.data.get("start_date")
        if isinstance(start, str):
            days = (read_date(end) - read_date(start)).days
            if days < 0:
                raise ValueError("is before start_date")
            if days > MAX_DAYS:
                raise ValueError(f"is {days} days after start_date, TikTok takes {MAX_DAYS}")
        return end


class UserQuery(Request):
    """Which account."""

    username: Annotated[_Handle, says("a handle without @")]
    fields: Annotated[
        FieldList,
        fields_of(UserInfo),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = USER_FIELDS


class CommentQuery(Request):
    """Comments of a video, or the replies to a comment: exactly one of the two ids."""

    video_id: Annotated[AnyId | None, says("comments of this video")] = None
    comment_id: Annotated[AnyId | None, says("replies to this comment, instead of a video")] = None
    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 10 if None")
    ] = None
    cursor: Annotated[
        int | None, Field(ge=0, lt=MAX_COMMENTS), says("the index of the first, from 0 to 999")
    ] = None
    fields: Annotated[
        FieldList,
        fields_of(Comment),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = COMMENT_FIELDS

    @model_validator(mode="after")
    def _names_one(self) -> CommentQuery:
        if (self.video_id is None) == (self.comment_id is None):
            raise ValueError("exactly one of video_id and comment_id is needed")
        return self


class _UserVideoFields(Request):
    username: Annotated[_Handle, says("a handle without @")]
    fields: Annotated[
        FieldList,
        fields_of(USER_VIDEO_FIELDS),
        REQUIRED_IN_QUERY,
        says("which fields to read; the others are None in the answer"),
    ] = USER_VIDEO_FIELDS


class LikedQuery(_UserVideoFields):
    """Which page of likes, latest first."""

    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 20 if None")
    ] = None
    cursor: Annotated[_Index, says("that of the page before; None for the first page")] = None


class PinnedQuery(_UserVideoFields):
    """At most three videos, without pages."""


class RepostedQuery(_UserVideoFields):
    """Which page of reposts."""

    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 20 if None")
    ] = None
    cursor: Annotated[_Index, says("the index of the first")] = None


class FollowQuery(Request):
    """Which page of people, latest first."""

    username: Annotated[_Handle, says("a handle without @")]
    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 20 if None")
    ] = None
    cursor: Annotated[
        _Index,
        says("only who followed up to this moment, in Unix seconds; None for the first page"),
    ] = None


class PlaylistQuery(Request):
    """Which page of a playlist."""

    playlist_id: Annotated[AnyId, says("the playlist's id")]
    max_count: Annotated[
        _Count, says("how many to give at most, 1 to 100; TikTok gives 20 if None")
    ] = None
    cursor: Annotated[_Index, says("the index of the first video")] = None
    fields: Annotated[
        FieldList | None, IN_QUERY, says("ignored by TikTok: all fields come back")
    ] = None
