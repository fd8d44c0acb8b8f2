"""What TikTok is told when a delivery isn't taken. Any answer but 200 makes it try again."""

from __future__ import annotations

from ..errors import ApiError, BadRequest


class NotVerified(ApiError):
    """Nobody learns which part of the proof was wrong."""

    code, http = "not_verified", 401

    def __init__(self) -> None:
        super().__init__("The delivery could not be verified.")


class NotKeepable(BadRequest):
    """The delivery is proven to be TikTok's, but a field of it can't be kept."""

    def __init__(self, path: str, reason: str) -> None:
        problems = [{"path": path, "reason": reason}]
        super().__init__(f"{path}: {reason}", detail={"problems": problems})
