"""Outcomes: what an error means for a post, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.client import errors as client
from stagedoor.platform.products.posting import CAP_SECONDS

from ..errors import ApiError
from ..limits.errors import TooFast


@dataclass(frozen=True, slots=True)
class PostFailure:
    """Why a post isn't published, and what to do. `reason` is TikTok's code where there is one."""

    reason: str
    message: str
    remedy: str = ""
    log_id: str | None = None
    retryable: bool = False
    """Whether posting the same again can succeed."""
    retry_at: float | None = None
    """The earliest time for it, in Unix seconds."""

    def stored(self) -> dict[str, Any]:
        return {
            "reason": self.reason,
            "message": self.message,
            "remedy": self.remedy,
            "logId": self.log_id,
            "retryable": self.retryable,
            "retryAt": self.retry_at,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> PostFailure:
        return cls(
            stored["reason"],
            stored["message"],
            stored["remedy"],
            stored["logId"],
            stored["retryable"],
            stored["retryAt"],
        )


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing was sent: retry in `seconds`. It doesn't count as an attempt."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Capped:
    """TikTok's cap on posts is reached: nothing was taken, and the post waits until it ends. If it
    waits for too long, `failure` applies."""

    failure: PostFailure


@dataclass(frozen=True, slots=True)
class Again:
    """A later retry may succeed. The number of retries is limited; after the last one, `failure`
    applies."""

    failure: PostFailure


@dataclass(frozen=True, slots=True)
class Lost:
    """The answer was lost: the request may have taken effect."""

    why: str


@dataclass(frozen=True, slots=True)
class Fail:
    """Permanent: a retry can't succeed."""

    failure: PostFailure


Verdict = Wait | Capped | Again | Lost | Fail

_RATE_SECONDS = 60.0


def of(error: Exception, now: float) -> Verdict:
    """Classify an error that a call to TikTok raised."""
    match error:
        case TooFast():
            return Wait(error.retry_after or 1.0, "TikTok's rate limit")
        case client.RateLimited():
            return Wait(error.retry_after or _RATE_SECONDS, "TikTok's rate limit")
        case client.NotSent():
            return Again(unreachable(str(error)))
        case client.UnexpectedAnswer() | client.AnswerLost():
            return Lost(str(error))
        case client.ServerError():
            return Again(_said(error, retryable=True))
        case client.QuotaExceeded():
            return Capped(_said(error, retryable=True, retry_at=now + CAP_SECONDS))
        case client.TikTokError():
            return Fail(_said(error))
        case client.InvalidRequest():
            return Fail(
                PostFailure(
                    "invalid_post",
                    str(error),
                    "Change what the message names with PATCH, then retry the post.",
                )
            )
        case client.TransportError():
            return Lost(str(error))
        case client.UploadError():
            remedy = "See that the network to TikTok is well, then retry the post."
            return Again(PostFailure("upload_refused", str(error), remedy, retryable=True))
        case client.StagedoorError():
            return Fail(PostFailure("media_unreadable", str(error), "Upload the file again."))
        case ApiError():
            failure = PostFailure(error.code, error.message, "", error.log_id, error.retryable)
            return Again(failure) if error.retryable or error.http >= 500 else Fail(failure)
        case _:
            raise error


def unreachable(why: str) -> PostFailure:
    remedy = "See that TikTok can be reached, and post again."
    return PostFailure("tiktok_unreachable", why, remedy, retryable=True)


def _said(
    error: client.TikTokError, retryable: bool = False, retry_at: float | None = None
) -> PostFailure:
    return PostFailure(
        error.code, str(error), error.remedy, error.log_id or None, retryable, retry_at
    )


def is_server_fault(error: Exception) -> bool:
    """Whether TikTok reported an internal error: how much was done is unknown."""
    return isinstance(error, client.ServerError)
