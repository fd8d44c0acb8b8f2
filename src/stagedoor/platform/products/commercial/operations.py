"""The operations of the Commercial Content API."""

from __future__ import annotations

from ...errors import OVER_LIMIT, SERVER_FAULT, TOKEN_INVALID, case
from ...operation import GIVEN, AnyOf, Auth, Operation, Resource, Retry
from ...scopes import Scope
from .answers import AdDetail, AdPage, AdReport, Advertisers, ContentPage
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

AD_QUERY = Operation(
    id="commercial.ad_query",
    method="POST",
    path="/v2/research/adlib/ad/query/",
    request=AdQuery,
    response=AdPage,
    summary="Search ads that were shown in Europe",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_query",
    surfaces=GIVEN,
)

AD_DETAIL = Operation(
    id="commercial.ad_detail",
    method="POST",
    path="/v2/research/adlib/ad/detail/",
    request=AdDetailQuery,
    response=AdDetail,
    summary="Read one ad with its advertiser and targeting",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_detail",
    surfaces=GIVEN,
)

AD_REPORT = Operation(
    id="commercial.ad_report",
    method="POST",
    path="/v2/research/adlib/ad/report/",
    request=AdReportQuery,
    response=AdReport,
    summary="Count the ads published by day and country",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml ad_report",
    surfaces=GIVEN,
)

ADVERTISER_QUERY = Operation(
    id="commercial.advertiser_query",
    method="POST",
    path="/v2/research/adlib/advertiser/query/",
    request=AdvertiserQuery,
    response=Advertisers,
    summary="Find advertisers by name",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml advertiser_query",
    surfaces=GIVEN,
)

CONTENT_QUERY = Operation(
    id="commercial.content_query",
    method="POST",
    path="/v2/research/adlib/commercial_content/query/",
    request=ContentQuery,
    response=ContentPage,
    summary="Search creators' posts with a commercial label",
    resource=Resource.COMMERCIAL,
    action="Search the ad library",
    auth=Auth.CLIENT_TOKEN,
    scopes=_SCOPE,
    retry=Retry.SAFE,
    errors=_ERRORS,
    source="commercial.yaml commercial_content_query",
    surfaces=GIVEN,
)
