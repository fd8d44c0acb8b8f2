"""The conversion of TikTok's errors for callers of the service."""

from __future__ import annotations

from typing import Any

from stagedoor.client import errors as client

from ..errors import ApiError, BadRequest


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


def told(error: client.StagedoorError) -> ApiError:
    """Convert a client error (TikTok's, or of the transport) into the service's error shape."""
    http, retryable = next(
        ((http, retry) for kind, http, retry in _HTTP if isinstance(error, kind)), (502, False)
    )
    if isinstance(error, client.InvalidRequest):
        problems: Any = [{"path": path, "reason": why} for path, why in error.problems]
        return BadRequest(str(error), detail={"problems": problems})
    if isinstance(error, client.TikTokError):
        return TikTokSaid(error, http, retryable)
    code = "tiktok_unreachable" if isinstance(error, client.TransportError) else "tiktok_failed"
    return ApiError(str(error), code=code, http=http, retryable=retryable)
