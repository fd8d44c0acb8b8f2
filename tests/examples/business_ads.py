"""Examples of campaigns, ad groups, ads and identities."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    CALLS_TO_ACTION,
    AdFilters,
    AdFormat,
    AdGroupFilters,
    AgeGroup,
    AutomationType,
    BillingEvent,
    BudgetMode,
    BudgetNow,
    BudgetTomorrow,
    BuyingType,
    CampaignFilters,
    CampaignType,
    ChangedCreative,
    Gender,
    IdentityFilters,
    IdentityType,
    NewCreative,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    Pacing,
    Placement,
    PrimaryStatus,
    PromotionType,
    ScheduleType,
)

from .business import ADVERTISER_ID, DEFAULT_LIMITS, IDS
from .example import Example, Seeded, Values
from .strategies import CHARACTERS, FLAG, TEXT, fields, maybe, some

_ACCOUNT = {"advertiser_id": ADVERTISER_ID}
_PLAIN = st.characters(codec="utf-8", categories=("L", "N", "Zs"))
_NAME = st.text(_PLAIN, min_size=1, max_size=256)
_SHORT = st.text(_PLAIN, min_size=1, max_size=40)
_OTHER_ID = st.text(_PLAIN, min_size=1, max_size=40)
_MONEY = st.decimals(0, 10**9, places=2)
_MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
_FEW_IDS = st.lists(IDS, min_size=1, max_size=20).map(tuple)
_TEXTS = maybe(st.lists(_SHORT, max_size=3).map(tuple))
_LISTS = {
    "exclude_field_types_in_response": maybe(st.just(("NULL_FIELD",))),
    "page": maybe(st.integers(1, 10**6)),
    "page_size": maybe(st.integers(1, 1_000)),
}
_FILTERS = {
    "campaign_ids": maybe(_FEW_IDS),
    "campaign_system_origins": _TEXTS,
    "primary_status": maybe(st.sampled_from(PrimaryStatus) | _SHORT),
    "secondary_status": maybe(_SHORT),
    "objective_type": maybe(st.sampled_from(ObjectiveType)),
    "buying_types": maybe(st.lists(st.sampled_from(BuyingType), max_size=3).map(tuple)),
    "optimization_goal": maybe(st.sampled_from(OptimizationGoal)),
    "campaign_automation_type": maybe(st.sampled_from(AutomationType)),
    "creation_filter_start_time": maybe(_MOMENT),
    "creation_filter_end_time": maybe(_MOMENT),
}


def _first(seeded: Seeded, collection: str) -> str:
    """The first object of the seeded ad account."""
    found: str = seeded.first(collection).id
    return found


def _spark(seeded: Seeded) -> Values:
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


_SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "location_ids": _TEXTS,
    "languages": _TEXTS,
    "gender": maybe(st.sampled_from(Gender)),
    "age_groups": maybe(st.lists(st.sampled_from(AgeGroup), max_size=3).map(tuple)),
    "audience_ids": _TEXTS,
    "actions": maybe(st.just(({"action_scene": "VIDEO_RELATED", "action_period": 15},))),
    "device_price_ranges": maybe(st.just((0, 250))),
    "budget": maybe(_MONEY),
    "dayparting": maybe(st.just("01" * 168)),
    "bid_price": maybe(_MONEY),
    "frequency": maybe(st.integers(1, 1_000)),
    "comment_disabled": FLAG,
}
_CREATIVE: dict[str, st.SearchStrategy[Any]] = {
    "ad_format": maybe(st.sampled_from(AdFormat)),
    "video_id": maybe(_OTHER_ID),
    "image_ids": _TEXTS,
    "tiktok_item_id": maybe(IDS),
    "ad_text": maybe(st.text(_PLAIN, min_size=1, max_size=50)),
    "call_to_action": maybe(st.sampled_from(CALLS_TO_ACTION)),
    "landing_page_url": maybe(TEXT),
    "page_id": maybe(st.integers(1, 2**63 - 1).map(str)),
    "utm_params": maybe(st.just(({"key": "a", "value": "b"},))),
    "promotional_music_disabled": FLAG,
    "operation_status": maybe(st.sampled_from(OperationStatus)),
}


EXAMPLES = (
    Example(
        business_ads.CAMPAIGN_GET,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "filtering": CampaignFilters(
                    campaign_ids=(_first(seeded, "campaigns"),), primary_status=PrimaryStatus.ALL
                ),
                "page_size": 5,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.Campaign.model_fields))),
            filtering=maybe(
                st.builds(
                    CampaignFilters,
                    **_FILTERS,
                    campaign_name=maybe(TEXT),
                    campaign_type=maybe(st.sampled_from(CampaignType)),
                    is_smart_performance_campaign=FLAG,
                    split_test_enabled=FLAG,
                    campaign_product_source=maybe(TEXT),
                )
            ),
            **_LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_CREATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "campaign_name": f"Summer sale {len(seeded.world.all.campaigns)}",
                "objective_type": "TRAFFIC",
                "budget_mode": BudgetMode.DAY,
                "budget": Decimal("60.5"),
                "operation_status": OperationStatus.DISABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_name=_NAME,
            objective_type=st.sampled_from(ObjectiveType) | _SHORT,
            request_id=maybe(IDS),
            budget_mode=maybe(st.sampled_from(BudgetMode)),
            budget=maybe(_MONEY),
            budget_optimize_on=FLAG,
            special_industries=_TEXTS,
            operation_status=maybe(st.sampled_from(OperationStatus)),
            po_number=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_UPDATE,
        request=lambda seeded: (
            _ACCOUNT | {"campaign_id": _first(seeded, "campaigns"), "po_number": "PO 7"}
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_id=IDS,
            campaign_name=maybe(_NAME),
            budget=maybe(_MONEY),
            special_industries=_TEXTS,
            po_number=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.CAMPAIGN_STATUS_UPDATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "campaign_ids": (_first(seeded, "campaigns"),),
                "operation_status": OperationStatus.DISABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_ids=_FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
            postback_window_mode=maybe(TEXT),
        ),
        effect=business_ads.CAMPAIGN_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_GET,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "filtering": AdGroupFilters(
                    adgroup_ids=(_first(seeded, "ad_groups"),), primary_status=PrimaryStatus.ALL
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.AdGroup.model_fields))),
            filtering=maybe(
                st.builds(
                    AdGroupFilters,
                    **_FILTERS,
                    adgroup_ids=maybe(_FEW_IDS),
                    adgroup_name=maybe(TEXT),
                    promotion_type=maybe(st.sampled_from(["APP", "WEBSITE", "INSTANT_FORM"])),
                    bid_strategy=maybe(st.just("BID_STRATEGY_COST_CAP")),
                    billing_events=maybe(st.just((BillingEvent.CPC,))),
                )
            ),
            **_LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_CREATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "campaign_id": _first(seeded, "campaigns"),
                "adgroup_name": "US 18-34",
                "promotion_type": "WEBSITE",
                "placements": (Placement.TIKTOK,),
                "location_ids": ("6252001",),
                "age_groups": (AgeGroup.AGE_18_24, AgeGroup.AGE_25_34),
                "budget_mode": BudgetMode.DAY,
                "budget": Decimal(30),
                "schedule_type": ScheduleType.FROM_NOW,
                "schedule_start_time": datetime.fromtimestamp(seeded.world.now() + 600, UTC),
                "optimization_goal": OptimizationGoal.CLICK,
                "billing_event": BillingEvent.CPC,
                "bid_type": "BID_TYPE_NO_BID",
                "pacing": Pacing.SMOOTH,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            campaign_id=IDS,
            adgroup_name=_NAME,
            request_id=maybe(IDS),
            promotion_type=maybe(st.sampled_from(PromotionType)),
            placements=maybe(st.lists(st.sampled_from(Placement), max_size=3).map(tuple)),
            schedule_type=st.sampled_from(ScheduleType),
            schedule_start_time=_MOMENT,
            schedule_end_time=maybe(_MOMENT),
            budget_mode=maybe(st.sampled_from(BudgetMode)),
            optimization_goal=st.sampled_from(OptimizationGoal),
            billing_event=st.sampled_from(BillingEvent),
            pacing=st.sampled_from(Pacing),
            operation_status=maybe(st.sampled_from(OperationStatus)),
            **_SETTINGS,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_UPDATE,
        request=lambda seeded: (
            _ACCOUNT | {"adgroup_id": _first(seeded, "ad_groups"), "languages": ("en",)}
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            adgroup_name=maybe(_NAME),
            schedule_start_time=maybe(_MOMENT),
            schedule_end_time=maybe(_MOMENT),
            **_SETTINGS,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_STATUS_UPDATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "adgroup_ids": (_first(seeded, "ad_groups"),),
                "operation_status": OperationStatus.ENABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_ids=_FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
            allow_partial_success=FLAG,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_BUDGET_UPDATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "scheduled_budget": (
                    BudgetTomorrow(
                        adgroup_id=_first(seeded, "ad_groups"), scheduled_budget=Decimal(70)
                    ),
                )
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            budget=st.lists(
                st.builds(BudgetNow, adgroup_id=IDS, budget=_MONEY), min_size=1, max_size=20
            ).map(tuple),
        )
        | fields(
            advertiser_id=IDS,
            scheduled_budget=st.lists(
                st.builds(BudgetTomorrow, adgroup_id=IDS, scheduled_budget=_MONEY),
                min_size=1,
                max_size=20,
            ).map(tuple),
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_REVIEW_INFO,
        request=lambda seeded: _ACCOUNT | {"adgroup_ids": (_first(seeded, "ad_groups"),)},
        drawn=fields(advertiser_id=IDS, adgroup_ids=_FEW_IDS, lang=maybe(TEXT)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_APPEAL,
        request=lambda seeded: _ACCOUNT | {"adgroup_id": _first(seeded, "ad_groups")},
        refused=True,
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            ad_id=maybe(IDS),
            appeal_reason=maybe(TEXT),
            attachment_list=_TEXTS,
        ),
        effect=business_ads.ADGROUP_REVIEW_INFO,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_GET,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "filtering": AdFilters(
                    ad_ids=(_first(seeded, "business_ads"),), primary_status=PrimaryStatus.ALL
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.Ad.model_fields))),
            filtering=maybe(
                st.builds(
                    AdFilters,
                    **_FILTERS,
                    adgroup_ids=maybe(_FEW_IDS),
                    ad_ids=maybe(_FEW_IDS),
                    ad_ids_v2=maybe(_FEW_IDS),
                    ad_name=maybe(TEXT),
                    destination=maybe(st.just("WEBSITE")),
                    modified_after=maybe(_MOMENT),
                )
            ),
            **_LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_CREATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "adgroup_id": _first(seeded, "ad_groups"),
                "creatives": (NewCreative(ad_name="Knife set", **_spark(seeded)),),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            creatives=st.lists(
                st.builds(
                    NewCreative,
                    ad_name=st.just("") | _NAME,
                    identity_type=st.sampled_from(IdentityType),
                    identity_id=_OTHER_ID,
                    **_CREATIVE,
                ),
                min_size=1,
                max_size=3,
            ).map(tuple),
        ),
        effect=business_ads.AD_GET,
        limits=((5, 1), (150, 60), (86_400, 86_400)),
    ),
    Example(
        business_ads.AD_UPDATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "adgroup_id": _first(seeded, "ad_groups"),
                "patch_update": True,
                "creatives": (
                    ChangedCreative(ad_id=_first(seeded, "business_ads"), ad_name="A new name"),
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            patch_update=FLAG,
            creatives=st.lists(
                st.builds(
                    ChangedCreative,
                    ad_id=IDS,
                    ad_name=maybe(_NAME),
                    identity_type=maybe(st.sampled_from(IdentityType)),
                    identity_id=maybe(_OTHER_ID),
                    **_CREATIVE,
                ),
                min_size=1,
                max_size=3,
            ).map(tuple),
        ),
        effect=business_ads.AD_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_STATUS_UPDATE,
        request=lambda seeded: (
            _ACCOUNT
            | {
                "ad_ids": (_first(seeded, "business_ads"),),
                "operation_status": OperationStatus.ENABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            ad_ids=_FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
        )
        | fields(
            advertiser_id=IDS,
            aco_ad_ids=_FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
        ),
        effect=business_ads.AD_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.AD_REVIEW_INFO,
        request=lambda seeded: _ACCOUNT | {"ad_ids": (_first(seeded, "business_ads"),)},
        drawn=fields(advertiser_id=IDS, ad_ids=_FEW_IDS, lang=maybe(TEXT)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.IDENTITY_GET,
        request=lambda _: _ACCOUNT | {"page_size": 5},
        drawn=fields(
            advertiser_id=IDS,
            identity_type=maybe(st.sampled_from(IdentityType)),
            identity_authorized_bc_id=maybe(_OTHER_ID),
            filtering=maybe(st.builds(IdentityFilters, keyword=maybe(TEXT))),
            page=maybe(st.integers(1, 10**6)),
            page_size=maybe(st.integers(1, 100)),
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.IDENTITY_CREATE,
        request=lambda _: _ACCOUNT | {"display_name": "Mara's Kitchen"},
        drawn=fields(
            advertiser_id=IDS,
            display_name=st.text(CHARACTERS, min_size=1, max_size=40),
            image_uri=maybe(_OTHER_ID),
        ),
        effect=business_ads.IDENTITY_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.TOOL_REGION,
        request=lambda _: (
            _ACCOUNT | {"placements": (Placement.TIKTOK,), "objective_type": ObjectiveType.TRAFFIC}
        ),
        drawn=fields(
            advertiser_id=IDS,
            placements=st.lists(st.sampled_from(Placement), max_size=3).map(tuple),
            objective_type=st.sampled_from(ObjectiveType),
            level_range=maybe(st.sampled_from(["ALL", "TO_COUNTRY"])),
            language=maybe(TEXT),
        ),
        limits=DEFAULT_LIMITS,
    ),
)
