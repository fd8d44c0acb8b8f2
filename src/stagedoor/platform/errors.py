"""Error codes: their meaning and the remedy for the caller (`errors.yaml`, `posting.yaml`).

Each code is declared once here with its kind, which selects the client's exception and the
emulator's answer. Codes that aren't in the table are passed on unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from .records import frozen

OK = "ok"
LOG_ID_HEADER = "x-tt-logid"
SECRET_MISSING = "Client secret is missed in request."
MALFORMED = "The request parameters are malformed."
"""TikTok's texts for a token request that lacks a parameter."""


class ErrorKind(Enum):
    """The kind of an error: it decides how a caller reacts."""

    AUTH = "auth"
    """The token is invalid: refresh it or connect again."""
    SCOPE = "scope"
    """The creator, or TikTok's review, didn't allow this."""
    REQUEST = "request"
    """The request is wrong and will stay wrong."""
    NOT_FOUND = "not found"
    STATE = "state"
    """The request is valid, but not in the present state."""
    POLICY = "policy"
    """TikTok's rules forbid it for this app, account or post."""
    QUOTA = "quota"
    """A cap over hours or days is used up."""
    RATE = "rate"
    """Too fast: wait seconds."""
    CLIENT = "client"
    """The app's key, secret or set-up is wrong."""
    GRANT = "grant"
    """The code or refresh token is spent, expired or revoked."""
    DENIED = "denied"
    """A person, or TikTok, refused on the consent page."""
    SERVER = "server"


@frozen
class Case:
    """A documented error of an operation."""

    http: int
    code: str
    when: str


@frozen
class ErrorCode:
    code: str
    http: int
    kind: ErrorKind
    message: str
    """TikTok's text where it was observed, else a plain text."""
    remedy: str
    alias: str | None = None
    """The code's other spelling."""


class ErrorTable:
    """The error codes of a protocol, each with a kind that all protocols share."""

    def __init__(self, codes: Iterable[ErrorCode]) -> None:
        self.codes = {one.code: one for one in codes}
        self.aliases = {one.alias: one.code for one in self.codes.values() if one.alias}
        self._spellings = {code: alias for alias, code in self.aliases.items()}

    def known(self, code: str) -> ErrorCode | None:
        """The declared code, also by its other spelling; None for a code that isn't declared."""
        return self.codes.get(self.aliases.get(code, code))

    def kind(self, code: str, http: int) -> ErrorKind | None:
        """The kind of an error; an unknown code is classed by the HTTP status."""
        declared = self.known(code)
        if declared is not None:
            return declared.kind
        return self.unknown_kind(code, http)

    def unknown_kind(self, code: str, http: int) -> ErrorKind | None:
        """The kind of a code that isn't in the table."""
        if http == 429:
            return ErrorKind.RATE
        if http >= 500:
            return ErrorKind.SERVER
        return ErrorKind.AUTH if http == 401 else None

    def spelled(self, code: str, spelling: str) -> str:
        """`spelling`, if it is the code's other spelling; else the code."""
        return spelling if self._spellings.get(code) == spelling else code


GUIDELINES = (
    "Please review our integration guidelines at "
    "https://developers.tiktok.com/doc/content-sharing-guidelines/"
)
_PULL_RULES = (
    "Please review our URL ownership verification rules at "
    "https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide#pull_from_url"
)

