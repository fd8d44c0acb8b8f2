"""Orders of videos, and requests for rights to them.

The campaign of orders is one of TikTok One's: creators accept an order by joining it, and its
videos are the campaign's links of that creator.
"""

from __future__ import annotations

from typing import Literal

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Index

SparkAnswer = Literal["WAITING", "REJECTED", "ACCEPTED"]


@record
class OrderCampaign(Entity):
    """The campaign of orders, by its code."""

    id: str
    """The campaign code."""
    campaign_id: str
    account_id: str
    brand_name: str
    videos: int
    """The most videos of a creator."""


@record
class Order(Entity):
    """An order of videos from one creator."""

    id: str
    code: str
    campaign_id: str
    account_id: str
    creator_id: str


@record
class SparkRequest(Entity):
    """An advertiser's request for the right to show a video in ads."""

    account_id: str
    video_id: str
    days: int
    updated: float
    answer: SparkAnswer = "WAITING"
    requests: int = 1
    """How often it was made before it was answered."""
    extends: bool = False
    """A request for more days of a right that was given."""


ORDER_CAMPAIGNS = EntityCollection("tcm_order_campaigns", OrderCampaign)

ORDERS = EntityCollection("tcm_orders", Order)
ORDERS_OF_CODE = Index[Order](on=("code",), by=("id",))
ORDERS_OF_CAMPAIGN = Index[Order](on=("campaign_id",), by=("id",))

SPARK_REQUESTS = EntityCollection(
    "tcm_spark_requests", SparkRequest, key=("account_id", "video_id")
)
