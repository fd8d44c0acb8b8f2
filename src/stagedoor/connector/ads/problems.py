"""The reasons why an object isn't delivered, in words: by TikTok's status, and by its review.

Pure functions of what TikTok says. TikTok's `secondary_status` has one word of each level for the
same reason (`CAMPAIGN_STATUS_DISABLE`, `AD_STATUS_DISABLE`), so the table names the reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stagedoor.platform.products.business_ads import ReviewStatus

_PREFIXES = ("CAMPAIGN_STATUS_", "ADGROUP_STATUS_", "AD_STATUS_", "AD_STAUS_", "")
_WORDS = {
    "DELETE": "It was deleted.",
    "CAMPAIGN_DELETE": "Its campaign was deleted.",
    "ADGROUP_DELETE": "Its ad group was deleted.",
    "DISABLE": "It is paused: launch it.",
    "CAMPAIGN_DISABLE": "Its campaign is paused: launch the campaign.",
    "ADGROUP_DISABLE": "Its ad group is paused: launch the ad group.",
    "FROZEN": "TikTok froze it; it can't be switched on again.",
    "CREATE": "It has no ad yet: make one.",
    "AUDIT": "TikTok reviews it.",
    "REAUDIT": "TikTok reviews it again after a change.",
    "SHADOW_ADGROUP_REAUDIT": "TikTok reviews it again after a change.",
    "ADVERTISER_AUDIT": "TikTok reviews the ad account.",
    "ADVERTISER_REAUDIT": "TikTok reviews the ad account again after a change.",
    "ADVERTISER_AUDIT_DENY": "TikTok rejected the ad account: see its page in TikTok's Ads "
    "Manager.",
    "ADVERTISER_CONTRACT_PENDING": "The ad account's contract isn't in effect yet.",
    "ADVERTISER_ACCOUNT_PUNISH": "TikTok suspended the ad account: ask its support.",
    "ADVERTISER_ACCOUNT_INVALID": "The ad account is disabled: ask TikTok's support.",
    "AUDIT_DENY": "TikTok rejected it: see the reasons in `review`, change it, or appeal.",
    "ADGROUP_AUDIT_DENY": "TikTok rejected its ad group: see the reasons in the ad group's "
    "`review`.",
    "REVIEW_DISAPPROVED": "TikTok rejected it: see the reasons in `review`.",
    "REVIEW_PARTIALLY_APPROVED": "TikTok shows it in some places only: see `review`.",
    "PARTIAL_AUDIT_DELIVERY_OK": "TikTok shows it in some places only: see `review`.",
    "PARTIAL_AUDIT_NO_DELIVERY": "TikTok approved it in part, and it isn't shown: see `review`.",
    "ADGROUP_PARTIAL_AUDIT_NO_DELIVERY": "TikTok approved its ad group in part, and it isn't "
    "shown: see the ad group's `review`.",
    "NOT_START": "Its schedule hasn't begun.",
    "LIVE_NOT_START": "The live that it promotes hasn't begun.",
    "LIVE_OFFLINE": "The live that it promotes is over.",
    "TIME_DONE": "Its schedule is over: give it a later end.",
    "DONE": "Its schedule is over: give its ad group a later end.",
    "BALANCE_EXCEED": "The ad account has no money left: add some in TikTok's Ads Manager.",
    "BUDGET_EXCEED": "Its budget is used up: raise it, or wait for the next day.",
    "CAMPAIGN_EXCEED": "Its campaign's budget is used up: raise it, or wait for the next day.",
    "ADGROUP_PRE_ONLINE": "A change of it isn't shown yet.",
    "AD_PRE_ONLINE": "A change of it isn't shown yet.",
    "AWAITING_RELEASE": "TikTok hasn't released it yet.",
    "PIXEL_UNBIND": "Its pixel isn't linked to the ad account any more.",
    "TRANSCODING_FAIL": "TikTok couldn't process its video: upload it again.",
    "PROCESS_AUDIO": "TikTok processes its sound.",
    "MUSIC_AUTHORIZATION_MISSING": "The right to use its music is missing.",
    "ASSET_AUTHORIZATION_LOST": "The right to use its identity or files was withdrawn.",
    "ADGROUP_ASSET_AUTHORIZATION_LOST": "The right to use its ad group's assets was withdrawn.",
    "CREATOR_AUTHORIZATION_REVOKED": "The creator withdrew the right to show the post.",
    "INDUSTRY_QUALIFICATION_MISSING": "A document of the industry is missing: add it in TikTok's "
    "Ads Manager.",
    "INDUSTRY_QUALIFICATION_EXPIRED": "A document of the industry has expired.",
    "INDUSTRY_QUALIFICATION_DENY": "TikTok rejected a document of the industry.",
    "ADGROUP_QUOTA_LIMIT": "The ad account has too many ad groups that are switched on.",
    "AD_QUOTA_LIMIT": "The ad account has too many ads that are switched on.",
    "PRODUCT_UNAVAILABLE": "Its product isn't available.",
    "ANCHOR_UNAVAILABLE": "Its link isn't available.",
}
_DELIVERED = frozenset({"ENABLE", "DELIVERY_OK"})
"""Reasons that don't keep anything from being delivered."""

_ABOVE = frozenset({"", "CAMPAIGN_DISABLE", "ADGROUP_DISABLE"})
"""Reasons that stand above an object's own switch."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The outcome of a review that has ended. `status` is TikTok's word; `reasons` are why parts
    were rejected, `suggestions` what TikTok proposes."""

    status: str | None
    approved: bool | None
    appeal: str | None
    reasons: tuple[str, ...]
    suggestions: tuple[str, ...]

    @classmethod
    def of(cls, review: Any) -> Reviewed:
        """Of TikTok's answer about an ad group or ad."""
        rejected = review.reject_info or ()
        reasons = dict.fromkeys(why for one in rejected for why in one.reasons)
        suggested = dict.fromkeys(one.suggestion for one in rejected if one.suggestion)
        return cls(
            None if review.review_status is None else str(review.review_status),
            review.is_approved,
            None if review.appeal_status is None else str(review.appeal_status),
            tuple(reasons),
            tuple(suggested),
        )

    @property
    def rejected(self) -> bool:
        """Whether it may appear nowhere."""
        if self.status is not None:
            return self.status == ReviewStatus.UNAVAILABLE
        return self.approved is False


def reason_of(secondary: str) -> str:
    """The reason in a secondary status, without its level."""
    return next(secondary[len(one) :] for one in _PREFIXES if secondary.startswith(one))


def of_status(secondary: str | None) -> list[str]:
    """The reasons why an object with this secondary status isn't delivered. None: TikTok doesn't
    say (in its sandbox)."""
    if secondary is None:
        return []
    reason = reason_of(secondary)
    if reason in _DELIVERED:
        return []
    said = _WORDS.get(reason) or _WORDS.get(reason.removeprefix("ADGROUP_"))
    return [said or f"TikTok says {secondary}: see it in TikTok's Ads Manager."]


def of_object(secondary: str | None, review: Reviewed | None, enabled: bool) -> list[str]:
    """Everything that keeps an object from being delivered, in words."""
    found = of_status(secondary)
    if not enabled and reason_of(secondary or "") in _ABOVE:
        found.append(_WORDS["DISABLE"])
    if review is not None and review.rejected:
        said = _WORDS["AUDIT_DENY"]
        if said not in found:
            found.append(said)
        found += [f"TikTok's reason: {why}" for why in review.reasons]
    return found
