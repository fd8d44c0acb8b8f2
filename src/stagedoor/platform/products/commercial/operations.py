"""The operations of the Commercial Content API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...operation import GIVEN, AnyOf, ApiProduct, Resource, Retry, Subject
from ...paging import CursorPaging
from ...protocols.open_api import OPEN_API_STATUS
from ...scopes import Scope
from .answers import AdDetail, AdPage, AdReport, Advertisers, ContentPage
from .fields import MAX_COUNT
from .models import AdDetailQuery, AdQuery, AdReportQuery, AdvertiserQuery, ContentQuery

_SCOPE = AnyOf((Scope.RESEARCH_ADLIB,))
_ERRORS = (
    case("invalid_params", "bad filters, dates, search term, size or field"),
    TOKEN_INVALID,
    case("scope_not_authorized", "the app isn't approved for this product"),
    OVER_LIMIT,
    case("daily_quota_limit_exceeded", "the day's quota is used up, until 00:00 UTC"),
    SERVER_FAULT,
)

COMMERCIAL = ApiProduct(
    name="commercial",
    protocol=OPEN_API_STATUS,
    subject=Subject.APP,
    resource=Resource.COMMERCIAL,
    scopes=_SCOPE,
    surfaces=GIVEN,
)

AD_QUERY = COMMERCIAL.operation(
    "ad_query",
    "POST",
    "/v2/research/adlib/ad/query/",
    request=AdQuery,
    response=AdPage,
    summary="Search ads that were shown in Europe",
    action="Search the ad library",
    paging=CursorPaging("ads", MAX_COUNT, carried=("search_id",), one_size=True),
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_query",
)

AD_DETAIL = COMMERCIAL.operation(
    "ad_detail",
    "POST",
    "/v2/research/adlib/ad/detail/",
    request=AdDetailQuery,
    response=AdDetail,
    summary="Read one ad with its advertiser and targeting",
    action="Search the ad library",
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_detail",
)

AD_REPORT = COMMERCIAL.operation(
    "ad_report",
    "POST",
    "/v2/research/adlib/ad/report/",
    request=AdReportQuery,
    response=AdReport,
    summary="Count the ads published by day and country",
    action="Search the ad library",
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_report",
)

ADVERTISER_QUERY = COMMERCIAL.operation(
    "advertiser_query",
    "POST",
    "/v2/research/adlib/advertiser/query/",
    request=AdvertiserQuery,
    response=Advertisers,
    summary="Find advertisers by name",
    action="Search the ad library",
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml advertiser_query",
)

CONTENT_QUERY = COMMERCIAL.operation(
    "content_query",
    "POST",
    "/v2/research/adlib/commercial_content/query/",
    request=ContentQuery,
    response=ContentPage,
    summary="Search creators' posts with a commercial label",
    action="Search the ad library",
    paging=CursorPaging("commercial_contents", MAX_COUNT, carried=("search_id",), one_size=True),
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml commercial_content_query",
)
