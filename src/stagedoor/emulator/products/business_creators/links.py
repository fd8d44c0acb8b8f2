"""Links between videos and campaigns: requested, reviewed after a while on the clock, revoked.

A link that the advertiser requested waits for the creator's answer before its review. An approved
link lets the campaign's ad accounts use the video in Spark ads, for the campaign's days.
"""

from __future__ import annotations

from datetime import UTC, datetime

from stagedoor.platform.creators_vocabulary import VideoLinkStatus
from stagedoor.platform.products.business_events import SubscribeEntity

from ...world import Video, World
from ..business_events.deliveries import notify
from ..business_events.state import SUBSCRIPTIONS, SUBSCRIPTIONS_TO
from ..posting.events import POSTED
from ..posting.state import Publish
from . import granting
from .campaigns import enter
from .granting import ref
from .state import (
    CAMPAIGN_BY_INVITE,
    CREATOR_CAMPAIGNS,
    LINK_PLANS,
    LINK_PLANS_OF_VIDEO,
    VIDEO_LINKS,
    CreatorCampaign,
    LinkPlan,
    LinkVerdict,
    VideoLink,
)

REVIEW = "creator_link.review"
UPLOADED, PUBLISHED = "tto_video_uploaded", "tto_video_published"

_OPEN = (VideoLinkStatus.IN_REVIEW, VideoLinkStatus.APPROVE)


def find(world: World, campaign: CreatorCampaign, video: Video) -> VideoLink | None:
    return world[VIDEO_LINKS].get(f"{campaign.id}:{video.id}")


def is_open(link: VideoLink | None) -> bool:
    """Whether the link is in review or approved."""
    return link is not None and link.status in _OPEN


def request(world: World, campaign: CreatorCampaign, video: Video) -> VideoLink:
    """Ask the creator to link a video; ask again while the link is in review."""
    link = find(world, campaign, video)
    if link is None or not is_open(link):
        link = _begin(world, campaign, video, awaits_creator=True)
    else:
        link.reminded = world.now()
    link.requests += 1
    return link


def submit(world: World, campaign: CreatorCampaign, video: Video) -> VideoLink:
    """Link a video on the creator's wish, which answers a request of the advertiser."""
    link = find(world, campaign, video)
    if link is None or not is_open(link):
        link = _begin(world, campaign, video, awaits_creator=False)
    link.awaits_creator = False
    _start_review(world, link)
    return link


def answer(world: World, link: VideoLink, approved: bool) -> None:
    """Answer the advertiser's request; an approved one is reviewed."""
    link.awaits_creator = False
    if approved:
        _start_review(world, link)
    else:
        link.status = VideoLinkStatus.REJECTED


def revoke(world: World, link: VideoLink) -> None:
    """End a link, with the rights of ad accounts that came of it."""
    world.clock.drop(REVIEW, ref(link))
    link.awaits_creator = False
    link.status = VideoLinkStatus.REVOKE
    granting.withdraw(world, link)


def decide(world: World, link: VideoLink, verdict: LinkVerdict | None = None) -> None:
    """End the review now, with the outcome that was decided, or another."""
    world.clock.drop(REVIEW, ref(link))
    link.awaits_creator = False
    approved = (verdict or link.outcome) == "approved" and not world.videos[link.video_id].deleted
    link.status = VideoLinkStatus.APPROVE if approved else VideoLinkStatus.REJECTED
    if approved:
        granting.grant(world, link)
    else:
        granting.withdraw(world, link)


def plan_end(world: World, link: VideoLink, verdict: LinkVerdict, seconds: float) -> None:
    """End a pending review with this outcome after some seconds."""
    link.awaits_creator, link.outcome = False, verdict
    world.clock.drop(REVIEW, ref(link))
    world.clock.at(world.now() + seconds, REVIEW, ref(link))


def posted(world: World, publish: Publish) -> None:
    """Link a video that was published with an invite link, and tell of it; tell once more when
    everybody can see it."""
    campaigns = world[CREATOR_CAMPAIGNS].by(CAMPAIGN_BY_INVITE, publish.invite_link)
    if not publish.invite_link or not campaigns or not publish.video_ids:
        return
    campaign, video = campaigns[0], world.videos[publish.video_ids[-1]]
    if find(world, campaign, video) is None:
        enter(world, campaign, world.creators[video.creator_id])
        tell(world, submit(world, campaign, video), UPLOADED)
    link = world[VIDEO_LINKS][f"{campaign.id}:{video.id}"]
    if world.is_public(video) and not link.published:
        tell(world, link, PUBLISHED)


def tell(world: World, link: VideoLink, kind: str) -> None:
    """Tell the subscribers of the marketplace account of a video for a campaign."""
    if kind == PUBLISHED:
        link.published = True
    entity = SubscribeEntity.TCM_VIDEOS.value
    for subscription in world[SUBSCRIPTIONS].by(SUBSCRIPTIONS_TO, (entity, link.account_id)):
        entry = {
            "event_type": "tto_campaign_webhook",
            "tto_campaign_event_type": kind,
            "video_id": link.video_id,
            "event_time": datetime.fromtimestamp(world.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "handle_name": world.creators[link.creator_id].username,
            "campaign_id": link.campaign_id,
            "tto_tcm_account_id": link.account_id,
            "log_id": world.ids.log_id(world.now()),
        }
        notify(world, subscription, entry)


def _begin(
    world: World, campaign: CreatorCampaign, video: Video, awaits_creator: bool
) -> VideoLink:
    """A new link, or the former link again after a rejection or revocation."""
    request_id = world.ids.number(world.now())
    link = find(world, campaign, video)
    if link is None:
        return world[VIDEO_LINKS].add(
            VideoLink(
                campaign_id=campaign.id,
                video_id=video.id,
                account_id=campaign.account_id,
                kind=campaign.kind,
                creator_id=video.creator_id,
                request_id=request_id,
                awaits_creator=awaits_creator,
            )
        )
    link.request_id, link.status = request_id, VideoLinkStatus.IN_REVIEW
    link.awaits_creator, link.reminded = awaits_creator, None
    return link


def _start_review(world: World, link: VideoLink) -> None:
    plan = _planned(world, link)
    seconds = world.settings.creator_link_seconds
    if plan is not None:
        seconds = seconds if plan.seconds is None else plan.seconds
    plan_end(world, link, "approved" if plan is None else plan.verdict, seconds)


def _planned(world: World, link: VideoLink) -> LinkPlan | None:
    """Take the outcome that was set for the next review of this video, or of any."""
    plans = world[LINK_PLANS]
    for video_id in (link.video_id, None):
        for plan in plans.by(LINK_PLANS_OF_VIDEO, video_id)[:1]:
            del plans[plan.id]
            return plan
    return None


# this module is loaded with the first call that names an invite link, and with a saved world
POSTED.append(posted)
