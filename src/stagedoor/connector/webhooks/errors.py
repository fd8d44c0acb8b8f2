"""Errors for TikTok when a delivery isn't accepted. TikTok repeats it after any response but
200."""

from __future__ import annotations

from ..errors import ApiError, InvalidInput


class NotVerified(ApiError):
    """The signature isn't valid. The error doesn't say which part of it was wrong."""

    code, http = "not_verified", 401

    def __init__(self) -> None:
        super().__init__("The delivery could not be verified.")


class NotKeepable(InvalidInput):
    """The delivery is verified as TikTok's, but a field of it can't be stored."""

    def __init__(self, path: str, reason: str) -> None:
        problems = [{"path": path, "reason": reason}]
        super().__init__(f"{path}: {reason}", detail={"problems": problems})
