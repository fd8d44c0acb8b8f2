"""The operations of the Display API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...operation import (
    SERVED,
    AnyOf,
    ApiProduct,
    ByField,
    LimitKey,
    RateLimit,
    Resource,
    Retry,
    Subject,
)
from ...paging import CursorPaging
from ...protocols.open_api import OPEN_API
from ...scopes import Scope
from .models import (
    MAX_PAGE,
    USER_FIELD_SCOPES,
    UserInfo,
    UserInfoQuery,
    VideoListQuery,
    VideoPage,
    VideoQuery,
)

_LIST_SCOPE_MISSING = case("scope_not_authorized", "video.list not granted")

DISPLAY = ApiProduct(
    name="display",
    protocol=OPEN_API,
    subject=Subject.CREATOR,
    resource=Resource.VIDEOS,
    scopes=AnyOf((Scope.VIDEO_LIST,)),
    limits=(RateLimit(600, 60, LimitKey.USER_TOKEN),),
    surfaces=SERVED,
)

USER_INFO = DISPLAY.operation(
    "user_info",
    "GET",
    "/v2/user/info/",
    request=UserInfoQuery,
    response=UserInfo,
    summary="Read the creator's profile and counters",
    resource=Resource.PROFILE,
    action="Read profile and stats",
    scopes=ByField(USER_FIELD_SCOPES),
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
)

VIDEO_LIST = DISPLAY.operation(
    "video_list",
    "POST",
    "/v2/video/list/",
    request=VideoListQuery,
    response=VideoPage,
    summary="List the creator's public videos, newest first",
    action="List own videos",
    paging=CursorPaging("videos", MAX_PAGE, one_size=True),
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _LIST_SCOPE_MISSING,
        case("invalid_params", "bad fields or body"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="display.yaml video_list",
    called="list-videos",
)

VIDEO_QUERY = DISPLAY.operation(
    "video_query",
    "POST",
    "/v2/video/query/",
    request=VideoQuery,
    response=VideoPage,
    summary="Read videos of the creator by id",
    action="List own videos",
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _LIST_SCOPE_MISSING,
        case("invalid_params", "no filters, more than 20 ids, bad fields"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="display.yaml video_query",
    called="query-videos",
)