_TABLE = (
    ErrorCode(
        "access_token_invalid",
        401,
        ErrorKind.AUTH,
        "The access token is invalid or not found in the request.",
        "Refresh the access token; if that fails, ask the creator to connect again.",
    ),
    ErrorCode(
        "scope_not_authorized",
        401,
        ErrorKind.SCOPE,
        "The user did not authorize the scope required for completing this request.",
        "Ask the creator to connect again and leave the scope ticked, "
        "and see that the app has it approved.",
    ),
    ErrorCode(
        "scope_permission_missed",
        400,
        ErrorKind.SCOPE,
        "Additional scopes are required to access some of the requested fields.",
        "Ask for fewer fields, or ask the creator for the scopes that the fields need.",
    ),
    ErrorCode(
        "invalid_params",
        400,
        ErrorKind.REQUEST,
        "Some of the request parameters are invalid.",
        "Correct what the message names; the same request will not pass.",
        alias="invalid_param",
    ),
    ErrorCode(
        "invalid_file_upload",
        400,
        ErrorKind.REQUEST,
        "The uploaded file does not meet the specifications.",
        "Check the file against TikTok's media limits.",
    ),
    ErrorCode(
        "rate_limit_exceeded",
        429,
        ErrorKind.RATE,
        "rate limit reached",
        "Wait for the window of the limit to pass.",
    ),
    ErrorCode(
        "daily_quota_limit_exceeded",
        429,
        ErrorKind.QUOTA,
        "The daily quota of requests or records is used up.",
        "The quota starts anew at 00:00 UTC; it is shared by the whole organisation.",
    ),
    ErrorCode(
        "internal_error",
        500,
        ErrorKind.SERVER,
        "Something went wrong on TikTok's side.",
        "Try again later; give the log_id to TikTok's support if it stays.",
    ),
    ErrorCode(
        "app_version_check_failed",
        400,
        ErrorKind.STATE,
        "The user's TikTok app version is too old.",
        "Ask the creator to update the TikTok app to 31.8 or later.",
    ),
    ErrorCode(
        "invalid_publish_id",
        400,
        ErrorKind.NOT_FOUND,
        "The publish_id does not exist.",
        "Use the publish_id that init gave; right after init it can take a moment to be known.",
    ),
    ErrorCode(
        "token_not_authorized_for_specified_publish_id",
        400,
        ErrorKind.POLICY,
        "The access token is not authorized for the specified publish_id.",
        "Use the token of the creator and the app that started this post.",
    ),
    ErrorCode(
        "publish_not_cancellable",
        400,
        ErrorKind.STATE,
        "The publish task can not be cancelled.",
        "Only downloads that are still running can be cancelled; "
        "the creator can delete the post in TikTok.",
    ),
    ErrorCode(
        "spam_risk_too_many_posts",
        403,
        ErrorKind.QUOTA,
        GUIDELINES,
        "The creator has used up today's posts through the API (about 15 in 24 hours over all "
        "apps). Post again tomorrow, or in the TikTok app.",
    ),
    ErrorCode(
        "spam_risk_user_banned_from_posting",
        403,
        ErrorKind.POLICY,
        GUIDELINES,
        "TikTok has banned this creator from posting; the TikTok app shows the creator why.",
    ),
    ErrorCode(
        "spam_risk_too_many_pending_share",
        403,
        ErrorKind.QUOTA,
        GUIDELINES,
        "The creator has 5 unfinished drafts from apps in the inbox. "
        "Finish or discard one in TikTok, or wait until 24 hours have passed.",
    ),
    ErrorCode(
        "reached_active_user_cap",
        403,
        ErrorKind.QUOTA,
        GUIDELINES,
        "The app has reached the number of creators that it may post for in 24 hours "
        "(5 before the audit). Try again tomorrow, or ask TikTok for a higher cap.",
    ),
    ErrorCode(
        "unaudited_client_can_only_post_to_private_accounts",
        403,
        ErrorKind.POLICY,
        GUIDELINES,
        "This app hasn't passed TikTok's audit, and until then it may post only to accounts that "
        "are set to private, with privacy SELF_ONLY. Set the account (not just the post) to "
        "private in TikTok, or apply for the audit.",
    ),
    ErrorCode(
        "url_ownership_unverified",
        403,
        ErrorKind.POLICY,
        _PULL_RULES,
        "Verify the domain or URL prefix for this app in the developer portal, "
        "or upload the file instead.",
    ),
    ErrorCode(
        "privacy_level_option_mismatch",
        403,
        ErrorKind.REQUEST,
        GUIDELINES,
        "Choose one of the privacy levels in the creator's privacy_level_options; "
        "there is no default.",
    ),
    # OAuth
    ErrorCode(
        "access_denied",
        200,
        ErrorKind.DENIED,
        "The user denied the request.",
        "The creator said no, or the account isn't allowed (a sandbox lets only target users in). "
        "Ask again when the creator wants to connect.",
    ),
    ErrorCode(
        "invalid_client",
        200,
        ErrorKind.CLIENT,
        "Client key or secret is incorrect.",
        "Check the client key and secret, and that both are of the same environment.",
    ),
    ErrorCode(
        "invalid_grant",
        200,
        ErrorKind.GRANT,
        "Authorization code is expired.",
        "The code or refresh token is used, expired or revoked: ask the creator to connect again.",
    ),
    ErrorCode(
        "invalid_request",
        200,
        ErrorKind.REQUEST,
        "The request parameters are malformed.",
        "Send the same redirect_uri and the code_verifier that belong to the code, as a form body.",
    ),
    ErrorCode(
        "invalid_scope",
        200,
        ErrorKind.CLIENT,
        "The requested scope is invalid or unknown.",
        "Ask only for scopes that the app has enabled in the developer portal.",
    ),
    ErrorCode(
        "unauthorized_client",
        200,
        ErrorKind.CLIENT,
        "The client is not authorized to do this.",
        "See in the developer portal that the app is live, has Login Kit, "
        "and that this is the right environment's key.",
    ),
    ErrorCode(
        "unsupported_grant_type",
        200,
        ErrorKind.REQUEST,
        "Grant type is not supported.",
        "Use authorization_code, refresh_token or client_credentials.",
    ),
    ErrorCode(
        "unsupported_response_type",
        200,
        ErrorKind.REQUEST,
        "Response type is not supported.",
        "Use response_type=code.",
    ),
    ErrorCode(
        "server_error",
        200,
        ErrorKind.SERVER,
        "Something went wrong on TikTok's side.",
        "Try again later.",
    ),
    ErrorCode(
        "temporarily_unavailable",
        200,
        ErrorKind.SERVER,
        "The service is temporarily unavailable.",
        "Try again later.",
    ),
)

OPEN_PLATFORM = ErrorTable(_TABLE)
"""Codes of open.tiktokapis.com: OAuth and the data operations share one list of words."""
CODES = OPEN_PLATFORM.codes


def known(code: str) -> ErrorCode | None:
    """The declared code of the open platform; see `ErrorTable.known`."""
    return OPEN_PLATFORM.known(code)


UNSUPPORTED_PATH = "Unsupported path(Janus)"
"""The gateway's answer to a wrong path or method: this text with HTTP 404."""


def case(code: str, when: str, http: int | None = None) -> Case:
    """A documented error of an operation, with the code's usual HTTP status."""
    return Case(CODES[code].http if http is None else http, code, when)


TOKEN_INVALID = case("access_token_invalid", "token missing, expired, revoked or of another kind")
OVER_LIMIT = case("rate_limit_exceeded", "over the window")
OVER_QUOTA = case("daily_quota_limit_exceeded", "the day's quota is used up")
SERVER_FAULT = case("internal_error", "server fault")
