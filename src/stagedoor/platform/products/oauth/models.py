"""Requests and answers of Login Kit."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from ...durations import ACCESS_TOKEN_SECONDS as ACCESS_TOKEN_SECONDS
from ...durations import CLIENT_TOKEN_SECONDS as CLIENT_TOKEN_SECONDS
from ...durations import CODE_SECONDS as CODE_SECONDS
from ...durations import QR_SECONDS as QR_SECONDS
from ...durations import REFRESH_TOKEN_SECONDS as REFRESH_TOKEN_SECONDS
from ...errors import LOG_ID_HEADER as LOG_ID_HEADER
from ...errors import MALFORMED as MALFORMED
from ...errors import SECRET_MISSING as SECRET_MISSING
from ...model import OPEN, Answer, CommaList, Names, Request, Secret, says
from ...vocabulary import QrStatus as QrStatus

MAX_REDIRECT_URIS = 10
MAX_REDIRECT_LENGTH = 511
MAX_SANDBOX_TARGET_USERS = 10

LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
"""The hosts to which a desktop app may be redirected."""

MAX_TICKET_LENGTH = 511
TICKET_UNFILLED = "tobefilled"
"""Placeholder in the scan URL for the app's own client_ticket."""

NATIVE_AUTHORIZE_PATH = "/opensdk/oauth/"
"""Opened by the mobile SDKs if TikTok's app is installed (`oauth.yaml`, mobile_exchange)."""

USER_TOKEN_PREFIX = "act."
REFRESH_TOKEN_PREFIX = "rft."
CLIENT_TOKEN_PREFIX = "clt."

LOG_ID = re.compile(r"^[0-9]{14}[0-9A-F]{20}$")
"""A log id: UTC yyyymmddhhmmss and 20 hexadecimal digits, also in the header `x-tt-logid`."""

CODE_EXPIRED = "Authorization code is expired."
REFRESH_INVALID = "Refresh token is invalid or expired."
REDIRECT_MISMATCH = "Redirect_uri is not matched with the uri when requesting code."
VERIFIER_INVALID = "Code verifier or code challenge is invalid."
CLIENT_INCORRECT = "Client key or secret is incorrect."


class Authorize(Request):
    """Query of the consent page. `scope` is comma separated; `code_challenge` is hex."""

    client_key: str
    scope: Names
    redirect_uri: str
    state: str | None = None
    response_type: str = "code"
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    disable_auto_auth: int | None = None
    lang: str | None = None
    request_id: str | None = None
    """The iOS SDK's own id of a request, returned with the answer."""


class LoginCallback(Answer):
    """Query parameters that the consent page adds to the redirect URI."""

    code: Secret = ""
    scopes: CommaList = ()
    state: str = ""
    error: str = ""
    error_description: str = ""
    error_type: str = ""
    error_code: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    """For mobile apps: `CANCELLED` when the creator cancelled."""


MOBILE_CANCELLED = -2
"""`error_code` and `errCode` of a refusal in a mobile app (`mobile_exchange.ios`)."""


class CodeGrant(Request):
    """A code to be turned into a creator's tokens."""

    client_key: Annotated[str, says("the app's client key")]
    client_secret: Annotated[Secret, says("the app's client secret")]
    code: Annotated[Secret, says("the code of the callback, decoded; it works once")]
    redirect_uri: Annotated[str, says("the redirect URI of the login")]
    code_verifier: Annotated[
        str | None, Field(repr=False), says("the login's PKCE verifier, if it had a challenge")
    ] = None
    grant_type: Annotated[
        Literal["authorization_code"], says("tells the three uses of the route apart")
    ] = "authorization_code"


class RefreshGrant(Request):
    """A refresh token to be turned into new tokens."""

    client_key: Annotated[str, says("the app's client key")]
    client_secret: Annotated[Secret, says("the app's client secret")]
    refresh_token: Annotated[Secret, says("the account's refresh token")]
    grant_type: Annotated[
        Literal["refresh_token"], says("tells the three uses of the route apart")
    ] = "refresh_token"


class ClientGrant(Request):
    """A request for the app's own token."""

    client_key: Annotated[str, says("the app's client key")]
    client_secret: Annotated[Secret, says("the app's client secret")]
    grant_type: Annotated[
        Literal["client_credentials"], says("tells the three uses of the route apart")
    ] = "client_credentials"


class Revocation(Request):
    """A request to revoke a creator's grant, by its access token."""

    client_key: Annotated[str, says("the app's client key")]
    client_secret: Annotated[Secret, says("the app's client secret")]
    token: Annotated[Secret, says("the access token; an expired one is refused, so refresh first")]


class UserToken(Answer):
    """A creator's tokens."""

    access_token: Annotated[Secret, says("for calls")]
    expires_in: Annotated[int, says("the access token lives so many seconds from now")]
    open_id: Annotated[str, says("the creator, as this app knows them")]
    refresh_token: Annotated[Secret, says("for new tokens")]
    refresh_expires_in: Annotated[int, says("the refresh token lives so many seconds from now")]
    scope: Annotated[CommaList, says("what the creator granted")] = ()
    token_type: str = "Bearer"


class ClientToken(Answer):
    """The app's own token, for Research and Commercial Content. No refresh token."""

    access_token: Annotated[Secret, says("for calls")]
    expires_in: Annotated[int, says("it lives so many seconds from now")]
    token_type: str = "Bearer"


TOKEN_PATH = "/v2/oauth/token/"


class QrRequest(Request):
    """No redirect URI: TikTok takes the app's registered one. No secret either."""

    client_key: Annotated[str, says("the app's client key")]
    scope: Annotated[Names, says("what to ask for")]
    state: Annotated[str | None, says("an unguessable text that comes back with the code")] = None


class QrCode(Answer):
    """A new QR login. Replace `tobefilled` in `scan_qrcode_url` by the app's client_ticket, then
    draw the URL as a QR code."""

    scan_qrcode_url: Annotated[str, says("what to draw as a QR code, once the ticket is in it")]
    token: Annotated[Secret, says("asks what became of the code")]


class QrCheck(Request):
    client_key: Annotated[str, says("the app's client key")]
    client_secret: Annotated[Secret, says("the app's client secret")]
    token: Annotated[Secret, says("the token of the QR code")]


class QrState(Answer):
    """The state of a QR login. `client_ticket` is the ticket in the code that the phone scanned:
    discard the answer if it isn't yours.

    CONFIRMED has `redirect_uri`, with the authorization code in its query, and `state`; the docs'
    table lists `code` too, which their example doesn't show.
    """

    status: Annotated[QrStatus | str, OPEN, says("how far the login is")]
    client_ticket: Annotated[str, says("the ticket that the phone saw")] = ""
    redirect_uri: Annotated[Secret, says("where the browser would have been sent")] = ""
    code: Annotated[Secret, says("for tokens; it is handed out once")] = ""
    state: Annotated[str, says("the login's own state")] = ""
