"""The creator marketplace, TikTok One."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from stagedoor.platform.arguments import AtLeast
from stagedoor.platform.model import says
from stagedoor.platform.products import business_creators as declared
from stagedoor.platform.products.business_creators import (
    CreatorCampaign,
    CreatorCampaignQuery,
    CreatorPost,
    CreatorPostQuery,
    CreatorReportQuery,
    CreatorSearch,
    LinkedVideo,
    MarketplaceCreator,
    OwnPostQuery,
    RankedCreator,
    RankingQuery,
    ReportedVideo,
    VideoLinkQuery,
)

from ..service import Call, M, Service, Walk
from ..walks import Walked

Before = Annotated[
    int | None,
    AtLeast(0),
    Field(serialization_alias="cursor"),
    says("only posts made before this moment, in Unix milliseconds"),
]


class AllCreatorPosts(Walked[CreatorPost], CreatorPostQuery):
    """A creator's public posts, newest first; pages are fetched on demand."""

    before: Before = None


class AllCreators(Walked[MarketplaceCreator], CreatorSearch):
    """All matching creators; pages are fetched on demand."""


class AllRanked(Walked[RankedCreator], RankingQuery):
    """A whole ranking, the first creator first; pages are fetched on demand."""


class AllCreatorCampaigns(Walked[CreatorCampaign], CreatorCampaignQuery):
    """Campaigns with creators, newest first; pages are fetched on demand."""


class AllLinks(Walked[LinkedVideo], VideoLinkQuery):
    """Links between videos and campaigns, newest first; pages are fetched on demand."""


class AllReported(Walked[ReportedVideo], CreatorReportQuery):
    """The linked videos of a campaign with their numbers; pages are fetched on demand."""


class AllOwnPosts(Walked[CreatorPost], OwnPostQuery):
    """The account's public posts, newest first; pages are fetched on demand."""

    before: Before = None


class Creators(Service[M]):
    """Creators for hire, campaigns with them, linked videos and their results.

    Calls of the advertiser carry an advertiser's token with the permission for the creator
    marketplace, and name a marketplace account (`accounts`). Those of the creator (`own_...`,
    `join`, `link_video`, `link_requests`, `answer_request`) carry the account holder's token.
    """

    accounts = Call(declared.TTO_ACCOUNTS)
    account = Call(declared.TTO_ACCOUNT_INFO)
    status = Call(declared.TTO_CREATOR_STATUS)
    info = Call(declared.TTO_CREATOR_PUBLIC)
    list_posts = Call(declared.TTO_CREATOR_PUBLIC_VIDEOS)
    discover = Call(declared.TTO_CREATOR_DISCOVER)
    ranking = Call(declared.TTO_RANK)
    labels = Call(declared.TTO_LABELS)
    create_campaign = Call(declared.TTO_CAMPAIGN_CREATE)
    update_campaign = Call(declared.TTO_CAMPAIGN_UPDATE)
    list_campaigns = Call(declared.TTO_CAMPAIGN_GET)
    request_link = Call(declared.TTO_CAMPAIGN_LINK)
    list_links = Call(declared.TTO_CAMPAIGN_LINK_STATUS)
    report = Call(declared.TTO_REPORT)
    own_info = Call(declared.TTO_CREATOR_AUTHORIZED)
    list_own_posts = Call(declared.TTO_CREATOR_AUTHORIZED_VIDEOS)
    join = Call(declared.TTO_CREATOR_JOIN)
    link_video = Call(declared.TTO_CREATOR_VIDEO_LINK)
    link_requests = Call(declared.TTO_CREATOR_LINK_REQUEST_GET)
    answer_request = Call(declared.TTO_CREATOR_LINK_REQUEST_CONFIRM)
    all_posts = Walk(declared.TTO_CREATOR_PUBLIC_VIDEOS, AllCreatorPosts)
    all_creators = Walk(declared.TTO_CREATOR_DISCOVER, AllCreators)
    all_ranked = Walk(declared.TTO_RANK, AllRanked)
    all_campaigns = Walk(declared.TTO_CAMPAIGN_GET, AllCreatorCampaigns)
    all_links = Walk(declared.TTO_CAMPAIGN_LINK_STATUS, AllLinks)
    all_reported = Walk(declared.TTO_REPORT, AllReported)
    all_own_posts = Walk(declared.TTO_CREATOR_AUTHORIZED_VIDEOS, AllOwnPosts)
