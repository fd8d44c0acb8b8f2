"""The conversion of TikTok's errors for callers of the service."""

from __future__ import annotations

from stagedoor.client import errors as client

from ..documented import ErrorCase, Raised
from ..errors import ApiError, unfit_parts
from ..limits.errors import TooFast


class TikTokSaid(ApiError):
    """TikTok's own refusal in `said`, unchanged: its status and its message only."""

    def __init__(self, said: client.TikTokError, http: int, retryable: bool) -> None:
        super().__init__(
            str(said),
            code=said.code,
            http=http,
            detail={"remedy": said.remedy, "operation": said.operation},
            log_id=said.log_id or None,
            retryable=retryable,
            retry_after=said.retry_after,
        )
        self.said = said


_HTTP: tuple[tuple[type[client.StagedoorError], int, bool], ...] = (
    (client.TokenInvalid, 409, False),
    (client.GrantInvalid, 409, False),
    (client.ScopeMissing, 403, False),
    (client.PolicyRefused, 403, False),
    (client.BadRequest, 400, False),
    (client.NotFound, 404, False),
    (client.WrongState, 409, False),
    (client.QuotaExceeded, 429, True),
    (client.RateLimited, 429, True),
    (client.ServerError, 502, True),
    (client.ClientRejected, 500, False),
    (client.TransportError, 502, True),
)

_OF_TIKTOK = {
    400: ("invalid_params", "TikTok refuses the request."),
    403: ("scope_not_authorized", "TikTok refuses it for this account."),
    404: ("resource_not_found", "TikTok has no such thing."),
    409: ("access_token_invalid", "TikTok doesn't accept the account's tokens any more."),
    429: ("rate_limit_exceeded", "TikTok's limit is reached."),
    500: ("invalid_client", "TikTok doesn't accept the app."),
    502: ("internal_error", "TikTok failed."),
}
TIKTOK_ERRORS: tuple[Raised, ...] = (
    *(
        ErrorCase(http, code, meaning, http in (429, 502), open=True)
        for http, (code, meaning) in _OF_TIKTOK.items()
    ),
    ErrorCase(502, "tiktok_unreachable", "TikTok couldn't be reached.", retryable=True),
    ErrorCase(502, "tiktok_failed", "TikTok's answer couldn't be understood."),
    TooFast,
)
"""The errors of routes that call TikTok immediately: those of `api_error_of`."""


def api_error_of(error: client.StagedoorError) -> ApiError:
    """Convert a client error (TikTok's, or of the transport) into the service's error shape."""
    http, retryable = next(
        ((http, retry) for kind, http, retry in _HTTP if isinstance(error, kind)), (502, False)
    )
    if isinstance(error, client.InvalidRequest):
        return unfit_parts((path or "(body)", why) for path, why in error.problems)
    if isinstance(error, client.TikTokError):
        return TikTokSaid(error, http, retryable)
    code = "tiktok_unreachable" if isinstance(error, client.TransportError) else "tiktok_failed"
    return ApiError(str(error), code=code, http=http, retryable=retryable)
