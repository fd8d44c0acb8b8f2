"""Calls about links between videos and campaigns, from both sides."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.model import Empty
from stagedoor.platform.products.business_creators import (
    CampaignJoin,
    ConfirmAction,
    CreatorCampaignType,
    LinkAction,
    LinkRequestAnswer,
    LinkRequestQuery,
    OwnVideoLink,
    VideoLinking,
    VideoLinkQuery,
    VideoLinkStatus,
)

from ...calls import AdmittedCall, Refusal
from ...world import Video
from ..business.paging import page_of
from ..business_comments.handlers import own_post
from . import accounts, campaigns, links
from .state import (
    INVITATIONS,
    LINKS_BY_REQUEST,
    LINKS_OF_ACCOUNT,
    LINKS_OF_CAMPAIGN,
    LINKS_OF_KIND,
    LINKS_WITH_CREATOR,
    VIDEO_LINKS,
    WAITING_LINKS,
    CreatorCampaign,
    MarketplaceAccount,
    VideoLink,
)


def change(call: AdmittedCall) -> dict[str, Any]:
    """Ask a creator to link a video, or revoke the link."""
    request: VideoLinking = call.request
    campaign = campaigns.named(call, accounts.named(call), request.campaign_id)
    if request.action not in set(LinkAction):
        raise Refusal("40002", f"action: Must be one of: {', '.join(LinkAction)}.")
    video = _video(call, campaign, request.video_id)
    link = links.find(call.world, campaign, video)
    if request.action == LinkAction.REVOKE:
        if link is None or not links.is_open(link):
            raise Refusal("40002", "action: The video isn't linked to the campaign.")
        links.revoke(call.world, link)
    else:
        if link is not None and link.status is VideoLinkStatus.APPROVE:
            raise Refusal("40002", "action: The video is linked already.")
        if not call.world.is_public(video):
            raise Refusal("40002", "video_id: The video isn't public.")
        link = links.request(call.world, campaign, video)
    return {
        "video_id": link.video_id,
        "status": link.status,
        "link_request_id": link.request_id,
        "number_of_requests": link.requests,
    }


def _video(call: AdmittedCall, campaign: CreatorCampaign, video_id: str) -> Video:
    """A video of a creator who was invited to the campaign, or joined it."""
    video = call.world.videos.get(video_id)
    if video is None or video.deleted:
        raise Refusal("40007", f"The video {video_id} does not exist.")
    if f"{campaign.id}:{video.creator_id}" not in call.world[INVITATIONS]:
        raise Refusal("40001", "video_id: The video's creator isn't in the campaign.")
    return video


def listed(call: AdmittedCall) -> dict[str, Any]:
    """The links of the account's campaigns, newest first; ids of others are left out."""
    request: VideoLinkQuery = call.request
    account = accounts.named(call)
    if request.campaign_type not in (None, *CreatorCampaignType):
        names = ", ".join(CreatorCampaignType)
        raise Refusal("40002", f"campaign_type: Must be one of: {names}.")
    found = _matching(call, account, request)
    rows, info = page_of(found, request.page, request.page_size)
    return {"video_infos": [_shown(one) for one in rows], "page_info": info.model_dump()}


def _matching(
    call: AdmittedCall, account: MarketplaceAccount, request: VideoLinkQuery
) -> list[VideoLink]:
    table, world = call.world[VIDEO_LINKS], call.world
    people = None
    if request.handle_names is not None:
        known = (world.named(one) for one in dict.fromkeys(request.handle_names))
        people = {one.id for one in known if one is not None}
    if request.campaign_ids is not None:
        ids = dict.fromkeys(request.campaign_ids)
        groups = [table.by(LINKS_OF_CAMPAIGN, one) for one in ids]
    elif people is not None:
        groups = [table.by(LINKS_WITH_CREATOR, (account.id, one)) for one in people]
    elif request.campaign_type is not None:
        kind = CreatorCampaignType(request.campaign_type)
        return list(table.by(LINKS_OF_KIND, (account.id, kind)))
    else:
        return list(table.by(LINKS_OF_ACCOUNT, account.id))
    found = [
        one
        for group in groups
        for one in group
        if one.account_id == account.id
        and (people is None or one.creator_id in people)
        and request.campaign_type in (None, one.kind)
    ]
    return sorted(found, key=lambda one: -int(one.request_id))


def _shown(link: VideoLink) -> dict[str, Any]:
    reminded = None if link.reminded is None else str(int(link.reminded))
    return {
        "video_id": link.video_id,
        "campaign_id": link.campaign_id,
        "status": link.status,
        "link_request_id": link.request_id,
        "last_reminded_timestamp": reminded,
        "number_of_requests": link.requests,
    }


def join(call: AdmittedCall) -> Empty:
    request: CampaignJoin = call.request
    campaign = campaigns.invited_by(call.world, request.tto_invite_link)
    creator = call.party[2]
    campaigns.check_joinable(creator)
    campaigns.enter(call.world, campaign, creator)
    return Empty()


def link_own(call: AdmittedCall) -> Empty:
    """Link a video of the account to a campaign that it joined."""
    request: OwnVideoLink = call.request
    campaign = _joined(call, request.tto_invite_link)
    video = own_post(call, request.video_id)
    if not call.world.is_public(video):
        raise Refusal("40002", "video_id: The video isn't public.")
    link = links.find(call.world, campaign, video)
    if link is not None and links.is_open(link) and not link.awaits_creator:
        raise Refusal("40002", "video_id: The video is linked already, or its link is in review.")
    link = links.submit(call.world, campaign, video)
    if not link.published:
        links.tell(call.world, link, links.PUBLISHED)
    return Empty()


def requests(call: AdmittedCall) -> dict[str, Any]:
    """The requests of a campaign that wait for the account's answer."""
    request: LinkRequestQuery = call.request
    creator = call.party[2]
    campaign = campaigns.invited_by(call.world, request.tto_invite_link)
    waiting = call.world[VIDEO_LINKS].by(WAITING_LINKS, (campaign.id, creator.id))
    return {
        "campaign_id": campaign.id,
        "spark_authorization_days": campaign.days,
        "link_requests": [
            {"video_id": one.video_id, "link_request_id": one.request_id} for one in waiting
        ],
    }


def answer(call: AdmittedCall) -> Empty:
    """Approve or reject a request, once."""
    request: LinkRequestAnswer = call.request
    if request.action not in set(ConfirmAction):
        raise Refusal("40002", f"action: Must be one of: {', '.join(ConfirmAction)}.")
    found = call.world[VIDEO_LINKS].by(LINKS_BY_REQUEST, request.link_request_id)
    if not found:
        raise Refusal("40007", f"The request {request.link_request_id} does not exist.")
    link = found[0]
    if link.creator_id != call.party[2].id:
        said = f"No permission to operate this request: {request.link_request_id}."
        raise Refusal("40001", said)
    if not link.awaits_creator:
        raise Refusal("40002", "link_request_id: The request was answered or revoked already.")
    links.answer(call.world, link, request.action == ConfirmAction.APPROVE)
    return Empty()


def _joined(call: AdmittedCall, invite_link: str) -> CreatorCampaign:
    campaign = campaigns.invited_by(call.world, invite_link)
    invitation = call.world[INVITATIONS].get(f"{campaign.id}:{call.party[2].id}")
    if invitation is None or invitation.joined is None:
        raise Refusal("40002", "tto_invite_link: The account hasn't joined the campaign.")
    return campaign
