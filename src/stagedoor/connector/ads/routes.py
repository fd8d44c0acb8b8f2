"""/api/ads: campaigns, ad groups and ads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Query

from stagedoor.platform.ads_vocabulary import PrimaryStatus

from ..actions import stops
from ..api import CallerIs, NewId, needs, router
from ..documented import raises
from ..provided import provided
from ..queries import Cursor
from ..tenants.roles import Role
from . import spend_routes
from .bodies import (
    ID,
    ChangeAdBody,
    ChangeAdGroupBody,
    ChangeCampaignBody,
    NewAdBody,
    NewAdGroupBody,
    NewCampaignBody,
)
from .errors import (
    LIST_ERRORS,
    READ_ERRORS,
    SPEND_ERRORS,
    CreateUnsettled,
    LaunchBlocked,
    PausedMeanwhile,
    WriteAtWork,
    WriteUnsettled,
)
from .journal import ChangeAuthor
from .launches import Launches
from .levels import AD_GROUPS, ADS, CAMPAIGNS
from .objects import AdObject
from .schemas import (
    AdGroupDetail,
    AdGroupShown,
    AdGroupsShown,
    AdsShown,
    AdWithChanges,
    CampaignDetail,
    CampaignsShown,
)
from .service import AdsService

ROUTER = router(prefix="/api", tags=["ads"])
ROUTER.include_router(spend_routes.ROUTER)

AdsAre = Annotated[AdsService, provided(AdsService)]
LaunchesAre = Annotated[Launches, provided(Launches)]
_READS, _SPENDS = [needs(Role.VIEWER)], [needs(Role.ADMIN)]
_InAccount = Annotated[
    str | None,
    Query(
        alias="accountId",
        pattern=ID,
        description="The ad account, where the organisation reaches many and the object wasn't "
        "made here",
    ),
]
_Account = Annotated[str, Query(alias="accountId", pattern=ID, description="The ad account")]
_Limit = Annotated[int, Query(ge=1, le=100)]


def _id(called: str) -> Any:
    return Path(
        max_length=40, description=f"TikTok's id of the {called}.", examples=["1800000000000000001"]
    )


_Campaign = Annotated[str, _id("campaign")]
_Group = Annotated[str, _id("ad group")]
_Ad = Annotated[str, _id("ad")]


@dataclass(frozen=True, slots=True)
class _Filters:
    """Which objects of an ad account a list holds."""

    status: PrimaryStatus | None
    name: str | None

    def given(self, name: str, **others: str | None) -> dict[str, Any]:
        """The filters by TikTok's names; `others` hold one id each."""
        found: dict[str, Any] = {} if self.status is None else {"primary_status": self.status}
        if self.name is not None:
            found[name] = self.name
        return found | {key: (id,) for key, id in others.items() if id is not None}


def _filters(
    status: Annotated[
        PrimaryStatus | None,
        Query(description="TikTok's coarse status, such as STATUS_DELIVERY_OK or STATUS_DISABLE"),
    ] = None,
    name: Annotated[
        str | None,
        Query(min_length=1, max_length=512, description="With this in the name, in any case"),
    ] = None,
) -> _Filters:
    return _Filters(status, name)


_FiltersAre = Annotated[_Filters, Depends(_filters)]


def _author(caller: CallerIs) -> ChangeAuthor:
    return ChangeAuthor(caller.org, caller.user)


AuthorIs = Annotated[ChangeAuthor, Depends(_author)]


# campaigns


@ROUTER.post("/ads/campaigns", dependencies=_SPENDS)
@raises(*SPEND_ERRORS, CreateUnsettled, WriteAtWork, *LIST_ERRORS)
def create_campaign(
    by: AuthorIs, ads: AdsAre, body: NewCampaignBody, new_id: NewId
) -> CampaignDetail:
    """Make a campaign, paused. With an Idempotency-Key it is made at most once."""
    found = ads.new_campaign(by, body, new_id)
    return CampaignDetail.told(found, ads.changes(by.org, found))


@ROUTER.get("/ads/campaigns", dependencies=_READS)
@raises(*LIST_ERRORS)
def list_campaigns(
    by: AuthorIs,
    ads: AdsAre,
    account_id: _Account,
    filters: _FiltersAre,
    cursor: Cursor = None,
    limit: _Limit = 20,
) -> CampaignsShown:
    """List an ad account's campaigns as TikTok has them now, newest first."""
    wanted = filters.given(CAMPAIGNS.name)
    return CampaignsShown.of(ads.page(by.org, CAMPAIGNS, account_id, wanted, cursor, limit))


@ROUTER.get("/ads/campaigns/{campaign_id}", dependencies=_READS)
@raises(*READ_ERRORS)
def show_campaign(
    by: AuthorIs, ads: AdsAre, campaign_id: _Campaign, account_id: _InAccount = None
) -> CampaignDetail:
    """Show a campaign as TikTok has it now, with what was done to it here."""
    found = ads.get(by.org, CAMPAIGNS, campaign_id, account_id)
    return CampaignDetail.told(found, ads.changes(by.org, found))


