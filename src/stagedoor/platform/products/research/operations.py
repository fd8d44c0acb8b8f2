"""The operations of the Research API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, OVER_QUOTA, SERVER_FAULT, TOKEN_INVALID, Case, case
from ...operation import GIVEN, AnyOf, ApiProduct, Resource, Retry, Subject
from ...paging import CursorPaging
from ...protocols.open_api import OPEN_API
from ...scopes import Scope
from .answers import (
    CommentPage,
    Followers,
    Following,
    LikedVideos,
    PinnedVideos,
    Playlist,
    RepostedVideos,
    UserInfo,
    VideoPage,
)
from .fields import GENERAL, MAX_COMMENTS, MAX_PAGE, PEOPLE
from .models import (
    CommentQuery,
    FollowQuery,
    LikedQuery,
    PinnedQuery,
    PlaylistQuery,
    RepostedQuery,
    UserQuery,
    VideoQuery,
)

NOT_APPROVED = case("scope_not_authorized", "the app isn't approved for research")
COMMON: tuple[Case, ...] = (TOKEN_INVALID, NOT_APPROVED, OVER_LIMIT, OVER_QUOTA, SERVER_FAULT)
"""Errors that any research operation may answer."""

_USER_UNAVAILABLE = case("invalid_params", "the user is unknown, private or may not be returned")

RESEARCH = ApiProduct(
    name="research",
    protocol=OPEN_API,
    subject=Subject.APP,
    resource=Resource.RESEARCH,
    scopes=AnyOf((Scope.RESEARCH_BASIC,)),
    quota=GENERAL,
    surfaces=GIVEN,
)

VIDEO_QUERY = RESEARCH.operation(
    "video_query",
    "POST",
    "/v2/research/video/query/",
    request=VideoQuery,
    response=VideoPage,
    summary="Find public videos by conditions",
    action="Search public videos",
    paging=CursorPaging("videos", MAX_PAGE, carried=("cursor", "search_id")),
    retry=Retry.SAFE,
    errors=(
        case("invalid_params", "bad conditions, dates, fields, count, cursor or search_id"),
        *COMMON,
    ),
    source="research.yaml research_video_query",
)

USER_INFO = RESEARCH.operation(
    "user_info",
    "POST",
    "/v2/research/user/info/",
    request=UserQuery,
    response=UserInfo,
    summary="Read a public account's profile",
    action="Read public profiles",
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_info",
)

COMMENT_LIST = RESEARCH.operation(
    "comment_list",
    "POST",
    "/v2/research/video/comment/list/",
    request=CommentQuery,
    response=CommentPage,
    summary="List a video's comments, or the replies to one",
    action="Read public comments",
    paging=CursorPaging("comments", MAX_PAGE, last=MAX_COMMENTS - 1),
    retry=Retry.SAFE,
    errors=(case("invalid_params", "both or neither id, bad id, cursor past 999"), *COMMON),
    source="research.yaml research_video_comment_list",
)

LIKED_VIDEOS = RESEARCH.operation(
    "liked_videos",
    "POST",
    "/v2/research/user/liked_videos/",
    request=LikedQuery,
    response=LikedVideos,
    summary="List the videos that somebody liked",
    action="Read public likes",
    paging=CursorPaging("videos", MAX_PAGE),
    retry=Retry.SAFE,
    errors=(
        _USER_UNAVAILABLE,
        Case(403, "", "the user's likes aren't public (the code isn't known)"),
        *COMMON,
    ),
    source="research.yaml research_user_liked_videos",
    confidence="medium",
)

PINNED_VIDEOS = RESEARCH.operation(
    "pinned_videos",
    "POST",
    "/v2/research/user/pinned_videos/",
    request=PinnedQuery,
    response=PinnedVideos,
    summary="List the videos that somebody pinned to the profile",
    action="Search public videos",
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_pinned_videos",
)

REPOSTED_VIDEOS = RESEARCH.operation(
    "reposted_videos",
    "POST",
    "/v2/research/user/reposted_videos/",
    request=RepostedQuery,
    response=RepostedVideos,
    summary="List the videos that somebody reposted",
    action="Search public videos",
    paging=CursorPaging("videos", MAX_PAGE),
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_reposted_videos",
)

FOLLOWERS = RESEARCH.operation(
    "followers",
    "POST",
    "/v2/research/user/followers/",
    request=FollowQuery,
    response=Followers,
    summary="List who follows somebody",
    action="Read public followers",
    quota=PEOPLE,
    paging=CursorPaging("people", MAX_PAGE),
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_followers",
)

FOLLOWING = RESEARCH.operation(
    "following",
    "POST",
    "/v2/research/user/following/",
    request=FollowQuery,
    response=Following,
    summary="List whom somebody follows",
    action="Read public followers",
    quota=PEOPLE,
    paging=CursorPaging("people", MAX_PAGE),
    retry=Retry.SAFE,
    errors=(
        case("invalid_params", "the user is unavailable, or hides whom they follow"),
        *COMMON,
    ),
    source="research.yaml research_user_following",
)

PLAYLIST_INFO = RESEARCH.operation(
    "playlist_info",
    "POST",
    "/v2/research/playlist/info/",
    request=PlaylistQuery,
    response=Playlist,
    summary="Read a playlist and its videos' ids",
    action="Search public videos",
    # its cursor was seen without effect (research.yaml)
    paging=CursorPaging("playlist_video_ids", MAX_PAGE, may_stand_still=True),
    retry=Retry.SAFE,
    errors=(case("invalid_params", "the playlist is unknown"), *COMMON),
    source="research.yaml research_playlist_info",
    confidence="medium",
)
