"""Secondary status: the computed delivery state of campaigns, ad groups and ads.

The functions are pure. The order of their rules is the precedence of `business-ads.yaml`
(emulator_rules): deleted, account, campaign switch, own switch, review, schedule, budget,
delivering. The first rule that applies decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Literal

from stagedoor.platform.ads_vocabulary import OperationStatus, PrimaryStatus
from stagedoor.platform.records import frozen

from .state import DeletedBy, ReviewState

Phase = Literal["before", "during", "after"]
"""The place of the present moment in an ad group's schedule."""


class AdAccountState(IntEnum):
    """The state of an ad account as far as its ads are concerned."""

    USABLE = 0
    IN_REVIEW = 1
    REJECTED = 2
    IN_REVIEW_AGAIN = 3
    CONTRACT_PENDING = 4
    PUNISHED = 5
    INVALID = 6


_ACCOUNTS = {
    "STATUS_ENABLE": AdAccountState.USABLE,
    "STATUS_LIMIT": AdAccountState.PUNISHED,
    "STATUS_DISABLE": AdAccountState.INVALID,
    "STATUS_CONTRACT_PENDING": AdAccountState.CONTRACT_PENDING,
    "STATUS_CONFIRM_FAIL": AdAccountState.REJECTED,
    "STATUS_CONFIRM_FAIL_END": AdAccountState.REJECTED,
    "STATUS_CONFIRM_MODIFY_FAIL": AdAccountState.REJECTED,
    "STATUS_PENDING_CONFIRM_MODIFY": AdAccountState.IN_REVIEW_AGAIN,
}
_OWN_NAMES = {
    AdAccountState.IN_REVIEW_AGAIN: "ADVERTISER_REAUDIT",
    AdAccountState.CONTRACT_PENDING: "ADVERTISER_CONTRACT_PENDING",
    AdAccountState.PUNISHED: "ADVERTISER_ACCOUNT_PUNISH",
    AdAccountState.INVALID: "ADVERTISER_ACCOUNT_INVALID",
}


def account(advertiser_status: str) -> AdAccountState:
    """The state that an ad account's status stands for."""
    return _ACCOUNTS.get(advertiser_status, AdAccountState.IN_REVIEW)


@frozen
class CampaignFacts:
    """Everything that a campaign's secondary status depends on."""

    deleted: bool = False
    account: AdAccountState = AdAccountState.USABLE
    enabled: bool = True
    exceeded: bool = False
    """The budget of the campaign is used."""


@frozen
class GroupFacts:
    """Everything that an ad group's secondary status depends on."""

    campaign: CampaignFacts
    deleted: DeletedBy = ""
    switch: OperationStatus = OperationStatus.ENABLE
    review: ReviewState = "approved"
    again: bool = False
    phase: Phase = "during"
    no_balance: bool = False
    exceeded: bool = False
    """The budget of the ad group is used."""


@frozen
class AdFacts:
    """Everything that an ad's secondary status depends on."""

    group: GroupFacts
    deleted: DeletedBy = ""
    enabled: bool = True
    review: ReviewState = "approved"
    again: bool = False
    code_lost: bool = False
    """The creator's code, by which the ad shows a post, is over or deleted."""


def campaign_status(facts: CampaignFacts) -> str:
    return _first(
        (facts.deleted, "CAMPAIGN_STATUS_DELETE"),
        (facts.account is not AdAccountState.USABLE, _account("CAMPAIGN", facts.account)),
        (not facts.enabled, "CAMPAIGN_STATUS_DISABLE"),
        (facts.exceeded, "CAMPAIGN_STATUS_BUDGET_EXCEED"),
        otherwise="CAMPAIGN_STATUS_ENABLE",
    )


def group_status(facts: GroupFacts) -> str:
    above = facts.campaign
    return _first(
        (facts.deleted == "own", "ADGROUP_STATUS_DELETE"),
        (bool(facts.deleted) or above.deleted, "ADGROUP_STATUS_CAMPAIGN_DELETE"),
        (above.account is not AdAccountState.USABLE, _account("ADGROUP", above.account)),
        (not above.enabled, "ADGROUP_STATUS_CAMPAIGN_DISABLE"),
        (facts.switch is OperationStatus.FROZEN, "ADGROUP_STATUS_FROZEN"),
        (facts.switch is OperationStatus.DISABLE, "ADGROUP_STATUS_DISABLE"),
        (facts.review == "none", "ADGROUP_STATUS_CREATE"),
        (
            facts.review == "pending",
            "ADGROUP_STATUS_REAUDIT" if facts.again else "ADGROUP_STATUS_AUDIT",
        ),
        (facts.review == "rejected", "ADGROUP_STATUS_AUDIT_DENY"),
        (facts.review == "partial", "ADGROUP_STATUS_REVIEW_PARTIALLY_APPROVED"),
        (facts.phase == "before", "ADGROUP_STATUS_NOT_START"),
        (facts.phase == "after", "ADGROUP_STATUS_TIME_DONE"),
        (facts.no_balance, "ADGROUP_STATUS_BALANCE_EXCEED"),
        (above.exceeded, "ADGROUP_STATUS_CAMPAIGN_EXCEED"),
        (facts.exceeded, "ADGROUP_STATUS_BUDGET_EXCEED"),
        otherwise="ADGROUP_STATUS_DELIVERY_OK",
    )


