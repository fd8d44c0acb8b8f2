"""The operations of the Display API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...operation import SERVED, AnyOf, ByField, LimitKey, Operation, RateLimit, Resource, Retry
from ...scopes import Scope
from .models import (
    USER_FIELD_SCOPES,
    UserInfo,
    UserInfoQuery,
    VideoListQuery,
    VideoPage,
    VideoQuery,
)

_LIMIT = RateLimit(600, 60, LimitKey.USER_TOKEN)


_LIST_SCOPE_MISSING = case("scope_not_authorized", "video.list not granted")

USER_INFO = Operation(
    id="display.user_info",
    method="GET",
    path="/v2/user/info/",
    request=UserInfoQuery,
    response=UserInfo,
    summary="Read the creator's profile and counters",
    resource=Resource.PROFILE,
    action="Read profile and stats",
    scopes=ByField(USER_FIELD_SCOPES),
    limit=_LIMIT,
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        case("scope_not_authorized", "none of the three scopes granted"),
        case("scope_permission_missed", "a requested field needs a scope that is missing"),
        case("invalid_params", "fields missing, empty or unknown"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="display.yaml user_info",
    surfaces=SERVED,
)

VIDEO_LIST = Operation(
    id="display.video_list",
    method="POST",
    path="/v2/video/list/",
    request=VideoListQuery,
    response=VideoPage,
    summary="List the creator's public videos, newest first",
    resource=Resource.VIDEOS,
    action="List own videos",
    scopes=AnyOf((Scope.VIDEO_LIST,)),
    limit=_LIMIT,
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _LIST_SCOPE_MISSING,
        case("invalid_params", "bad fields or body"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="display.yaml video_list",
    surfaces=SERVED,
    called="list-videos",
)

VIDEO_QUERY = Operation(
    id="display.video_query",
    method="POST",
    path="/v2/video/query/",
    request=VideoQuery,
    response=VideoPage,
    summary="Read videos of the creator by id",
    resource=Resource.VIDEOS,
    action="List own videos",
    scopes=AnyOf((Scope.VIDEO_LIST,)),
    limit=_LIMIT,
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _LIST_SCOPE_MISSING,
        case("invalid_params", "no filters, more than 20 ids, bad fields"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="display.yaml video_query",
    surfaces=SERVED,
    called="query-videos",
)
