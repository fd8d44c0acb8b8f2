"""The operations of Login Kit."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import case
from ...model import Empty
from ...operation import ApiProduct, BrowserPage, OperationEffect, Resource, Retry, Subject
from ...protocols.oauth_form import OAUTH_FORM
from .models import (
    TOKEN_PATH,
    Authorize,
    ClientGrant,
    ClientToken,
    CodeGrant,
    QrCheck,
    QrCode,
    QrRequest,
    QrState,
    RefreshGrant,
    Revocation,
    UserToken,
)

AUTHORIZE = BrowserPage(
    id="oauth.authorize",
    path="/v2/auth/authorize/",
    request=Authorize,
    summary="The page where a creator allows an app",
    source="oauth.yaml authorize_page",
    errors=(
        case("access_denied", "the creator declines, or may not use a sandbox app", 302),
        case("unauthorized_client", "key unknown, draft app, wrong environment (page error)"),
        case("unsupported_response_type", "response_type is not code", 302),
    ),
)

_SECRET_MISSING = case("invalid_request", "a field is missing or misnamed")
_CLIENT_WRONG = case("invalid_client", "wrong key or secret")
_GRANT_UNSUPPORTED = case("unsupported_grant_type", "grant_type is none of the three")

OAUTH = ApiProduct(
    name="oauth",
    protocol=OAUTH_FORM,
    subject=Subject.APP,
    resource=Resource.AUTHORIZATION,
)

TOKEN_CODE = OAUTH.operation(
    "token_code",
    "POST",
    TOKEN_PATH,
    selector=("grant_type", "authorization_code"),
    request=CodeGrant,
    response=UserToken,
    summary="Turn a code into a creator's tokens",
    action="Connect an account",
    effect=OperationEffect.WRITE,
    errors=(
        case("invalid_grant", "code unknown, used or expired"),
        case("invalid_request", "redirect_uri differs, PKCE mismatch, or a field is missing"),
        _CLIENT_WRONG,
        _GRANT_UNSUPPORTED,
    ),
    source="oauth.yaml token_authorization_code",
)

TOKEN_REFRESH = OAUTH.operation(
    "token_refresh",
    "POST",
    TOKEN_PATH,
    selector=("grant_type", "refresh_token"),
    request=RefreshGrant,
    response=UserToken,
    summary="Turn a refresh token into new tokens",
    action="Keep an account connected",
    effect=OperationEffect.WRITE,
    errors=(
        _CLIENT_WRONG,
        case("invalid_grant", "refresh token unknown, revoked, expired or of another app"),
        _SECRET_MISSING,
    ),
    source="oauth.yaml token_refresh",
)

TOKEN_CLIENT = OAUTH.operation(
    "token_client",
    "POST",
    TOKEN_PATH,
    selector=("grant_type", "client_credentials"),
    request=ClientGrant,
    response=ClientToken,
    summary="Get the app's own token",
    action="Act as the app itself",
    retry=Retry.SAFE,
    errors=(_SECRET_MISSING, _CLIENT_WRONG),
    source="oauth.yaml token_client_credentials",
)

REVOKE = OAUTH.operation(
    "revoke",
    "POST",
    "/v2/oauth/revoke/",
    request=Revocation,
    response=Empty,
    summary="End the app's access to an account",
    action="Disconnect an account",
    effect=OperationEffect.WRITE,
    errors=(
        case("invalid_grant", "token unknown, expired or already revoked"),
        _SECRET_MISSING,
        _CLIENT_WRONG,
    ),
    source="oauth.yaml revoke",
)


QR_START = OAUTH.operation(
    "qr_start",
    "POST",
    "/v2/oauth/get_qrcode/",
    request=QrRequest,
    response=QrCode,
    summary="Begin a login by QR code",
    action="Connect an account",
    retry=Retry.SAFE,
    errors=(
        _SECRET_MISSING,
        case("invalid_scope", "a scope isn't enabled for the app (assumed)"),
        case("unauthorized_client", "the app isn't live (assumed)"),
        case("invalid_client", "the key is unknown (assumed)"),
    ),
    source="oauth.yaml get_qrcode",
)

QR_CHECK = OAUTH.operation(
    "qr_check",
    "POST",
    "/v2/oauth/check_qrcode/",
    request=QrCheck,
    response=QrState,
    summary="Ask what became of a QR code",
    action="Connect an account",
    effect=OperationEffect.WRITE,
    errors=(case("invalid_request", "a field is missing, or the token is unknown"), _CLIENT_WRONG),
    source="oauth.yaml check_qrcode",
)

RETIRED: Mapping[str, str] = {
    "/auth/authorize/": AUTHORIZE.path,
    "/oauth/access_token/": TOKEN_PATH,
    "/oauth/refresh_token/": TOKEN_PATH,
    "/oauth/revoke/": REVOKE.path,
    "/v0/oauth/get_qrcode": QR_START.path,
    "/v0/oauth/check_qrcode": QR_CHECK.path,
}
"""Login Kit v1, ended 2024-02-29, with what replaced it (`oauth.yaml`, legacy_v1)."""
