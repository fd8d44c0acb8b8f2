"""Requests for an account's profile, insights and posts."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from ...bounds import MAX_FIELDS, AtMost
from ...model import AnyId, Request, fields_of, says
from ..business.common import AccountRequest
from .fields import DEFAULT_POST_FIELDS, DEFAULT_PROFILE_FIELDS, POST_FIELDS, PROFILE_FIELDS

MAX_POSTS = 20
"""The most posts of a page, and the most ids in a filter."""
DEFAULT_POSTS = 10
LOOK_BACK_DAYS = 60
"""The days of an account's insights that can be read."""

ProfileFields = Annotated[tuple[str, ...], AtMost(MAX_FIELDS), fields_of(PROFILE_FIELDS)]


def _with_item_id(names: tuple[str, ...]) -> tuple[str, ...]:
    if "item_id" not in names:
        raise ValueError("must contain item_id")
    return names


PostFields = Annotated[
    tuple[str, ...], AtMost(MAX_FIELDS), fields_of(POST_FIELDS), AfterValidator(_with_item_id)
]
PostIds = Annotated[tuple[AnyId, ...], AtMost(MAX_POSTS)]


class AccountQuery(AccountRequest):
    """Fields of an account's profile, and days of its insights."""

    start_date: Annotated[
        date | None, says("the first day in UTC, at most 60 days ago; default a week ago")
    ] = None
    end_date: Annotated[date | None, says("the last day in UTC; default yesterday")] = None
    fields: Annotated[
        ProfileFields, says("default display_name and profile_image; each needs its own scope")
    ] = DEFAULT_PROFILE_FIELDS


class PostFilters(Request):
    """Which posts of the account are listed."""

    video_ids: Annotated[PostIds | None, says("only posts with these ids, at most 20")] = None
    ad_post_only: Annotated[
        bool | None, says("with video_ids: only posts used as ads; default False")
    ] = None


class AccountPostQuery(AccountRequest):
    """The posts of an account to list."""

    fields: Annotated[
        PostFields, says("item_id and others; default item_id alone; insights need another scope")
    ] = DEFAULT_POST_FIELDS
    filters: Annotated[PostFilters | None, says("default all posts")] = None
    cursor: Annotated[
        int | None,
        Field(ge=0),
        says("only posts made before this moment, in Unix milliseconds; default now"),
    ] = None
    max_count: Annotated[
        int | None, Field(ge=1, le=MAX_POSTS), says("1 to 20 posts; default 10")
    ] = None


class PostSettingsQuery(AccountRequest):
    """The account whose settings for posts are read."""
