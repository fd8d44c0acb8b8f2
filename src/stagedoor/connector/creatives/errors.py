"""Errors of creatives."""

from __future__ import annotations

from collections.abc import Sequence

from ..apps.errors import NoApp, SecretLost
from ..documented import ErrorCase, Raised
from ..errors import Conflict, InvalidInput, RequestTooLarge
from ..fair_queue import TooManyAtOnce
from ..integrations.errors import AccountNotAccessible, CredentialMissing
from ..integrations.tiktok_errors import TIKTOK_ERRORS
from ..media.blocking_slots import Busy
from ..media.errors import STORE_ERRORS, BadUpload, UploadTooSlow


class CreativeRejected(InvalidInput):
    """TikTok wouldn't take the file for ads; `detail.problems` lists each reason."""

    code = "media_rejected"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"The file isn't what TikTok takes for ads: it {'; it '.join(problems)}. Nothing was "
            "sent: mend the file and send it again.",
            detail={"problems": list(problems)},
        )


class CreativeUnderWay(Conflict):
    """The same file is being uploaded to the ad account."""

    code, retryable = "creative_under_way", True

    def __init__(self) -> None:
        super().__init__(
            "This file is being uploaded to the ad account by another request. Send it again in a "
            "moment: it is the same creative then.",
            retry_after=5,
        )


class PostUnusable(Conflict):
    """The post can't be a creative; the message says why."""

    code = "post_unusable"


FILE_ERRORS: tuple[Raised, ...] = (
    TooManyAtOnce,
    BadUpload,
    RequestTooLarge,
    UploadTooSlow,
    CreativeRejected,
    CreativeUnderWay,
    PostUnusable,
    Busy,
    ErrorCase(410, "media_gone", "The post's media aren't kept any more."),
    ErrorCase(404, "not_found", "The organisation has no such post."),
    *STORE_ERRORS,
)
ACCOUNT_ERRORS: tuple[Raised, ...] = (
    AccountNotAccessible,
    CredentialMissing,
    NoApp,
    SecretLost,
    *TIKTOK_ERRORS,
)
"""The errors of routes that call TikTok for an ad account."""
