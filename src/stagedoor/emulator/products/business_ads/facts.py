"""Gathers the inputs of a secondary status: the object, its parents, account, budgets, clock."""

from __future__ import annotations

from dataclasses import replace

from stagedoor.platform.ads_vocabulary import OperationStatus

from ...world import World
from ..business.state import AD_ACCOUNTS, AdAccount
from . import budgets, rights
from .state import AD_GROUPS as AD_GROUPS
from .state import ADS as ADS
from .state import ADS_OF_GROUP, CAMPAIGNS, Ad, AdGroup, Campaign
from .status import (
    AdFacts,
    CampaignFacts,
    GroupFacts,
    account,
    ad_status,
    campaign_status,
    group_status,
    group_verdict,
)


def of_campaign(world: World, campaign: Campaign) -> CampaignFacts:
    """The facts of a campaign, which must be settled."""
    owner = world[AD_ACCOUNTS][campaign.advertiser_id]
    at = budgets.local(world.now(), owner.timezone)
    return CampaignFacts(
        deleted=bool(campaign.deleted),
        account=account(owner.status),
        enabled=campaign.operation_status is OperationStatus.ENABLE,
        exceeded=budgets.left(campaign.budget_mode, campaign.budget, campaign.spent, at) <= 0,
    )


def of_group(world: World, group: AdGroup) -> GroupFacts:
    """The facts of an ad group, whose campaign must be settled. Its review includes its ads'."""
    live = [ad.review for ad in world[ADS].by(ADS_OF_GROUP, group.id) if ad.deleted != "own"]
    return replace(
        _apart_from_ads(world, group),
        review=group_verdict(group.review.state, (one.state for one in live)),
        again=group.review.again or any(one.again for one in live if one.state == "pending"),
    )


def of_ad(world: World, ad: Ad) -> AdFacts:
    """The facts of an ad, whose campaign must be settled."""
    return shown_ad(world, _apart_from_ads(world, world[AD_GROUPS][ad.adgroup_id]), ad)


def _apart_from_ads(world: World, group: AdGroup) -> GroupFacts:
    owner = world[AD_ACCOUNTS][group.advertiser_id]
    at = budgets.local(world.now(), owner.timezone)
    return GroupFacts(
        of_campaign(world, world[CAMPAIGNS][group.campaign_id]),
        deleted=group.deleted,
        switch=group.operation_status,
        review=group.review.state,
        again=group.review.again,
        phase=budgets.phase(group.start, group.end, world.now()),
        no_balance=owner.balance <= 0,
        exceeded=budgets.left(group.budget_mode, group.budget, group.spent, at) <= 0,
    )


def shown_group(world: World, owner: AdAccount, campaign: Campaign, group: AdGroup) -> GroupFacts:
    """The facts of an ad group that `delivers` needs: without schedule and budgets."""
    above = CampaignFacts(
        deleted=bool(campaign.deleted),
        account=account(owner.status),
        enabled=campaign.operation_status is OperationStatus.ENABLE,
    )
    return GroupFacts(above, group.deleted, group.operation_status, group.review.state)


def shown_ad(world: World, group: GroupFacts, ad: Ad, at: float | None = None) -> AdFacts:
    """The facts of an ad at a time (default: now)."""
    enabled = ad.operation_status is OperationStatus.ENABLE
    lost = rights.lost(world, ad, at)
    return AdFacts(group, ad.deleted, enabled, ad.review.state, ad.review.again, lost)


def status_of(world: World, found: Campaign | AdGroup | Ad) -> str:
    """The secondary status of an object, whose campaign must be settled."""
    if isinstance(found, Campaign):
        return campaign_status(of_campaign(world, found))
    if isinstance(found, AdGroup):
        return group_status(of_group(world, found))
    return ad_status(of_ad(world, found))