def ad_status(facts: AdFacts) -> str:
    group = facts.group
    above = group.campaign
    return _first(
        (facts.deleted == "own", "AD_STATUS_DELETE"),
        (facts.deleted == "adgroup" or group.deleted == "own", "AD_STATUS_ADGROUP_DELETE"),
        (
            bool(facts.deleted or group.deleted) or above.deleted,
            "AD_STATUS_CAMPAIGN_DELETE",
        ),
        (above.account is not AdAccountState.USABLE, _account("AD", above.account)),
        (not above.enabled, "AD_STATUS_CAMPAIGN_DISABLE"),
        (group.switch is not OperationStatus.ENABLE, "AD_STATUS_ADGROUP_DISABLE"),
        (not facts.enabled, "AD_STATUS_DISABLE"),
        (facts.code_lost, "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED"),
        (facts.review == "pending", "AD_STATUS_REAUDIT" if facts.again else "AD_STATUS_AUDIT"),
        (facts.review == "rejected", "AD_STATUS_AUDIT_DENY"),
        (group.review == "rejected", "AD_STATUS_ADGROUP_AUDIT_DENY"),
        (group.review == "pending", "AD_STATUS_REAUDIT" if group.again else "AD_STATUS_AUDIT"),
        (facts.review == "partial", "AD_STATUS_REVIEW_PARTIALLY_APPROVED"),
        (group.phase == "before", "AD_STATUS_NOT_START"),
        (group.phase == "after", "AD_STATUS_DONE"),
        (group.no_balance, "AD_STATUS_BALANCE_EXCEED"),
        (above.exceeded, "AD_STATUS_CAMPAIGN_EXCEED"),
        (group.exceeded, "AD_STATUS_BUDGET_EXCEED"),
        otherwise="AD_STATUS_DELIVERY_OK",
    )


def group_verdict(own: ReviewState, ads: Iterable[ReviewState]) -> ReviewState:
    """The review of an ad group as its status shows it, from its own review and its ads'.

    Without ads there is nothing to review yet. It is pending while none of its ads may be shown and
    one is pending, and rejected when all of its ads are.
    """
    found = set(ads)
    if not found:
        return "none"
    if own != "approved":
        return "pending" if own == "none" else own
    if "approved" in found:
        return "approved"
    for state in ("partial", "pending"):
        if state in found:
            return state
    return "rejected"


def delivers(facts: AdFacts) -> bool:
    """Whether an ad may be shown, apart from schedule and budgets."""
    group, above = facts.group, facts.group.campaign
    shown = ("approved", "partial")
    return (
        not facts.deleted
        and not group.deleted
        and not above.deleted
        and above.account is AdAccountState.USABLE
        and above.enabled
        and group.switch is OperationStatus.ENABLE
        and facts.enabled
        and not facts.code_lost
        and facts.review in shown
        and group.review in shown
    )


def matches(primary: str, secondary: str, deleted: bool) -> bool:
    """Whether an object belongs to a primary status, the coarse filter of lists."""
    if primary == PrimaryStatus.ALL:
        return True
    if primary == PrimaryStatus.DELETE:
        return deleted
    return not deleted and (primary == PrimaryStatus.NOT_DELETE or _primary(secondary) == primary)


_DELIVERING = ("DELIVERY_OK", "STATUS_ENABLE")
_DONE = ("TIME_DONE", "AD_STATUS_DONE")


def _primary(secondary: str) -> PrimaryStatus:
    if secondary.endswith(_DELIVERING):
        return PrimaryStatus.DELIVERY_OK
    if secondary.endswith("_DISABLE"):
        return PrimaryStatus.DISABLE
    if secondary.endswith(_DONE):
        return PrimaryStatus.TIME_DONE
    if secondary.endswith("_FROZEN"):
        return PrimaryStatus.FROZEN
    if secondary.endswith("_PARTIALLY_APPROVED"):
        return PrimaryStatus.DELIVERY_PARTIAL
    return PrimaryStatus.NOT_DELIVERY


def _account(level: str, state: AdAccountState) -> str:
    if state is AdAccountState.IN_REVIEW:
        return f"{level}_STATUS_ADVERTISER_AUDIT"
    return _OWN_NAMES.get(state, f"{level}_STATUS_ADVERTISER_AUDIT_DENY")


def _first(*rules: tuple[bool, str], otherwise: str) -> str:
    return next((status for holds, status in rules if holds), otherwise)
