"""Requests of the Research API."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import (
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
    DIGITS,
    IN_QUERY,
    REQUIRED_IN_QUERY,
    AnyId,
    Request,
    compact_day,
    fields_of,
    in_context,
    says,
)
from ...reasons import DAY_WORDS
from .answers import Comment, UserInfo, Video
from .fields import (
    COMMENT_FIELDS,
    MAX_COMMENTS,
    MAX_PAGE,
    USER_FIELDS,
    USER_VIDEO_FIELDS,
    VIDEO_FIELDS,
)
from .query import MAX_DAYS, Query, read_date, write_date


def _names(value: Any) -> Any:
    # blanks after commas are accepted (research.yaml conventions.fields_param)
    if isinstance(value, str):
        return tuple(name for name in map(str.strip, value.split(",")) if name)
    return tuple(value) if isinstance(value, list | tuple) else value


def _joined(names: tuple[str, ...]) -> str:
    return ",".join(names)


FieldList = Annotated[
    tuple[str, ...], BeforeValidator(_names), PlainSerializer(_joined), AtMost(MAX_FIELDS)
]


_EIGHT = re.compile(r"[0-9]{8}")


def _written(value: Any, info: ValidationInfo) -> Any:
    text = write_date(value) if isinstance(value, date) else value
    if isinstance(text, str):
        if not in_context(ARRIVED, info):  # TikTok takes one form only
            text = compact_day(text)
            if not _EIGHT.fullmatch(text):
                raise ValueError(f"should be {DAY_WORDS}")
        read_date(text)
    return text


Day = Annotated[str | date, BeforeValidator(_written)]
"""A UTC day: a date, or text such as 20261101 or 2026-11-01. Stored as 20261101."""

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
    search_id: Annotated[str | None, Field(pattern=DIGITS), says("that of the page before")] = None
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
