"""Errors of publishing."""

from __future__ import annotations

from collections.abc import Sequence

from ..apps.errors import NoApp, SecretLost
from ..documented import ErrorCase, Raised
from ..errors import Conflict, InvalidInput, ObjectNotFound
from ..integrations.errors import LeaseLost, NoIntegration
from ..integrations.tiktok_errors import TIKTOK_ERRORS as TIKTOK_ERRORS
from ..integrations.tiktok_errors import TikTokSaid as TikTokSaid
from ..integrations.tiktok_errors import api_error_of as api_error_of
from ..media.errors import STORE_ERRORS
from ..media.service import Medium


class NoPost(ObjectNotFound):
    def __init__(self) -> None:
        super().__init__("There is no such post. GET /api/posts lists the organisation's.")


class WrongPostState(Conflict):
    """The post's present state doesn't allow this."""

    code = "wrong_state"


class PostChanged(Conflict):
    """The post was changed since the caller looked at it; `detail.revision` is the present one."""

    code = "post_changed"


class NotUploaded(Conflict):
    """The media isn't uploaded completely; `detail` says how far it is."""

    code = "upload_incomplete"


class PostMediaGone(Conflict):
    """The media of a post were deleted, or never uploaded."""

    code = "media_gone"


class PostMediaRejected(InvalidInput):
    """TikTok wouldn't accept the files. Nothing was scheduled."""

    code = "media_rejected"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"The media isn't what TikTok takes: {'; '.join(problems)}. Nothing was scheduled: "
            "mend the file and make a new post with it."
        )


class WhichAccount(InvalidInput):
    """Several accounts are connected; `detail.integrations` names them."""

    code = "integration_required"


class NoAccount(Conflict):
    """No account is connected."""

    code = "no_integration"


ACCOUNT_ERRORS: tuple[Raised, ...] = (
    WhichAccount,
    NoAccount,
    NoIntegration,
    NoApp,
    SecretLost,
    LeaseLost,
    ErrorCase(403, "account_revoked", "The account's authorization was removed."),
    ErrorCase(403, "scope_missing", "The creator didn't allow this; `detail.scopes` says what."),
)
"""The errors of routes that act for an account."""
POST_ERRORS: tuple[Raised, ...] = (
    NoPost,
    WrongPostState,
    NotUploaded,
    PostMediaGone,
    PostMediaRejected,
    *STORE_ERRORS,
    *ACCOUNT_ERRORS,
    *TIKTOK_ERRORS,
)
"""The errors of routes that create or change a post."""


def incomplete(medium: Medium, what: str) -> NotUploaded:
    of = "" if medium.size is None else f" of {medium.size}"
    return NotUploaded(
        f"{what} isn't uploaded: {medium.received}{of} bytes are here. Send the rest to its "
        "uploadUrl, then publish.",
        detail={"uploadId": medium.id, "received": medium.received, "size": medium.size},
        retryable=True,
    )
