"""Campaigns, ad groups and ads as TikTok's records: every field, null where it isn't set."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import BudgetMode, ObjectiveType, Placement
from stagedoor.platform.products.business_ads.common import written

from ...calls import AdmittedCall
from . import budgets, facts, spending
from .state import AD_GROUPS, CAMPAIGNS, Ad, AdGroup, Campaign

Record = dict[str, Any]

_CAMPAIGN = dict.fromkeys(business_ads.Campaign.model_fields) | {
    "campaign_type": "REGULAR_CAMPAIGN",
    "app_promotion_type": "UNSET",
    "roas_bid": 0.0,
    "is_search_campaign": False,
    "is_smart_performance_campaign": False,
    "campaign_automation_type": "MANUAL",
    "is_new_structure": True,
}
_GROUP = dict.fromkeys(business_ads.AdGroup.model_fields) | {
    "campaign_automation_type": "MANUAL",
    "promotion_target_type": "UNSET",
    "promotion_website_type": "UNSET",
    "tiktok_subplacements": [],
    "comment_disabled": False,
    "share_disabled": False,
    "video_download_disabled": False,
    "languages": [],
    "gender": "GENDER_UNLIMITED",
    "age_groups": [],
    "ios14_targeting": "UNSET",
    "brand_safety_type": "NO_BRAND_SAFETY",
    "bid_display_mode": "CPMV",
    "attribution_event_count": "UNSET",
    "creative_material_mode": "CUSTOM",
    "skip_learning_phase": False,
    "is_hfss": False,
    "is_lhf_compliance": False,
    "is_new_structure": True,
    "is_smart_performance_campaign": False,
}
_AD = dict.fromkeys(business_ads.Ad.model_fields) | {
    "campaign_automation_type": "MANUAL",
    "promotional_music_disabled": True,
    "creative_authorized": False,
    "aigc_disclosure_type": "NOT_DECLARED",
    "is_aco": False,
    "is_new_structure": True,
}
_EVERYWHERE = [Placement.TIKTOK, Placement.PANGLE, Placement.GLOBAL_APP_BUNDLE]


def campaign(call: AdmittedCall, found: Campaign) -> Record:
    app = found.objective_type == ObjectiveType.APP_PROMOTION
    return _complete(
        call,
        found,
        _CAMPAIGN,
        {
            "campaign_id": found.id,
            "campaign_name": found.name,
            "objective": "APP" if app else "LANDING_PAGE",
            "objective_type": found.objective_type,
            "budget_mode": found.budget_mode,
            "budget": number(found.budget),
            "budget_optimize_on": found.divides_budget,
        },
    )


def group(call: AdmittedCall, found: AdGroup) -> Record:
    of = call.world[CAMPAIGNS][found.campaign_id]
    placed = found.fields.get("placement_type") == "PLACEMENT_TYPE_AUTOMATIC"
    promotion = str(found.fields.get("promotion_type", ""))
    return _complete(
        call,
        found,
        _GROUP | ({"placements": _EVERYWHERE} if placed else {}),
        {
            "campaign_id": of.id,
            "campaign_name": of.name,
            "adgroup_id": found.id,
            "adgroup_name": found.name,
            "app_type": promotion if promotion.startswith("APP_") else None,
            "budget_mode": BudgetMode.INFINITE if of.divides_budget else found.budget_mode,
            "budget": 0.0 if of.divides_budget else number(found.budget),
            "scheduled_budget": number(found.scheduled_budget),
            "schedule_start_time": moment(found.start),
            "schedule_end_time": moment(found.end),
            "dayparting": found.dayparting or "1" * budgets.HALF_HOURS,
        },
    )


def ad(call: AdmittedCall, found: Ad) -> Record:
    of = call.world[AD_GROUPS][found.adgroup_id]
    return _complete(
        call,
        found,
        _AD,
        {
            "campaign_id": found.campaign_id,
            "campaign_name": call.world[CAMPAIGNS][found.campaign_id].name,
            "adgroup_id": of.id,
            "adgroup_name": of.name,
            "ad_id": found.id,
            "ad_id_v2": found.id,
            "ad_name": found.name,
            "optimization_event": of.fields.get("optimization_event"),
        },
    )


def moment(at: float) -> str:
    return written(datetime.fromtimestamp(at, UTC))


def number(amount: Decimal) -> float:
    return float(amount)


def _complete(
    call: AdmittedCall, found: Campaign | AdGroup | Ad, defaults: Record, own: Record
) -> Record:
    spending.settle_all(call.world, found)
    record = (
        defaults
        | {name: value for name, value in found.fields.items() if name in defaults}
        | own
        | {
            "advertiser_id": found.advertiser_id,
            "operation_status": found.operation_status,
            "create_time": moment(found.created),
            "modify_time": moment(found.modified),
        }
    )
    if call.ad_account.sandbox:
        record.pop("secondary_status")
    else:
        record["secondary_status"] = facts.status_of(call.world, found)
    return record
