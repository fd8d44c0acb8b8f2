"""Rights of a campaign's ad accounts to use linked videos in Spark ads, for the campaign's days."""

from __future__ import annotations

from stagedoor.platform.ads_vocabulary import IdentityType

from ...world import World
from ..business_ads import rights
from .state import CREATOR_CAMPAIGNS, VideoLink

RIGHTS = "creator_link.rights"

_DAY = 86_400


def ref(link: VideoLink) -> str:
    """The key of a link, which is its reference in timers."""
    return f"{link.campaign_id}:{link.video_id}"


def grant(world: World, link: VideoLink) -> None:
    """Give the campaign's ad accounts the right to use the video of an approved link."""
    if link.granted:
        return
    campaign, kind = world[CREATOR_CAMPAIGNS][link.campaign_id], IdentityType.AUTH_CODE
    for advertiser_id in campaign.advertiser_ids:
        rights.link(world, advertiser_id, kind, link.creator_id, posts=(link.video_id,))
    link.granted = campaign.advertiser_ids
    if link.granted:
        world.clock.at(world.now() + campaign.days * _DAY, RIGHTS, ref(link))


def withdraw(world: World, link: VideoLink) -> None:
    """End the rights of ad accounts that came of the link; other rights to the video stay."""
    world.clock.drop(RIGHTS, ref(link))
    granted, link.granted = link.granted, ()
    for advertiser_id in granted:
        rights.unlink(world, advertiser_id, link.creator_id, link.video_id)
