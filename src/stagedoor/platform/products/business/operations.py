"""The operations of authorization and ad accounts."""

from __future__ import annotations

from ...model import Empty
from ...operation import AnyOf, BrowserPage, Host, OperationEffect, Retry
from ...protocols.business import BUSINESS_FORM
from .answers import (
    AccountToken,
    AdvertiserAccounts,
    AdvertiserToken,
    AuthorizedAdvertisers,
    BusinessUser,
    TokenInfo,
    TokenRevoked,
)
from .common import (
    COMMON,
    COMMON_APP,
    PREFIX,
    TOKEN_EXPIRED,
    TOKEN_WRONG,
    WRONG_APP,
    case,
)
from .models import (
    AccountCode,
    AccountRefresh,
    AccountRevocation,
    AdvertiserQuery,
    AuthCode,
    Nothing,
    OAuthCode,
    OwnAdvertisers,
    PortalAuth,
    TokenInfoQuery,
    TokenRevocation,
)
from .product import ADVERTISER, APP, GRANTABLE_ADVERTISER

PORTAL_AUTH = BrowserPage(
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
    effect=OperationEffect.WRITE,
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
    effect=OperationEffect.WRITE,
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

ADVERTISER_INFO = GRANTABLE_ADVERTISER.operation(
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


_GRANT_TYPE = case(40108, "grant_type not supported")
_CODE_SPENT = case(40110, "code used, cancelled or expired")
_CLIENT_WRONG = case(40101, "bad client")

OAUTH2_TOKEN = APP.operation(
    "oauth2_token",
    "POST",
    f"{PREFIX}/oauth2/token/",
    protocol=BUSINESS_FORM,
    request=OAuthCode,
    response=AdvertiserToken,
    summary="Turn a code of the portal page into a token, under the names of OAuth",
    action="Connect ad accounts",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, _CODE_SPENT, _CLIENT_WRONG, _GRANT_TYPE),
    confidence="low",
    source="business.yaml oauth2_token",
)

TT_USER_TOKEN = APP.operation(
    "tt_user_token",
    "POST",
    f"{PREFIX}/tt_user/oauth2/token/",
    request=AccountCode,
    response=AccountToken,
    summary="Turn a code of the consent page into an account's tokens",
    action="Connect an account",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, _CODE_SPENT, _CLIENT_WRONG, _GRANT_TYPE),
    source="business.yaml tt_user_token",
)

TT_USER_REFRESH = APP.operation(
    "tt_user_refresh",
    "POST",
    f"{PREFIX}/tt_user/oauth2/refresh_token/",
    request=AccountRefresh,
    response=AccountToken,
    summary="Turn an account's refresh token into new tokens",
    action="Keep an account connected",
    effect=OperationEffect.WRITE,
    errors=(
        *COMMON_APP,
        _GRANT_TYPE,
        case(40103, "refresh token expired"),
        case(40107, "refresh token wrong"),
    ),
    source="business.yaml tt_user_refresh",
)

TT_USER_REVOKE = APP.operation(
    "tt_user_revoke",
    "POST",
    f"{PREFIX}/tt_user/oauth2/revoke/",
    request=AccountRevocation,
    response=Empty,
    summary="End the app's access to an account",
    action="Disconnect an account",
    effect=OperationEffect.WRITE,
    errors=(*COMMON_APP, TOKEN_WRONG),
    source="business.yaml tt_user_revoke",
)

TT_USER_TOKEN_INFO = APP.operation(
    "tt_user_token_info",
    "POST",
    f"{PREFIX}/tt_user/token_info/get/",
    request=TokenInfoQuery,
    response=TokenInfo,
    summary="Read the account and the scopes of an account's token",
    action="Keep an account connected",
    retry=Retry.SAFE,
    errors=(*COMMON_APP, TOKEN_WRONG, TOKEN_EXPIRED),
    source="business.yaml tt_user_token_info",
)
