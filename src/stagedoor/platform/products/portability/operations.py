"""The operations of the Data Portability API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...model import (
    Empty,
)
from ...operation import (
    GIVEN,
    AnyOf,
    ApiProduct,
    ByValues,
    LimitKey,
    OperationEffect,
    RateLimit,
    Resource,
    Retry,
    Subject,
    Surface,
)
from ...protocols.open_api import OPEN_API, OPEN_API_FILE
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
_NO_SCOPE = case("scope_not_authorized", "no portability scope")


PORTABILITY = ApiProduct(
    name="portability",
    protocol=OPEN_API,
    subject=Subject.CREATOR,
    resource=Resource.PORTABILITY,
    scopes=_ANY_SCOPE,
    limits=(RateLimit(1000, 60, LimitKey.CLIENT),),
    surfaces=GIVEN,
)

DATA_ADD = PORTABILITY.operation(
    "data_add",
    "POST",
    "/v2/user/data/add/",
    request=ExportRequest,
    response=Requested,
    summary="Ask for a copy of the person's data",
    action="Ask for a copy of the person's data",
    effect=OperationEffect.WRITE,
    scopes=BY_CATEGORY,
    errors=(
        TOKEN_INVALID,
        case("scope_not_authorized", "a category isn't covered, or its single-use scope is spent"),
        case("invalid_params", "bad format or category"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_add",
)

DATA_CHECK = PORTABILITY.operation(
    "data_check",
    "POST",
    "/v2/user/data/check/",
    request=ExportQuery,
    response=ExportState,
    summary="See how far the copy of the data is",
    action="Follow a copy of the person's data",
    retry=Retry.SAFE,
    errors=(
        TOKEN_INVALID,
        _NO_SCOPE,
        case("invalid_params", "unknown or another's request_id"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_check",
)

DATA_CANCEL = PORTABILITY.operation(
    "data_cancel",
    "POST",
    "/v2/user/data/cancel/",
    request=ExportCancel,
    response=Empty,
    summary="Call off a copy of the data; a spent scope doesn't come back",
    action="Call off a copy of the person's data",
    effect=OperationEffect.WRITE,
    errors=(
        TOKEN_INVALID,
        _NO_SCOPE,
        case("invalid_params", "unknown or expired request_id"),
        OVER_LIMIT,
        SERVER_FAULT,
    ),
    source="portability.yaml data_cancel",
)

DATA_DOWNLOAD = PORTABILITY.operation(
    "data_download",
    "POST",
    "/v2/user/data/download/",
    request=ExportDownload,
    response=Empty,
    summary="Download the archive, for four days after it became ready",
    action="Download a copy of the person's data",
    retry=Retry.SAFE,
    protocol=OPEN_API_FILE,
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
