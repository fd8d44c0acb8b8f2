"""Parts of requests that the examples of campaigns, ad groups and ads share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from stagedoor.platform.products.business_ads import (
    CALLS_TO_ACTION,
    Action,
    AdFormat,
    AgeGroup,
    AutomationType,
    BuyingType,
    Gender,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    PrimaryStatus,
    UtmParam,
)

from .business import ADVERTISER_ID, IDS
from .example import Seeded, Values
from .strategies import FLAG, TEXT, maybe

ACCOUNT = {"advertiser_id": ADVERTISER_ID}
PLAIN = st.characters(codec="utf-8", categories=("L", "N", "Zs"))
NAME = st.text(PLAIN, min_size=1, max_size=256)
SHORT = st.text(PLAIN, min_size=1, max_size=40)
OTHER_ID = st.text(PLAIN, min_size=1, max_size=40)
MONEY = st.decimals(0, 10**9, places=2)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
FEW_IDS = st.lists(IDS, min_size=1, max_size=20).map(tuple)
SOME_IDS = maybe(st.lists(IDS, max_size=3).map(tuple))
TEXTS = maybe(st.lists(SHORT, max_size=3).map(tuple))
LISTS = {
    "exclude_field_types_in_response": maybe(st.just(("NULL_FIELD",))),
    "page": maybe(st.integers(1, 10**6)),
    "page_size": maybe(st.integers(1, 1_000)),
}
FILTERS = {
    "campaign_ids": maybe(FEW_IDS),
    "campaign_system_origins": TEXTS,
    "primary_status": maybe(st.sampled_from(PrimaryStatus)),
    "secondary_status": maybe(SHORT),
    "objective_type": maybe(st.sampled_from(ObjectiveType)),
    "buying_types": maybe(st.lists(st.sampled_from(BuyingType), max_size=3).map(tuple)),
    "optimization_goal": maybe(st.sampled_from(OptimizationGoal)),
    "campaign_automation_type": maybe(st.sampled_from(AutomationType)),
    "creation_filter_start_time": maybe(MOMENT),
    "creation_filter_end_time": maybe(MOMENT),
}


def first(seeded: Seeded, collection: str) -> str:
    """The first object of the seeded ad account."""
    found: str = seeded.first(collection).id
    return found


def spark(seeded: Seeded) -> Values:
    """A Spark ad of a post that the seeded ad account may use."""
    identity = seeded.first("identities")
    post = seeded.world.videos_of(identity.creator_id)[0]
    return {
        "identity_type": identity.kind,
        "identity_id": identity.id,
        "tiktok_item_id": post.id,
        "landing_page_url": "https://shop.example.com/",
        "call_to_action": "LEARN_MORE",
    }


SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "location_ids": SOME_IDS,
    "languages": TEXTS,
    "gender": maybe(st.sampled_from(Gender)),
    "age_groups": maybe(st.lists(st.sampled_from(AgeGroup), max_size=3).map(tuple)),
    "audience_ids": SOME_IDS,
    "actions": maybe(st.just((Action(action_scene="VIDEO_RELATED", action_period=15),))),
    "device_price_ranges": maybe(st.just((0, 250))),
    "budget": maybe(MONEY),
    "dayparting": maybe(st.just("01" * 168)),
    "bid_price": maybe(MONEY),
    "frequency": maybe(st.integers(1, 1_000)),
    "comment_disabled": FLAG,
}
CREATIVE: dict[str, st.SearchStrategy[Any]] = {
    "ad_format": maybe(st.sampled_from(AdFormat)),
    "video_id": maybe(OTHER_ID),
    "image_ids": TEXTS,
    "tiktok_item_id": maybe(IDS),
    "ad_text": maybe(st.text(PLAIN, min_size=1, max_size=50)),
    "call_to_action": maybe(st.sampled_from(CALLS_TO_ACTION)),
    "landing_page_url": maybe(TEXT),
    "page_id": maybe(st.integers(1, 2**63 - 1).map(str)),
    "utm_params": maybe(st.just((UtmParam(key="a", value="b"),))),
    "promotional_music_disabled": FLAG,
    "operation_status": maybe(st.sampled_from(OperationStatus)),
}
