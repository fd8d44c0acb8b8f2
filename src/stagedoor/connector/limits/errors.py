"""The error for a call that the rate limit would delay for too long."""

from __future__ import annotations

from ..errors import ApiError


class TooFast(ApiError):
    """TikTok's rate limit has no free slot soon. Nothing was sent; `retry_after` is in seconds."""

    code, http, retryable = "rate_limited", 429, True

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"TikTok's rate limit has no free slot for {seconds:.0f} s. Nothing was sent: try "
            "again then.",
            retry_after=seconds,
        )
