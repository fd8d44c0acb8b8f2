"""The locations that ads can target."""

from __future__ import annotations

from typing import Annotated

from ...ads_vocabulary import ObjectiveType, Placement
from ...model import Answer, Id, says
from ...operation import Retry
from ..business.common import COMMON, PREFIX, AdvertiserRequest
from ..business.product import GRANTABLE_ADVERTISER
from .common import Choice, Listed


class RegionQuery(AdvertiserRequest):
    """Which locations can be targeted."""

    placements: Annotated[Listed[Choice[Placement]], says("where the ads appear")]
    objective_type: Annotated[Choice[ObjectiveType], says("the objective of the campaign")]
    level_range: Annotated[
        str | None, says("ALL, TO_COUNTRY, TO_PROVINCE, TO_CITY or TO_DISTRICT")
    ] = None
    language: Annotated[str | None, says("the language of the names")] = None
    promotion_target_type: Annotated[
        str | None, says("INSTANT_PAGE or EXTERNAL_WEBSITE, for LEAD_GENERATION")
    ] = None
    operating_system: Annotated[str | None, says("ANDROID or IOS")] = None
    rf_campaign_type: Annotated[str | None, says("STANDARD or PULSE, for RF_REACH")] = None
    brand_safety_type: Annotated[str | None, says("default NO_BRAND_SAFETY")] = None


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


TOOL_REGION = GRANTABLE_ADVERTISER.operation(
    "tool_region",
    "GET",
    f"{PREFIX}/tool/region/",
    request=RegionQuery,
    response=Regions,
    summary="List the locations that can be targeted",
    action="Read ads",
    retry=Retry.SAFE,
    errors=COMMON,
    confidence="medium",
    source="business-ads.yaml tool_region",
)
