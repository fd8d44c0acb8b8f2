"""Errors about campaigns, ad groups and ads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..apps.errors import SecretLost
from ..errors import ApiError, Conflict, InvalidInput, ObjectNotFound
from ..integrations.errors import AccountNotAccessible
from ..integrations.tiktok_errors import TIKTOK_ERRORS


class NoAdObject(ObjectNotFound):
    """No ad account that the organisation reaches has such an object."""

    def __init__(self, called: str, path: str) -> None:
        super().__init__(
            f"No ad account of the organisation has this {called}. GET /api/ads/{path}?accountId= "
            "lists those of an ad account."
        )


class NotThere(ObjectNotFound):
    """The ad account has no such object."""

    def __init__(self, called: str, account_id: str, object_id: str) -> None:
        super().__init__(f"The ad account {account_id} has no {called} {object_id}.")


class AccountNotNamed(InvalidInput):
    """The organisation reaches too many ad accounts to look for an id in each."""

    code = "account_not_named"

    def __init__(self, called: str, most: int) -> None:
        super().__init__(
            f"The organisation reaches more than {most} ad accounts, and the {called} wasn't made "
            "here, so it isn't looked for in each: add ?accountId=, the ad account's id."
        )


class FieldsMissing(InvalidInput):
    """A value that TikTok requires is missing, or doesn't fit: `detail.problems` lists each with
    its path. Nothing was sent."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        listed = [{"path": path, "reason": why} for path, why in problems]
        said = "; ".join(f"{path}: {why}" for path, why in problems)
        super().__init__(said, detail={"problems": listed})


class CreateUnsettled(ApiError):
    """TikTok's answer to a create was lost, and it isn't known yet whether the object exists. It is
    looked for again and again; the same request later gives the object, or makes it once."""

    code, http, retryable = "create_unsettled", 502, True

    def __init__(self, called: str, write_id: str) -> None:
        super().__init__(
            f"TikTok's answer was lost, and it isn't known yet whether the {called} exists. Send "
            "the same request again in a minute: it finds the object, and never makes a second.",
            detail={"writeId": write_id},
            retry_after=60,
        )


class SeveralMade(CreateUnsettled):
    """TikTok's answer to a create was lost, and TikTok lists several new objects that it may have
    made."""

    def __init__(self, called: str, write_id: str) -> None:
        super().__init__(called, write_id)
        self.message = (
            f"TikTok's answer was lost, and TikTok lists several new objects that may be this "
            f"{called}: delete those that are needless at TikTok, then send the same request again."
        )


class WriteUnsettled(ApiError):
    """TikTok's answer to a change was lost, and the object couldn't be read either. The same
    request again is safe."""

    code, http, retryable = "change_unsettled", 502, True

    def __init__(self, called: str) -> None:
        super().__init__(
            f"TikTok's answer was lost, and it isn't known whether the {called} changed: look at "
            "it, or send the same request again.",
            retry_after=10,
        )


class WriteAtWork(Conflict):
    """Another request makes the same object at this moment."""

    retryable = True

    def __init__(self, called: str) -> None:
        super().__init__(
            f"Another request makes the same {called} at this moment: look at the list, and send "
            "this again if it should be made twice."
        )


class LaunchBlocked(Conflict):
    """A problem keeps the object from being delivered: `detail.problems` lists everything, with
    level, id and code. Nothing was switched on."""

    code = "launch_blocked"

    def __init__(self, problems: Sequence[Mapping[str, Any]]) -> None:
        said = " ".join(str(one["message"]) for one in problems[:5])
        more = f" And {len(problems) - 5} more." if len(problems) > 5 else ""
        super().__init__(
            f"Nothing was switched on. {said}{more}", detail={"problems": list(problems)}
        )


class PausedMeanwhile(Conflict):
    """A person or the spend limit paused the object while it was being launched."""

    code = "paused_meanwhile"

    def __init__(self, called: str) -> None:
        super().__init__(
            f"The {called} was paused while it was being launched, so it stays off. Launch it "
            "again if that is wanted."
        )


class SpendLimitExceeded(Conflict):
    """The daily budgets would exceed the organisation's spend limit, or the day's spend has reached
    it: `detail` has the numbers. Nothing was sent."""

    code = "spend_limit_exceeded"


class SpendUnreadable(ApiError):
    """A spend limit is set, and the budgets or the spend of an ad account couldn't be read: nothing
    is made, raised or switched on without them."""

    code, http, retryable = "spend_unreadable", 503, True

    def __init__(self, why: str, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(
            "The organisation has a spend limit, and what its ads may spend couldn't be read, so "
            f"nothing is switched on: {why}",
            detail=None if detail is None else dict(detail),
            retry_after=30,
        )


LIST_ERRORS = (AccountNotAccessible, SecretLost, *TIKTOK_ERRORS)
"""The errors of routes that name an ad account."""
READ_ERRORS = (NoAdObject, AccountNotNamed, AccountNotAccessible, SecretLost, *TIKTOK_ERRORS)
"""The errors of routes that read an object by its id."""
SPEND_ERRORS = (SpendLimitExceeded, SpendUnreadable)
