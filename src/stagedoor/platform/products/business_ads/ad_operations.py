"""The operations of ads."""

from __future__ import annotations

from ...operation import AnyOf, OperationEffect, Retry
from ..business.common import COMMON, PREFIX, case, numbered
from ..business.limits import AD_CREATE as AD_CREATE_LIMITS
from ..business.product import GRANTABLE_ADVERTISER, WITHOUT_TOOL
from .ad_models import AdChanges, AdQuery, AdReviewQuery, AdStatusChange, NewAds
from .common import MAX_PAGE
from .created import CreatedAds
from .pages import AdPage, AdStatuses, WrittenAds
from .review_answers import AdReviews

AD_GET = GRANTABLE_ADVERTISER.operation(
    "ad_get",
    "GET",
    f"{PREFIX}/ad/get/",
    request=AdQuery,
    response=AdPage,
    summary="List ads, newest first",
    action="Read ads",
    scopes=AnyOf(("220",)),
    paging=numbered(MAX_PAGE),
    retry=Retry.SAFE,
    errors=COMMON,
    source="business-ads.yaml ad_get",
)

AD_CREATE = GRANTABLE_ADVERTISER.operation(
    "ad_create",
    "POST",
    f"{PREFIX}/ad/create/",
    request=NewAds,
    response=CreatedAds,
    summary="Create ads in an ad group",
    action="Create and change ads",
    effect=OperationEffect.WRITE,
    surfaces=WITHOUT_TOOL,
    scopes=AnyOf(("221",)),
    limits=AD_CREATE_LIMITS,
    errors=(
        *COMMON,
        case(40007, "unknown ad group"),
        case(40053, "unknown video"),
        case(40502, "too many ads in the ad group"),
    ),
    source="business-ads.yaml ad_create",
)

AD_UPDATE = GRANTABLE_ADVERTISER.operation(
    "ad_update",
    "POST",
    f"{PREFIX}/ad/update/",
    request=AdChanges,
    response=WrittenAds,
    summary="Change ads",
    action="Create and change ads",
    effect=OperationEffect.WRITE,
    surfaces=WITHOUT_TOOL,
    scopes=AnyOf(("221",)),
    errors=(*COMMON, case(40007, "unknown ad"), case(40053, "unknown video")),
    source="business-ads.yaml ad_update",
)

AD_STATUS_UPDATE = GRANTABLE_ADVERTISER.operation(
    "ad_status_update",
    "POST",
    f"{PREFIX}/ad/status/update/",
    request=AdStatusChange,
    response=AdStatuses,
    summary="Launch, pause or delete ads",
    action="Create and change ads",
    effect=OperationEffect.WRITE,
    scopes=AnyOf(("221",)),
    errors=(*COMMON, case(40007, "unknown ad"), case(40011, "more than 20 ids")),
    source="business-ads.yaml ad_status_update",
)

AD_REVIEW_INFO = GRANTABLE_ADVERTISER.operation(
    "ad_review_info",
    "GET",
    f"{PREFIX}/ad/review_info/",
    request=AdReviewQuery,
    response=AdReviews,
    summary="Read the reviews of ads",
    action="Read ads",
    scopes=AnyOf(("220",)),
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-ads.yaml ad_review_info",
)
