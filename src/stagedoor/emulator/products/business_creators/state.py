"""Marketplace accounts, campaigns with creators, invitations and linked videos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from stagedoor.platform.creators_vocabulary import CreatorCampaignType, VideoLinkStatus
from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import BusinessCategory

from ...world import Creator
from ...world.collection import Entity, EntityCollection, Index

LinkVerdict = Literal["approved", "rejected"]

_LISTED = """
AE AT AU BE BR CA CH CZ DE DK EG ES FI FR GB ID IE IL IT JP KR MX MY NL NO NZ PH PL PT SA SE SG TH
TR US VN ZA
"""
MIN_FOLLOWERS = 10_000
"""The fewest followers of a creator who is in the marketplace without having been invited."""
COUNTRIES = frozenset(_LISTED.split())
"""The countries of the marketplace. TikTok changes the list; this one is a guess."""


@record
class MarketplaceAccount(Entity):
    """The account of an advertiser in the marketplace."""

    id: str
    advertiser_id: str
    name: str
    verification: str = "VERIFIED"


@record
class CreatorCampaign(Entity):
    """A campaign with creators."""

    id: str
    account_id: str
    kind: CreatorCampaignType
    name: str
    invite_link: str
    created: float
    modified: float
    brand_profile_id: str | None = None
    brand_name: str | None = None
    description: str | None = None
    anchor_id: str | None = None
    advertiser_ids: tuple[str, ...] = ()
    """The ad accounts that may use the linked videos in Spark ads."""
    days: int = 30
    """How long they may use a video."""
    failed: tuple[str, ...] = ()
    """Handles that could not be invited."""


@record
class Invitation(Entity):
    """A creator who was invited to a campaign, or joined it by its link."""

    campaign_id: str
    creator_id: str
    joined: float | None = None


@record
class VideoLink(Entity):
    """The link between a video and a campaign.

    In review it waits first for the creator (`awaits_creator`), if the advertiser requested it, and
    then for the review.
    """

    campaign_id: str
    video_id: str
    account_id: str
    kind: CreatorCampaignType
    creator_id: str
    request_id: str
    status: VideoLinkStatus = VideoLinkStatus.IN_REVIEW
    awaits_creator: bool = False
    requests: int = 0
    """How often the advertiser asked the creator."""
    reminded: float | None = None
    outcome: LinkVerdict = "approved"
    """The outcome of the review, decided when it starts."""
    granted: tuple[str, ...] = ()
    """The ad accounts that may use the video because of this link."""
    published: bool = False
    """Whether subscribers were told that the video is public."""


@record
class LinkPlan(Entity):
    """The outcome of the next review of a link; with a video, of that one's. It is used once."""

    id: str
    verdict: LinkVerdict
    video_id: str | None = None
    seconds: float | None = None
    """The duration of the review; None: the setting's."""


def in_market(
    private: bool, banned: bool, minor: bool, followers: int, region: str, onboarded: bool
) -> bool:
    """Whether a creator with these values is in the marketplace."""
    known = followers >= MIN_FOLLOWERS or onboarded
    return known and region in COUNTRIES and not (private or banned or minor)


_STANDING = ("private", "banned", "minor", "followers", "region", "onboarded")


def _any(
    private: bool, banned: bool, minor: bool, followers: int, region: str, onboarded: bool
) -> Iterable[tuple[()]]:
    return ((),) if in_market(private, banned, minor, followers, region, onboarded) else ()


def _of_country(
    private: bool, banned: bool, minor: bool, followers: int, region: str, onboarded: bool
) -> Iterable[str]:
    return (region,) if in_market(private, banned, minor, followers, region, onboarded) else ()


def _of_category(
    category: BusinessCategory,
    private: bool,
    banned: bool,
    minor: bool,
    followers: int,
    region: str,
    onboarded: bool,
) -> Iterable[BusinessCategory]:
    return (category,) if in_market(private, banned, minor, followers, region, onboarded) else ()


def _most(followers: int, id: str) -> tuple[int, str]:
    return -followers, id


def _newest(id: str) -> int:
    return -int(id)


def _approved(campaign_id: str, status: VideoLinkStatus) -> Iterable[str]:
    return (campaign_id,) if status is VideoLinkStatus.APPROVE else ()


def _waiting(campaign_id: str, creator_id: str, awaits: bool) -> Iterable[tuple[str, str]]:
    return ((campaign_id, creator_id),) if awaits else ()


def _open_invitation(creator_id: str, joined: float | None) -> Iterable[str]:
    return (creator_id,) if joined is None else ()


def _joined(creator_id: str, joined: float | None) -> Iterable[str]:
    return () if joined is None else (creator_id,)


MARKET = Index[Creator](on=_STANDING, keys=_any, by=("followers", "id"), order=_most)
"""All creators of the marketplace, those with the most followers first; so are the next two."""
MARKET_OF_COUNTRY = Index[Creator](
    on=_STANDING, keys=_of_country, by=("followers", "id"), order=_most
)
MARKET_OF_CATEGORY = Index[Creator](
    on=("category", *_STANDING), keys=_of_category, by=("followers", "id"), order=_most
)

MARKETPLACE_ACCOUNTS = EntityCollection("marketplace_accounts", MarketplaceAccount)
MARKETPLACE_OF_ADVERTISER = Index[MarketplaceAccount](on=("advertiser_id",))

CREATOR_CAMPAIGNS = EntityCollection("creator_campaigns", CreatorCampaign)
CREATOR_CAMPAIGNS_OF = Index[CreatorCampaign](on=("account_id",), by=("id",), order=_newest)
CREATOR_CAMPAIGNS_OF_KIND = Index[CreatorCampaign](
    on=("account_id", "kind"), by=("id",), order=_newest
)
CAMPAIGN_BY_INVITE = Index[CreatorCampaign](on=("invite_link",))

INVITATIONS = EntityCollection("invitations", Invitation, key=("campaign_id", "creator_id"))
INVITATIONS_TO = Index[Invitation](on=("campaign_id",))
OPEN_INVITATIONS = Index[Invitation](on=("creator_id", "joined"), keys=_open_invitation)
JOINED = Index[Invitation](on=("creator_id", "joined"), keys=_joined)
"""By creator: the campaigns that they joined."""

VIDEO_LINKS = EntityCollection("video_links", VideoLink, key=("campaign_id", "video_id"))
LINKS_OF_ACCOUNT = Index[VideoLink](on=("account_id",), by=("request_id",), order=_newest)
LINKS_OF_KIND = Index[VideoLink](on=("account_id", "kind"), by=("request_id",), order=_newest)
LINKS_OF_CAMPAIGN = Index[VideoLink](on=("campaign_id",), by=("request_id",), order=_newest)
LINKS_WITH_CREATOR = Index[VideoLink](
    on=("account_id", "creator_id"), by=("request_id",), order=_newest
)
LINKS_OF_VIDEO = Index[VideoLink](on=("video_id",), by=("request_id",), order=_newest)
LINKS_BY_REQUEST = Index[VideoLink](on=("request_id",))
APPROVED_LINKS = Index[VideoLink](
    on=("campaign_id", "status"), keys=_approved, by=("request_id",), order=_newest
)
WAITING_LINKS = Index[VideoLink](
    on=("campaign_id", "creator_id", "awaits_creator"),
    keys=_waiting,
    by=("request_id",),
    order=_newest,
)
"""By campaign and creator: the advertiser's requests without an answer."""

LINK_PLANS = EntityCollection("link_plans", LinkPlan)
LINK_PLANS_OF_VIDEO = Index[LinkPlan](on=("video_id",))
