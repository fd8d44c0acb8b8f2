"""Errors of audiences."""

from __future__ import annotations

from ..apps.errors import NoApp, SecretLost
from ..documented import Raised
from ..errors import Conflict, ObjectNotFound
from ..integrations.errors import AccountNotAccessible, CredentialMissing
from ..integrations.tiktok_errors import TIKTOK_ERRORS


class NoAudience(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such audience. GET /api/ads/audiences lists them.")


class AudienceBusy(Conflict):
    """The audience is being changed at TikTok at this moment."""

    code, retryable = "audience_busy", True

    def __init__(self) -> None:
        super().__init__(
            "The audience is being sent to TikTok at this moment: try again.", retry_after=10
        )


class AudienceNotReady(Conflict):
    """Ads can't use the audience yet, or any more."""

    code = "audience_not_ready"


class NothingToRemove(Conflict):
    """The audience has no members yet."""

    code = "audience_empty"

    def __init__(self) -> None:
        super().__init__("The audience has no members yet, so none can be removed.")


class TooManyMembersWaiting(Conflict):
    """Too many members of the audience wait to be sent."""

    code, retryable = "too_many_waiting", True

    def __init__(self, most: str) -> None:
        super().__init__(
            f"An audience has at most {most} that wait for TikTok: send these when some of them "
            "have been taken.",
            retry_after=600,
        )


ACCOUNT_ERRORS: tuple[Raised, ...] = (
    AccountNotAccessible,
    CredentialMissing,
    NoApp,
    SecretLost,
    *TIKTOK_ERRORS,
)
"""The errors of routes that call TikTok for an ad account."""
