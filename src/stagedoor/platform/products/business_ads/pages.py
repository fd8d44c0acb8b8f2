"""Answers that hold several objects, and the results of status updates."""

from __future__ import annotations

from typing import Annotated

from ...ads_vocabulary import IdentityType, OperationStatus
from ...model import OPEN, Answer, Id, says
from ..business.common import PageInfo
from .answers import Ad, AdGroup, Campaign


class CampaignPage(Answer):
    """A page of campaigns."""

    list: tuple[Campaign, ...] = ()
    page_info: PageInfo = PageInfo()


class AdGroupPage(Answer):
    """A page of ad groups."""

    list: tuple[AdGroup, ...] = ()
    page_info: PageInfo = PageInfo()


class AdPage(Answer):
    """A page of ads."""

    list: tuple[Ad, ...] = ()
    page_info: PageInfo = PageInfo()


class SwitchedCampaign(Answer):
    """A campaign whose switch was set."""

    campaign_id: Id
    status: Annotated[OperationStatus | str | None, OPEN] = None
    postback_window_mode: str | None = None


class CampaignStatuses(Answer):
    """The campaigns whose switch was set."""

    campaign_ids: tuple[Id, ...] = ()
    status: Annotated[OperationStatus | str | None, OPEN] = None
    campaign_list: tuple[SwitchedCampaign, ...] = ()


class AdGroupProblem(Answer):
    """An ad group whose switch could not be set."""

    adgroup_id: Id
    error_message: str = ""


class AdGroupStatuses(Answer):
    """The ad groups whose switch was set, and with partial success those that were refused."""

    adgroup_ids: tuple[Id, ...] = ()
    status: Annotated[OperationStatus | str | None, OPEN] = None
    error_list: tuple[AdGroupProblem, ...] = ()


class AdStatuses(Answer):
    """The ads whose switch was set."""

    ad_ids: tuple[Id, ...] | None = None
    aco_ad_ids: tuple[Id, ...] | None = None
    status: Annotated[OperationStatus | str | None, OPEN] = None


class WrittenAds(Answer):
    """Ads that were created or changed, in the order of the request."""

    ad_ids: tuple[Id, ...] = ()
    creatives: tuple[Ad, ...] = ()
    need_audit: Annotated[bool | None, says("whether the ads are reviewed first")] = None


class Identity(Answer):
    """An account under which ads can appear."""

    identity_id: Id | None = None
    identity_type: Annotated[IdentityType | str | None, OPEN] = None
    identity_authorized_bc_id: Id | None = None
    display_name: str | None = None
    username: str | None = None
    profile_image: Annotated[str | None, says("a temporary address")] = None
    available_status: Annotated[
        str | None,
        says(
            "AVAILABLE, NO_VALID_BIND_ACCOUNT, SCOPE_UNAVAILABLE, IS_PRIVATE_ACCOUNT or "
            "NOT_BUSINESS_ACCOUNT"
        ),
    ] = None
    can_push_video: bool | None = None
    can_pull_video: bool | None = None
    can_use_live_ads: bool | None = None
    can_manage_message: bool | None = None
    ads_only_mode: bool | None = None


class IdentityPage(Answer):
    """A page of identities."""

    identity_list: tuple[Identity, ...] = ()
    page_info: PageInfo = PageInfo()


class NewIdentityId(Answer):
    """The id of a new identity, which is a CUSTOMIZED_USER."""

    identity_id: Id


class Region(Answer):
    """A location that can be targeted."""

    location_id: Id
    name: str | None = None
    region_code: Annotated[str | None, says("the country's code")] = None
    parent_id: Id | None = None
    level: Annotated[str | None, says("COUNTRY, PROVINCE, CITY or DISTRICT")] = None
    area_type: Annotated[str | None, says("ADMIN or METROPOLITAN_OR_DMA")] = None
    support_below_18: Annotated[bool | None, says("whether ages 13 to 17 can be targeted")] = None
    next_level_ids: tuple[Id, ...] = ()


class Regions(Answer):
    """The locations that can be targeted."""

    region_list: tuple[str, ...] = ()
    region_info: tuple[Region, ...] = ()
