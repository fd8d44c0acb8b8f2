"""Examples of campaigns, ad groups, ads and identities."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AutomationType,
    BudgetMode,
    BuyingType,
    CampaignFilters,
    CampaignType,
    ObjectiveType,
    OperationStatus,
    OptimizationGoal,
    PrimaryStatus,
)

from .business import ADVERTISER_ID, DEFAULT_LIMITS, IDS
from .example import Example, Seeded
from .strategies import FLAG, TEXT, fields, maybe, some

_ACCOUNT = {"advertiser_id": ADVERTISER_ID}
_PLAIN = st.characters(codec="utf-8", categories=("L", "N", "Zs"))
_NAME = st.text(_PLAIN, min_size=1, max_size=256)
_SHORT = st.text(_PLAIN, min_size=1, max_size=40)
_OTHER_ID = st.text(_PLAIN, min_size=1, max_size=40)
_MONEY = st.decimals(0, 10**9, places=2)
_FLAGS = FLAG
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
                    is_smart_performance_campaign=_FLAGS,
                    split_test_enabled=_FLAGS,
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
            budget_optimize_on=_FLAGS,
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
)
