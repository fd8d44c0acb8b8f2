"""The operations of the Research API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, OVER_QUOTA, SERVER_FAULT, TOKEN_INVALID, case
from ...operation import GIVEN, AnyOf, Auth, Case, Operation, Resource, Retry
from ...scopes import Scope
from .fields import GENERAL, PEOPLE
from .models import (
    CommentPage,
    CommentQuery,
    Followers,
    Following,
    FollowQuery,
    LikedQuery,
    LikedVideos,
    PinnedQuery,
    PinnedVideos,
    Playlist,
    PlaylistQuery,
    RepostedQuery,
    RepostedVideos,
    UserInfo,
    UserQuery,
    VideoPage,
    VideoQuery,
)

NOT_APPROVED = case("scope_not_authorized", "the app isn't approved for research")
COMMON: tuple[Case, ...] = (TOKEN_INVALID, NOT_APPROVED, OVER_LIMIT, OVER_QUOTA, SERVER_FAULT)
"""What any research operation may answer."""
APPROVED = AnyOf((Scope.RESEARCH_BASIC,))

_USER_UNAVAILABLE = case("invalid_params", "the user is unknown, private or may not be returned")

VIDEO_QUERY = Operation(
    id="research.video_query",
    method="POST",
    path="/v2/research/video/query/",
    request=VideoQuery,
    response=VideoPage,
    summary="Find public videos by conditions",
    resource=Resource.RESEARCH,
    action="Search public videos",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(
        case("invalid_params", "bad conditions, dates, fields, count, cursor or search_id"),
        *COMMON,
    ),
    source="research.yaml research_video_query",
    surfaces=GIVEN,
)

USER_INFO = Operation(
    id="research.user_info",
    method="POST",
    path="/v2/research/user/info/",
    request=UserQuery,
    response=UserInfo,
    summary="Read a public account's profile",
    resource=Resource.RESEARCH,
    action="Read public profiles",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_info",
    surfaces=GIVEN,
)

COMMENT_LIST = Operation(
    id="research.comment_list",
    method="POST",
    path="/v2/research/video/comment/list/",
    request=CommentQuery,
    response=CommentPage,
    summary="List a video's comments, or the replies to one",
    resource=Resource.RESEARCH,
    action="Read public comments",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(case("invalid_params", "both or neither id, bad id, cursor past 999"), *COMMON),
    source="research.yaml research_video_comment_list",
    surfaces=GIVEN,
)

LIKED_VIDEOS = Operation(
    id="research.liked_videos",
    method="POST",
    path="/v2/research/user/liked_videos/",
    request=LikedQuery,
    response=LikedVideos,
    summary="List the videos that somebody liked",
    resource=Resource.RESEARCH,
    action="Read public likes",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(
        _USER_UNAVAILABLE,
        Case(403, "", "the user's likes aren't public (the code isn't known)"),
        *COMMON,
    ),
    source="research.yaml research_user_liked_videos",
    confidence="medium",
    surfaces=GIVEN,
)

PINNED_VIDEOS = Operation(
    id="research.pinned_videos",
    method="POST",
    path="/v2/research/user/pinned_videos/",
    request=PinnedQuery,
    response=PinnedVideos,
    summary="List the videos that somebody pinned to the profile",
    resource=Resource.RESEARCH,
    action="Search public videos",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_pinned_videos",
    surfaces=GIVEN,
)

REPOSTED_VIDEOS = Operation(
    id="research.reposted_videos",
    method="POST",
    path="/v2/research/user/reposted_videos/",
    request=RepostedQuery,
    response=RepostedVideos,
    summary="List the videos that somebody reposted",
    resource=Resource.RESEARCH,
    action="Search public videos",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_reposted_videos",
    surfaces=GIVEN,
)

FOLLOWERS = Operation(
    id="research.followers",
    method="POST",
    path="/v2/research/user/followers/",
    request=FollowQuery,
    response=Followers,
    summary="List who follows somebody",
    resource=Resource.RESEARCH,
    action="Read public followers",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=PEOPLE,
    retry=Retry.SAFE,
    errors=(_USER_UNAVAILABLE, *COMMON),
    source="research.yaml research_user_followers",
    surfaces=GIVEN,
)

FOLLOWING = Operation(
    id="research.following",
    method="POST",
    path="/v2/research/user/following/",
    request=FollowQuery,
    response=Following,
    summary="List whom somebody follows",
    resource=Resource.RESEARCH,
    action="Read public followers",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=PEOPLE,
    retry=Retry.SAFE,
    errors=(
        case("invalid_params", "the user is unavailable, or hides whom they follow"),
        *COMMON,
    ),
    source="research.yaml research_user_following",
    surfaces=GIVEN,
)

PLAYLIST_INFO = Operation(
    id="research.playlist_info",
    method="POST",
    path="/v2/research/playlist/info/",
    request=PlaylistQuery,
    response=Playlist,
    summary="Read a playlist and its videos' ids",
    resource=Resource.RESEARCH,
    action="Search public videos",
    auth=Auth.CLIENT_TOKEN,
    scopes=APPROVED,
    quota=GENERAL,
    retry=Retry.SAFE,
    errors=(case("invalid_params", "the playlist is unknown"), *COMMON),
    source="research.yaml research_playlist_info",
    confidence="medium",
    surfaces=GIVEN,
)
