"""The three levels of ads, each with TikTok's operations and names for its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_events import SubscribeEntity

from ..ad_metrics.objects import AdLevel


@dataclass(frozen=True, slots=True)
class LevelCalls:
    """TikTok's operations on the objects of a level, and the names of their ids."""

    level: AdLevel
    called: str
    """The object's name in sentences."""
    path: str
    """The last part of its routes."""
    id: str
    ids: str
    """The name of several ids in filters and in changes of the switch."""
    name: str
    read: Operation[..., Any]
    create: Operation[..., Any]
    update: Operation[..., Any]
    switch: Operation[..., Any]
    parent: str | None = None
    """The field that names the object above it."""
    watched: SubscribeEntity | None = None
    """The subscription to its review."""


CAMPAIGNS = LevelCalls(
    AdLevel.CAMPAIGN,
    "campaign",
    "campaigns",
    "campaign_id",
    "campaign_ids",
    "campaign_name",
    business_ads.CAMPAIGN_GET,
    business_ads.CAMPAIGN_CREATE,
    business_ads.CAMPAIGN_UPDATE,
    business_ads.CAMPAIGN_STATUS_UPDATE,
)
AD_GROUPS = LevelCalls(
    AdLevel.AD_GROUP,
    "ad group",
    "ad-groups",
    "adgroup_id",
    "adgroup_ids",
    "adgroup_name",
    business_ads.ADGROUP_GET,
    business_ads.ADGROUP_CREATE,
    business_ads.ADGROUP_UPDATE,
    business_ads.ADGROUP_STATUS_UPDATE,
    "campaign_id",
    SubscribeEntity.AD_GROUP,
)
ADS = LevelCalls(
    AdLevel.AD,
    "ad",
    "ads",
    "ad_id",
    "ad_ids",
    "ad_name",
    business_ads.AD_GET,
    business_ads.AD_CREATE,
    business_ads.AD_UPDATE,
    business_ads.AD_STATUS_UPDATE,
    "adgroup_id",
    SubscribeEntity.AD,
)
LEVELS = {one.level: one for one in (CAMPAIGNS, AD_GROUPS, ADS)}
