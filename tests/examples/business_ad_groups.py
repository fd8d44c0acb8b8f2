"""Examples of ad groups."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AdGroupFilters,
    AgeGroup,
    BillingEvent,
    BudgetMode,
    BudgetNow,
    BudgetTomorrow,
    OperationStatus,
    OptimizationGoal,
    Pacing,
    Placement,
    PrimaryStatus,
    PromotionType,
    ScheduleType,
)

from .business import DEFAULT_LIMITS, IDS
from .business_ads_parts import (
    ACCOUNT,
    FEW_IDS,
    FILTERS,
    LISTS,
    MOMENT,
    MONEY,
    NAME,
    SETTINGS,
    TEXTS,
    first,
)
from .example import Example
from .strategies import FLAG, TEXT, fields, maybe, some

EXAMPLES = (
    Example(
        business_ads.ADGROUP_GET,
        request=lambda seeded: (
            ACCOUNT
            | {
                "filtering": AdGroupFilters(
                    adgroup_ids=(first(seeded, "ad_groups"),), primary_status=PrimaryStatus.ALL
                ),
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            fields=maybe(some(tuple(business_ads.AdGroup.model_fields))),
            filtering=maybe(
                st.builds(
                    AdGroupFilters,
                    **FILTERS,
                    adgroup_ids=maybe(FEW_IDS),
                    adgroup_name=maybe(TEXT),
                    promotion_type=maybe(st.sampled_from(["APP", "WEBSITE", "INSTANT_FORM"])),
                    bid_strategy=maybe(st.just("BID_STRATEGY_COST_CAP")),
                    billing_events=maybe(st.just((BillingEvent.CPC,))),
                )
            ),
            **LISTS,
        ),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_CREATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "campaign_id": first(seeded, "campaigns"),
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
            adgroup_name=NAME,
            request_id=maybe(IDS),
            promotion_type=maybe(st.sampled_from(PromotionType)),
            placements=maybe(st.lists(st.sampled_from(Placement), max_size=3).map(tuple)),
            schedule_type=st.sampled_from(ScheduleType),
            schedule_start_time=MOMENT,
            schedule_end_time=maybe(MOMENT),
            budget_mode=maybe(st.sampled_from(BudgetMode)),
            optimization_goal=st.sampled_from(OptimizationGoal),
            billing_event=st.sampled_from(BillingEvent),
            pacing=st.sampled_from(Pacing),
            operation_status=maybe(st.sampled_from(OperationStatus)),
            **SETTINGS,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_UPDATE,
        request=lambda seeded: (
            ACCOUNT | {"adgroup_id": first(seeded, "ad_groups"), "languages": ("en",)}
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            adgroup_name=maybe(NAME),
            schedule_start_time=maybe(MOMENT),
            schedule_end_time=maybe(MOMENT),
            **SETTINGS,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_STATUS_UPDATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "adgroup_ids": (first(seeded, "ad_groups"),),
                "operation_status": OperationStatus.ENABLE,
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            adgroup_ids=FEW_IDS,
            operation_status=st.sampled_from(OperationStatus),
            allow_partial_success=FLAG,
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_BUDGET_UPDATE,
        request=lambda seeded: (
            ACCOUNT
            | {
                "scheduled_budget": (
                    BudgetTomorrow(
                        adgroup_id=first(seeded, "ad_groups"), scheduled_budget=Decimal(70)
                    ),
                )
            }
        ),
        drawn=fields(
            advertiser_id=IDS,
            budget=st.lists(
                st.builds(BudgetNow, adgroup_id=IDS, budget=MONEY), min_size=1, max_size=20
            ).map(tuple),
        )
        | fields(
            advertiser_id=IDS,
            scheduled_budget=st.lists(
                st.builds(BudgetTomorrow, adgroup_id=IDS, scheduled_budget=MONEY),
                min_size=1,
                max_size=20,
            ).map(tuple),
        ),
        effect=business_ads.ADGROUP_GET,
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_REVIEW_INFO,
        request=lambda seeded: ACCOUNT | {"adgroup_ids": (first(seeded, "ad_groups"),)},
        drawn=fields(advertiser_id=IDS, adgroup_ids=FEW_IDS, lang=maybe(TEXT)),
        limits=DEFAULT_LIMITS,
    ),
    Example(
        business_ads.ADGROUP_APPEAL,
        request=lambda seeded: ACCOUNT | {"adgroup_id": first(seeded, "ad_groups")},
        refused=True,
        drawn=fields(
            advertiser_id=IDS,
            adgroup_id=IDS,
            ad_id=maybe(IDS),
            appeal_reason=maybe(TEXT),
            attachment_list=TEXTS,
        ),
        effect=business_ads.ADGROUP_REVIEW_INFO,
        limits=DEFAULT_LIMITS,
    ),
)
