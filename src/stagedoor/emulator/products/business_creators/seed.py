"""The marketplace accounts of the ready-made advertisers, and a campaign. Their ids are fixed."""

from __future__ import annotations

from stagedoor.platform.ads_vocabulary import IdentityType
from stagedoor.platform.creators_vocabulary import CreatorCampaignType, VideoLinkStatus

from ...world import World
from ..business.seed import ADVERTISER_IDS
from ..business.state import AD_ACCOUNTS
from ..business_ads import rights
from ..business_ads.state import IDENTITIES, Identity
from .granting import grant
from .state import (
    CREATOR_CAMPAIGNS,
    INVITATIONS,
    MARKETPLACE_ACCOUNTS,
    VIDEO_LINKS,
    CreatorCampaign,
    Invitation,
    MarketplaceAccount,
    VideoLink,
)

ACCOUNT_IDS = ("7400000000000000001", "7400000000000000002")
CAMPAIGN_ID = "7410000000000000001"
INVITE_LINK = "https://www.tiktok.com/tiktokone/invite/emulator-autumn"
IDENTITY_ID = "7430000000000000001"
REQUEST_IDS = ("7420000000000000001", "7420000000000000002")

_DAY = 86_400
_PENDING = 4
"""The number of the post, from the newest, whose link waits for the creator."""


def seed(world: World) -> None:
    """Add the accounts, and a campaign with the first creator: one of two videos is linked."""
    for account_id, advertiser_id in zip(ACCOUNT_IDS, ADVERTISER_IDS, strict=True):
        owner = world[AD_ACCOUNTS].get(advertiser_id)
        if owner is not None:  # a state file of an earlier version may lack it
            account = MarketplaceAccount(account_id, advertiser_id, owner.name)
            world[MARKETPLACE_ACCOUNTS].add(account)
    creator = next(iter(world.creators.values()))
    posts = [one for one in world.videos_of(creator.id) if one.is_open]
    if ACCOUNT_IDS[0] not in world[MARKETPLACE_ACCOUNTS] or len(posts) <= _PENDING:
        return
    since = world.now() - 20 * _DAY
    campaign = world[CREATOR_CAMPAIGNS].add(
        CreatorCampaign(
            id=CAMPAIGN_ID,
            account_id=ACCOUNT_IDS[0],
            kind=CreatorCampaignType.CAMPAIGN,
            name="Autumn baking",
            invite_link=INVITE_LINK,
            created=since,
            modified=since,
            brand_name="Mara's Kitchen",
            advertiser_ids=ADVERTISER_IDS[:1],
        )
    )
    world[INVITATIONS].add(Invitation(campaign.id, creator.id, joined=since + _DAY))
    for post, request_id, waits in zip(
        (posts[0], posts[_PENDING]), REQUEST_IDS, (False, True), strict=True
    ):
        link = world[VIDEO_LINKS].add(
            VideoLink(
                campaign_id=campaign.id,
                video_id=post.id,
                account_id=campaign.account_id,
                kind=campaign.kind,
                creator_id=creator.id,
                request_id=request_id,
                status=VideoLinkStatus.IN_REVIEW if waits else VideoLinkStatus.APPROVE,
                awaits_creator=waits,
                requests=int(waits),
                published=True,
            )
        )
        if not waits:
            _grant(world, link)


def _grant(world: World, link: VideoLink) -> None:
    """Grant the video under an identity whose id isn't one of the world's random ids."""
    kind = IdentityType.AUTH_CODE
    if rights.of_code(world, ADVERTISER_IDS[0], link.creator_id) is None:
        world[IDENTITIES].add(
            Identity(IDENTITY_ID, ADVERTISER_IDS[0], kind, creator_id=link.creator_id)
        )
    grant(world, link)
