"""Campaigns with creators: created, changed and listed by advertisers; joined by creators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stagedoor.platform.products.business_creators import (
    CreatorCampaignChange,
    CreatorCampaignQuery,
    CreatorCampaignType,
    NewCreatorCampaign,
)

from ...calls import AdmittedCall, Refusal
from ...world import Creator, World
from ..business.access import forbidden, role_on
from ..business.paging import page_of
from ..business.times import written
from . import accounts, creators
from .state import (
    APPROVED_LINKS,
    CAMPAIGN_BY_INVITE,
    COUNTRIES,
    CREATOR_CAMPAIGNS,
    CREATOR_CAMPAIGNS_OF,
    CREATOR_CAMPAIGNS_OF_KIND,
    INVITATIONS,
    INVITATIONS_TO,
    VIDEO_LINKS,
    CreatorCampaign,
    Invitation,
    MarketplaceAccount,
)

_INVITE = "https://www.tiktok.com/tiktokone/invite/"
"""The beginning of invite links; TikTok's form isn't published."""
DEFAULT_DAYS = 30


def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewCreatorCampaign = call.request
    account = accounts.named(call)
    kind = _kind(request.campaign_type or CreatorCampaignType.CAMPAIGN)
    _check_ad_accounts(call, request.advertiser_ids or ())
    made = CreatorCampaign(
        id=call.world.ids.number(call.now),
        account_id=account.id,
        kind=kind,
        name=request.campaign_name,
        invite_link=new_link(call.world),
        created=call.now,
        modified=call.now,
        brand_profile_id=request.brand_profile_id,
        brand_name=request.brand_name,
        description=request.campaign_description,
        anchor_id=request.anchor_id,
        advertiser_ids=tuple(dict.fromkeys(request.advertiser_ids or ())),
        days=int(request.default_spark_ads_requested_authorization_days or DEFAULT_DAYS),
    )
    call.world[CREATOR_CAMPAIGNS].add(made)
    _invite(call.world, made, request.handle_names or ())
    return _shown(call.world, made)


def new_link(world: World) -> str:
    """An invite link that no other campaign has."""
    return f"{_INVITE}{world.ids.hexadecimal(24)}"


def update(call: AdmittedCall) -> dict[str, Any]:
    """Invite more creators, and replace the ad accounts; the type says which kind is meant."""
    request: CreatorCampaignChange = call.request
    found = named(call, accounts.named(call), request.campaign_id)
    if request.campaign_type is not None and _kind(request.campaign_type) is not found.kind:
        raise Refusal("40002", f"campaign_type: The campaign is a {found.kind}.")
    if request.advertiser_ids is not None:
        _check_ad_accounts(call, request.advertiser_ids)
        found.advertiser_ids = tuple(dict.fromkeys(request.advertiser_ids))
    _invite(call.world, found, request.handle_names or ())
    found.modified = call.now
    return _shown(call.world, found)


def listed(call: AdmittedCall) -> dict[str, Any]:
    """The account's campaigns, newest first; ids of others are left out."""
    request: CreatorCampaignQuery = call.request
    account = accounts.named(call)
    table = call.world[CREATOR_CAMPAIGNS]
    kind = None if request.campaign_type is None else _kind(request.campaign_type)
    if request.campaign_ids is not None:
        known = (table.get(one) for one in dict.fromkeys(request.campaign_ids))
        own = [one for one in known if one is not None and one.account_id == account.id]
        found = sorted(
            (one for one in own if kind in (None, one.kind)), key=lambda one: -int(one.id)
        )
    elif kind is not None:
        found = list(table.by(CREATOR_CAMPAIGNS_OF_KIND, (account.id, kind)))
    else:
        found = list(table.by(CREATOR_CAMPAIGNS_OF, account.id))
    rows, info = page_of(found, request.page, request.page_size)
    return {
        "campaigns": [_shown(call.world, one) for one in rows],
        "page_info": info.model_dump(),
    }


def named(call: AdmittedCall, account: MarketplaceAccount, campaign_id: str) -> CreatorCampaign:
    """The account's campaign with this id."""
    found = call.world[CREATOR_CAMPAIGNS].get(campaign_id)
    if found is None:
        raise Refusal("40007", f"The campaign {campaign_id} does not exist.")
    if found.account_id != account.id:
        said = f"You don't have permission to operate this campaign: {campaign_id}."
        raise Refusal("40001", said)
    return found


def invited_by(world: World, invite_link: str, field: str = "tto_invite_link") -> CreatorCampaign:
    """The campaign of an invite link."""
    for found in world[CREATOR_CAMPAIGNS].by(CAMPAIGN_BY_INVITE, invite_link):
        return found
    raise Refusal("40002", f"{field}: The invite link is not valid.")


def check_joinable(creator: Creator) -> None:
    """Refuse a creator who may not come into the marketplace."""
    if creator.region not in COUNTRIES:
        raise Refusal("40122")
    if creator.minor or creator.banned:
        raise Refusal("40121")


def enter(world: World, campaign: CreatorCampaign, creator: Creator) -> None:
    """Add a creator to a campaign, once; one who isn't in the marketplace comes into it."""
    if not creators.is_in(creator):
        creator.onboarded = True
    table = world[INVITATIONS]
    found = table.get(f"{campaign.id}:{creator.id}")
    if found is None:
        found = table.add(Invitation(campaign.id, creator.id))
    if found.joined is None:
        found.joined = world.now()


def _invite(world: World, campaign: CreatorCampaign, handles: Iterable[str]) -> None:
    """Invite the creators with these handles; the others are remembered as failed."""
    failed = dict.fromkeys(campaign.failed)
    for handle in dict.fromkeys(handles):
        person = world.named(handle)
        if person is None or person.id not in world.creators or person.region not in COUNTRIES:
            failed[handle] = None
        elif f"{campaign.id}:{person.id}" not in world[INVITATIONS]:
            world[INVITATIONS].add(Invitation(campaign.id, person.id))
    campaign.failed = tuple(failed)


def _kind(value: str) -> CreatorCampaignType:
    try:
        return CreatorCampaignType(value)
    except ValueError:
        names = ", ".join(CreatorCampaignType)
        raise Refusal("40002", f"campaign_type: Must be one of: {names}.") from None


def _check_ad_accounts(call: AdmittedCall, ids: Iterable[str]) -> None:
    for one in ids:
        if role_on(call.world, call.own_token, one) is None:
            raise forbidden(one)


def _shown(world: World, found: CreatorCampaign) -> dict[str, Any]:
    people = [
        world.creators[one.creator_id] for one in world[INVITATIONS].by(INVITATIONS_TO, found.id)
    ]
    linked = world[VIDEO_LINKS].by(APPROVED_LINKS, found.id)
    return {
        "campaign_id": found.id,
        "campaign_type": found.kind,
        "campaign_name": found.name,
        "brand_profile_id": found.brand_profile_id,
        "brand_name": found.brand_name,
        "campaign_description": found.description,
        "handle_names": [one.username for one in people],
        "failed_handle_names": list(found.failed),
        "anchor_id": found.anchor_id,
        "video_ids": [one.video_id for one in linked],
        "advertiser_ids": list(found.advertiser_ids),
        "spark_ads_requested_authorization_days": found.days,
        "invite_link": found.invite_link,
        "country_codes": sorted({one.region for one in people}),
        "create_time": written(found.created),
        "update_time": written(found.modified),
    }
