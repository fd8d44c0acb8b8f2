"""The operations of authorization and ad accounts."""

from __future__ import annotations

from ...operation import AnyOf, Effect, Host, Page, Retry
from .answers import (
    AdvertiserAccounts,
    AdvertiserToken,
    AuthorizedAdvertisers,
    BusinessUser,
    TokenRevoked,
)
from .common import COMMON, COMMON_APP, PREFIX, TOKEN_WRONG, WRONG_APP, case
from .models import (
    AdvertiserQuery,
    AuthCode,
    Nothing,
    OwnAdvertisers,
    PortalAuth,
    TokenRevocation,
)
from .product import ADVERTISER, APP

PORTAL_AUTH = Page(
    id="business.portal_auth",
    path="/portal/auth",
    host=Host.BUSINESS,
    request=PortalAuth,
    summary="The page where a person lets an app use ad accounts",
    source="business.yaml portal_auth",
    errors=(case(40113, "the app is unknown (page error)"),),
)

OAUTH2_ACCESS_TOKEN = APP.operation(
    "oauth2_access_token",
    "POST",
    f"{PREFIX}/oauth2/access_token/",
    request=AuthCode,
    response=AdvertiserToken,
    summary="Turn a code of the portal page into an advertiser's token",
    action="Connect ad accounts",
    effect=Effect.WRITE,
    errors=(
        *COMMON_APP,
        case(40110, "code used, cancelled or expired"),
        case(40101, "secret or app mismatch, or old code"),
    ),
    source="business.yaml oauth2_access_token",
)

OAUTH2_ADVERTISER_GET = ADVERTISER.operation(
    "oauth2_advertiser_get",
    "GET",
    f"{PREFIX}/oauth2/advertiser/get/",
    request=OwnAdvertisers,
    response=AuthorizedAdvertisers,
    summary="List the ad accounts that a token reaches",
    action="Read ad accounts",
    scopes=AnyOf(("100",)),
    retry=Retry.SAFE,
    errors=(*COMMON, WRONG_APP),
    source="business.yaml oauth2_advertiser_get",
)

OAUTH2_REVOKE_TOKEN = APP.operation(
    "oauth2_revoke_token",
    "POST",
    f"{PREFIX}/oauth2/revoke_token/",
    request=TokenRevocation,
    response=TokenRevoked,
    summary="Revoke an advertiser's token",
    action="Disconnect ad accounts",
    effect=Effect.WRITE,
    errors=(*COMMON_APP, TOKEN_WRONG),
    source="business.yaml oauth2_revoke_token",
)

BUSINESS_USER_INFO = ADVERTISER.operation(
    "business_user_info",
    "GET",
    f"{PREFIX}/user/info/",
    request=Nothing,
    response=BusinessUser,
    summary="Read the person who authorised the app",
    action="Read ad accounts",
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business.yaml business_user_info",
)

ADVERTISER_INFO = ADVERTISER.operation(
    "advertiser_info",
    "GET",
    f"{PREFIX}/advertiser/info/",
    request=AdvertiserQuery,
    response=AdvertiserAccounts,
    summary="Read ad accounts with their currency, time zone and balance",
    action="Read ad accounts",
    scopes=AnyOf(("100",)),
    retry=Retry.SAFE,
    errors=(*COMMON, case(40300, "advertiser unknown")),
    source="business.yaml advertiser_info",
)