@ROUTER.patch("/ads/campaigns/{campaign_id}", dependencies=_SPENDS)
@raises(*SPEND_ERRORS, WriteUnsettled, *READ_ERRORS)
def change_campaign(
    by: AuthorIs,
    ads: AdsAre,
    campaign_id: _Campaign,
    body: ChangeCampaignBody,
    account_id: _InAccount = None,
) -> CampaignDetail:
    """Change a campaign's name or budget."""
    found = ads.change_campaign(by, campaign_id, body, account_id)
    return CampaignDetail.told(found, ads.changes(by.org, found))


@ROUTER.post("/ads/campaigns/{campaign_id}/launch", dependencies=_SPENDS)
@raises(LaunchBlocked, *SPEND_ERRORS, PausedMeanwhile, WriteUnsettled, *READ_ERRORS)
def launch_campaign(
    by: AuthorIs,
    ads: AdsAre,
    launches: LaunchesAre,
    campaign_id: _Campaign,
    account_id: _InAccount = None,
) -> CampaignDetail:
    """Switch on a campaign with all of its ad groups and ads, if nothing keeps them from being
    delivered. Idempotent."""
    found = launches.launch(by, CAMPAIGNS, campaign_id, account_id)
    return CampaignDetail.told(found, ads.changes(by.org, found))


@ROUTER.post("/ads/campaigns/{campaign_id}/pause", dependencies=_SPENDS)
@raises(WriteUnsettled, *READ_ERRORS)
@stops
def pause_campaign(
    by: AuthorIs,
    ads: AdsAre,
    launches: LaunchesAre,
    campaign_id: _Campaign,
    account_id: _InAccount = None,
) -> CampaignDetail:
    """Switch off a campaign; nothing of it is delivered then. Idempotent."""
    found = launches.pause(by, CAMPAIGNS, campaign_id, account_id)
    return CampaignDetail.told(found, ads.changes(by.org, found))


# ad groups


def _group_detail(by: ChangeAuthor, ads: AdsService, found: AdObject) -> AdGroupDetail:
    [places] = ads.places(by.org, [found])
    return AdGroupDetail.told(found, places, ads.changes(by.org, found))


@ROUTER.post("/ads/ad-groups", dependencies=_SPENDS)
@raises(*SPEND_ERRORS, CreateUnsettled, WriteAtWork, *READ_ERRORS)
def create_ad_group(
    by: AuthorIs,
    ads: AdsAre,
    body: NewAdGroupBody,
    new_id: NewId,
    account_id: _InAccount = None,
) -> AdGroupDetail:
    """Make an ad group in a campaign, paused. With an Idempotency-Key it is made at most once."""
    return _group_detail(by, ads, ads.new_ad_group(by, body, new_id, account_id))


@ROUTER.get("/ads/ad-groups", dependencies=_READS)
@raises(*LIST_ERRORS)
def list_ad_groups(
    by: AuthorIs,
    ads: AdsAre,
    account_id: _Account,
    filters: _FiltersAre,
    campaign_id: Annotated[
        str | None, Query(alias="campaignId", pattern=ID, description="Of this campaign")
    ] = None,
    cursor: Cursor = None,
    limit: _Limit = 20,
) -> AdGroupsShown:
    """List an ad account's ad groups as TikTok has them now, newest first."""
    wanted = filters.given(AD_GROUPS.name, campaign_ids=campaign_id)
    page = ads.page(by.org, AD_GROUPS, account_id, wanted, cursor, limit)
    places = ads.places(by.org, page.items)
    listed = zip(page.items, places, strict=True)
    return AdGroupsShown(
        ad_groups=[AdGroupShown.of(one, where) for one, where in listed],
        next_cursor=page.next_cursor,
    )


@ROUTER.get("/ads/ad-groups/{ad_group_id}", dependencies=_READS)
@raises(*READ_ERRORS)
def show_ad_group(
    by: AuthorIs, ads: AdsAre, ad_group_id: _Group, account_id: _InAccount = None
) -> AdGroupDetail:
    """Show an ad group as TikTok has it now, with what was done to it here."""
    return _group_detail(by, ads, ads.get(by.org, AD_GROUPS, ad_group_id, account_id))


@ROUTER.patch("/ads/ad-groups/{ad_group_id}", dependencies=_SPENDS)
@raises(*SPEND_ERRORS, WriteUnsettled, *READ_ERRORS)
def change_ad_group(
    by: AuthorIs,
    ads: AdsAre,
    ad_group_id: _Group,
    body: ChangeAdGroupBody,
    account_id: _InAccount = None,
) -> AdGroupDetail:
    """Change an ad group's targeting, budget, schedule or bid."""
    return _group_detail(by, ads, ads.change_ad_group(by, ad_group_id, body, account_id))


