"""Login Kit OAuth v2: the consent page, three grants, revoke (`oauth.yaml`)."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from .errors import case
from .model import Answer, CommaList, Empty, Request, Secret
from .operation import Auth, Effect, Operation, Page, Resource, Retry, Shape

ACCESS_TOKEN_SECONDS = 86_400
REFRESH_TOKEN_SECONDS = 31_536_000
CLIENT_TOKEN_SECONDS = 7_200
CODE_SECONDS = 600
"""Not published; projects say about ten minutes (low confidence)."""

MAX_REDIRECT_URIS = 10
MAX_REDIRECT_LENGTH = 511
MAX_SANDBOX_TARGET_USERS = 10

LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
"""What a desktop app may be redirected to."""

RETIRED_PATHS = (
    "/auth/authorize/",
    "/oauth/access_token/",
    "/oauth/refresh_token/",
    "/oauth/revoke/",
    "/v0/oauth/get_qrcode",
    "/v0/oauth/check_qrcode",
)
"""Login Kit v1, ended 2024-02-29 (`oauth.yaml`, legacy_v1)."""

USER_TOKEN_PREFIX = "act."
REFRESH_TOKEN_PREFIX = "rft."
CLIENT_TOKEN_PREFIX = "clt."

LOG_ID = re.compile(r"^[0-9]{14}[0-9A-F]{20}$")
"""UTC yyyymmddhhmmss and 20 hexadecimal digits, also in the header `x-tt-logid`."""
LOG_ID_HEADER = "x-tt-logid"

CODE_EXPIRED = "Authorization code is expired."
REFRESH_INVALID = "Refresh token is invalid or expired."
REDIRECT_MISMATCH = "Redirect_uri is not matched with the uri when requesting code."
VERIFIER_INVALID = "Code verifier or code challenge is invalid."
SECRET_MISSING = "Client secret is missed in request."
MALFORMED = "The request parameters are malformed."
CLIENT_INCORRECT = "Client key or secret is incorrect."


class Authorize(Request):
    """Query of the consent page. `scope` is comma separated; `code_challenge` is hex."""

    client_key: str
    scope: CommaList
    redirect_uri: str
    state: str | None = None
    response_type: str = "code"
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    disable_auto_auth: int | None = None
    lang: str | None = None


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


class Callback(Answer):
    """What the consent page adds to the redirect URI."""

    code: Secret = ""
    scopes: CommaList = ()
    state: str = ""
    error: str = ""
    error_description: str = ""
    error_type: str = ""


class CodeGrant(Request):
    client_key: str
    client_secret: Secret
    code: Secret
    redirect_uri: str
    code_verifier: Annotated[str | None, Field(repr=False)] = None
    grant_type: Literal["authorization_code"] = "authorization_code"


class RefreshGrant(Request):
    client_key: str
    client_secret: Secret
    refresh_token: Secret
    grant_type: Literal["refresh_token"] = "refresh_token"


class ClientGrant(Request):
    client_key: str
    client_secret: Secret
    grant_type: Literal["client_credentials"] = "client_credentials"


class Revocation(Request):
    """`token` is the access token: an expired one is refused, so refresh first."""

    client_key: str
    client_secret: Secret
    token: Secret


class UserToken(Answer):
    """Tokens of a creator. Times are seconds from the answer; `scope` is what was granted."""

    access_token: Secret
    expires_in: int
    open_id: str
    refresh_token: Secret
    refresh_expires_in: int
    scope: CommaList = ()
    token_type: str = "Bearer"


class ClientToken(Answer):
    """The app's own token, for Research and Commercial Content. No refresh token."""

    access_token: Secret
    expires_in: int
    token_type: str = "Bearer"


TOKEN_PATH = "/v2/oauth/token/"

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
