"""The operations of Login Kit."""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import case
from ...model import Empty
from ...operation import Auth, Effect, Operation, Page, Resource, Retry, Shape
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

AUTHORIZE = Page(
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

TOKEN_CODE = Operation(
    id="oauth.token_code",
    method="POST",
    path=TOKEN_PATH,
    selector=("grant_type", "authorization_code"),
    request=CodeGrant,
    response=UserToken,
    summary="Turn a code into a creator's tokens",
    resource=Resource.AUTHORIZATION,
    action="Connect an account",
    effect=Effect.WRITE,
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
    errors=(
        case("invalid_grant", "code unknown, used or expired"),
        case("invalid_request", "redirect_uri differs, PKCE mismatch, or a field is missing"),
        _CLIENT_WRONG,
        _GRANT_UNSUPPORTED,
    ),
    source="oauth.yaml token_authorization_code",
)

TOKEN_REFRESH = Operation(
    id="oauth.token_refresh",
    method="POST",
    path=TOKEN_PATH,
    selector=("grant_type", "refresh_token"),
    request=RefreshGrant,
    response=UserToken,
    summary="Turn a refresh token into new tokens",
    resource=Resource.AUTHORIZATION,
    action="Keep an account connected",
    effect=Effect.WRITE,
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
    errors=(
        _CLIENT_WRONG,
        case("invalid_grant", "refresh token unknown, revoked, expired or of another app"),
        _SECRET_MISSING,
    ),
    source="oauth.yaml token_refresh",
)

TOKEN_CLIENT = Operation(
    id="oauth.token_client",
    method="POST",
    path=TOKEN_PATH,
    selector=("grant_type", "client_credentials"),
    request=ClientGrant,
    response=ClientToken,
    summary="Get the app's own token",
    resource=Resource.AUTHORIZATION,
    action="Act as the app itself",
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
    retry=Retry.SAFE,
    errors=(_SECRET_MISSING, _CLIENT_WRONG),
    source="oauth.yaml token_client_credentials",
)

REVOKE = Operation(
    id="oauth.revoke",
    method="POST",
    path="/v2/oauth/revoke/",
    request=Revocation,
    response=Empty,
    summary="End the app's access to an account",
    resource=Resource.AUTHORIZATION,
    action="Disconnect an account",
    effect=Effect.WRITE,
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
    errors=(
        case("invalid_grant", "token unknown, expired or already revoked"),
        _SECRET_MISSING,
        _CLIENT_WRONG,
    ),
    source="oauth.yaml revoke",
)


QR_START = Operation(
    id="oauth.qr_start",
    method="POST",
    path="/v2/oauth/get_qrcode/",
    request=QrRequest,
    response=QrCode,
    summary="Begin a login by QR code",
    resource=Resource.AUTHORIZATION,
    action="Connect an account",
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
    retry=Retry.SAFE,
    errors=(
        _SECRET_MISSING,
        case("invalid_scope", "a scope isn't enabled for the app (assumed)"),
        case("unauthorized_client", "the app isn't live (assumed)"),
        case("invalid_client", "the key is unknown (assumed)"),
    ),
    source="oauth.yaml get_qrcode",
)

QR_CHECK = Operation(
    id="oauth.qr_check",
    method="POST",
    path="/v2/oauth/check_qrcode/",
    request=QrCheck,
    response=QrState,
    summary="Ask what became of a QR code",
    resource=Resource.AUTHORIZATION,
    action="Connect an account",
    effect=Effect.WRITE,
    auth=Auth.CLIENT,
    shape=Shape.OAUTH,
    form=True,
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
