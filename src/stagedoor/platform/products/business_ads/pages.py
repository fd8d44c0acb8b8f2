"""Answers that hold several objects, and the results of status updates."""

from __future__ import annotations

from typing import Annotated

from ...ads_vocabulary import OperationStatus
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
