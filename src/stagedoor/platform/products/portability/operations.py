"""The operations of the Data Portability API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...model import (
    Empty,
)
from ...operation import (
    GIVEN,
    AnyOf,
    ByValues,
    Effect,
    LimitKey,
    Operation,
    RateLimit,
    Resource,
    Retry,
    Shape,
    Surface,
)
from .models import (
    CATEGORY_SCOPES,
    Category,
    ExportCancel,
    ExportDownload,
    ExportQuery,
    ExportRequest,
    ExportState,
    Requested,
)

BY_CATEGORY = ByValues("category_selection_list", CATEGORY_SCOPES, Category.ALL_DATA)
_ANY_SCOPE = AnyOf(BY_CATEGORY.names, also_spent=True)
_LIMIT = RateLimit(1000, 60, LimitKey.CLIENT)
_NO_SCOPE = case("scope_not_authorized", "no portability scope")


DATA_ADD = Operation(
    id="portability.data_add",
    method="POST",
    path="/v2/user/data/add/",
    request=ExportRequest,
    response=Requested,
    summary="Ask for a copy of the person's data",
    resource=Resource.PORTABILITY,
    action="Ask for a copy of the person's data",
    effect=Effect.WRITE,
    scopes=BY_CATEGORY,
    limit=_LIMIT,
    errors=(
        TOKEN_INVALID,
        case("scope_not_authorized", "a category isn't covered, or its single-use scope is spent"),
        case("invalid_params", "bad format or category"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_add",
    surfaces=GIVEN,
)

DATA_CHECK = Operation(
    id="portability.data_check",
    method="POST",
    path="/v2/user/data/check/",
    request=ExportQuery,
    response=ExportState,
    summary="See how far the copy of the data is",
    resource=Resource.PORTABILITY,
    action="Follow a copy of the person's data",
    scopes=_ANY_SCOPE,
    limit=_LIMIT,
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _NO_SCOPE,
        case("invalid_params", "unknown or another's request_id"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_check",
    surfaces=GIVEN,
)

DATA_CANCEL = Operation(
    id="portability.data_cancel",
    method="POST",
    path="/v2/user/data/cancel/",
    request=ExportCancel,
    response=Empty,
    summary="Call off a copy of the data; a spent scope doesn't come back",
    resource=Resource.PORTABILITY,
    action="Call off a copy of the person's data",
    effect=Effect.WRITE,
    scopes=_ANY_SCOPE,
    limit=_LIMIT,
    errors=(
        TOKEN_INVALID,
        _NO_SCOPE,
        case("invalid_params", "unknown request_id, or it is over"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_cancel",
    surfaces=GIVEN,
)

DATA_DOWNLOAD = Operation(
    id="portability.data_download",
    method="POST",
    path="/v2/user/data/download/",
    request=ExportDownload,
    response=Empty,
    summary="Download the archive, for four days after it became ready",
    resource=Resource.PORTABILITY,
    action="Download a copy of the person's data",
    scopes=_ANY_SCOPE,
    limit=_LIMIT,
    retry=Retry.SAFE,
    shape=Shape.FILE,
    errors=(
        case("invalid_params", "unknown request_id, not ready yet, or over"),
        TOKEN_INVALID,
        _NO_SCOPE,
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_download",
    surfaces=GIVEN - {Surface.TOOL},  # a tool can't give a file
)