@ROUTER.post("/ads/ad-groups/{ad_group_id}/launch", dependencies=_SPENDS)
@raises(LaunchBlocked, *SPEND_ERRORS, PausedMeanwhile, WriteUnsettled, *READ_ERRORS)
def launch_ad_group(
    by: AuthorIs,
    ads: AdsAre,
    launches: LaunchesAre,
    ad_group_id: _Group,
    account_id: _InAccount = None,
) -> AdGroupDetail:
    """Switch on an ad group with all of its ads, if nothing keeps them from being delivered; its
    campaign stays as it is. Idempotent."""
    return _group_detail(by, ads, launches.launch(by, AD_GROUPS, ad_group_id, account_id))


@ROUTER.post("/ads/ad-groups/{ad_group_id}/pause", dependencies=_SPENDS)
@raises(WriteUnsettled, *READ_ERRORS)
@stops
def pause_ad_group(
    by: AuthorIs,
    ads: AdsAre,
    launches: LaunchesAre,
    ad_group_id: _Group,
    account_id: _InAccount = None,
) -> AdGroupDetail:
    """Switch off an ad group; none of its ads is delivered then. Idempotent."""
    return _group_detail(by, ads, launches.pause(by, AD_GROUPS, ad_group_id, account_id))


# ads


@ROUTER.post("/ads/ads", dependencies=_SPENDS)
@raises(CreateUnsettled, WriteAtWork, *READ_ERRORS)
def create_ad(
    by: AuthorIs, ads: AdsAre, body: NewAdBody, new_id: NewId, account_id: _InAccount = None
) -> AdWithChanges:
    """Make an ad in an ad group, paused; TikTok reviews it. With an Idempotency-Key it is made at
    most once."""
    found = ads.new_ad(by, body, new_id, account_id)
    return AdWithChanges.told(found, ads.changes(by.org, found))


@ROUTER.get("/ads/ads", dependencies=_READS)
@raises(*LIST_ERRORS)
def list_ads(
    by: AuthorIs,
    ads: AdsAre,
    account_id: _Account,
    filters: _FiltersAre,
    campaign_id: Annotated[
        str | None, Query(alias="campaignId", pattern=ID, description="Of this campaign")
    ] = None,
    ad_group_id: Annotated[
        str | None, Query(alias="adGroupId", pattern=ID, description="Of this ad group")
    ] = None,
    cursor: Cursor = None,
    limit: _Limit = 20,
) -> AdsShown:
    """List an ad account's ads as TikTok has them now, newest first."""
    wanted = filters.given(ADS.name, campaign_ids=campaign_id, adgroup_ids=ad_group_id)
    return AdsShown.of(ads.page(by.org, ADS, account_id, wanted, cursor, limit))


@ROUTER.get("/ads/ads/{ad_id}", dependencies=_READS)
@raises(*READ_ERRORS)
def show_ad(by: AuthorIs, ads: AdsAre, ad_id: _Ad, account_id: _InAccount = None) -> AdWithChanges:
    """Show an ad as TikTok has it now, with what was done to it here."""
    found = ads.get(by.org, ADS, ad_id, account_id)
    return AdWithChanges.told(found, ads.changes(by.org, found))


@ROUTER.patch("/ads/ads/{ad_id}", dependencies=_SPENDS)
@raises(WriteUnsettled, *READ_ERRORS)
def change_ad(
    by: AuthorIs, ads: AdsAre, ad_id: _Ad, body: ChangeAdBody, account_id: _InAccount = None
) -> AdWithChanges:
    """Change what an ad shows; TikTok reviews changed media and texts again."""
    found = ads.change_ad(by, ad_id, body, account_id)
    return AdWithChanges.told(found, ads.changes(by.org, found))


@ROUTER.post("/ads/ads/{ad_id}/launch", dependencies=_SPENDS)
@raises(LaunchBlocked, *SPEND_ERRORS, PausedMeanwhile, WriteUnsettled, *READ_ERRORS)
def launch_ad(
    by: AuthorIs, ads: AdsAre, launches: LaunchesAre, ad_id: _Ad, account_id: _InAccount = None
) -> AdWithChanges:
    """Switch on an ad, if nothing keeps it from being delivered; its ad group and campaign stay as
    they are. Idempotent."""
    found = launches.launch(by, ADS, ad_id, account_id)
    return AdWithChanges.told(found, ads.changes(by.org, found))


@ROUTER.post("/ads/ads/{ad_id}/pause", dependencies=_SPENDS)
@raises(WriteUnsettled, *READ_ERRORS)
@stops
def pause_ad(
    by: AuthorIs, ads: AdsAre, launches: LaunchesAre, ad_id: _Ad, account_id: _InAccount = None
) -> AdWithChanges:
    """Switch off an ad. Idempotent."""
    found = launches.pause(by, ADS, ad_id, account_id)
    return AdWithChanges.told(found, ads.changes(by.org, found))
