"""The declared table of what TikTok requires under conditions that its declarations can't say.

Each row names an operation, a field, the path by which this API's caller gives it, and when it is
needed. What is missing is named before anything is sent (`business-ads.yaml`, conditional fields).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stagedoor.platform.ads_vocabulary import (
    AdFormat,
    BudgetMode,
    IdentityType,
    ObjectiveType,
    OptimizationGoal,
    PlacementType,
    PromotionType,
)
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads

Values = Mapping[str, Any]
"""The fields of a request, by TikTok's names."""
_Needed = Callable[[Values, Values], bool]


@dataclass(frozen=True, slots=True)
class Need:
    """`needed` is asked with the request and the fields of the object above it."""

    operation: Operation[..., Any]
    field: str
    path: str
    needed: _Needed
    why: str
    instead: tuple[str, ...] = ()
    """Fields that do as well."""


def _has_budget(values: Values, _: Values) -> bool:
    return values.get("budget_mode") not in (None, BudgetMode.INFINITE)


def _divides(values: Values, _: Values) -> bool:
    return bool(values.get("budget_optimize_on"))


def _objective(*objectives: ObjectiveType) -> _Needed:
    return lambda values, above: (
        (values.get("objective_type") or above.get("objective_type")) in objectives
    )


def _own_budget(_: Values, above: Values) -> bool:
    return not above.get("budget_optimize_on")


def _total(values: Values, _: Values) -> bool:
    return values.get("budget_mode") == BudgetMode.TOTAL


def _converts(values: Values, above: Values) -> bool:
    return (
        above.get("objective_type") == ObjectiveType.WEB_CONVERSIONS
        and values.get("optimization_goal") == OptimizationGoal.CONVERT
    )


_WITHOUT_PROMOTION = frozenset(
    {
        ObjectiveType.REACH,
        ObjectiveType.VIDEO_VIEWS,
        ObjectiveType.ENGAGEMENT,
        ObjectiveType.RF_REACH,
        ObjectiveType.BRAND_CONSIDERATION,
    }
)


def _promotes(_: Values, above: Values) -> bool:
    return above.get("objective_type") not in (None, *_WITHOUT_PROMOTION)


def _to_website(_: Values, above: Values) -> bool:
    return above.get("promotion_type") == PromotionType.WEBSITE


def _without_post(values: Values, _: Values) -> bool:
    return values.get("tiktok_item_id") is None and not values.get("catalog_id")


_C, _G, _A = business_ads.CAMPAIGN_CREATE, business_ads.ADGROUP_CREATE, business_ads.AD_CREATE
_APP = _objective(ObjectiveType.APP_PROMOTION)
_PRODUCTS = _objective(ObjectiveType.PRODUCT_SALES)
_LEADS = _objective(ObjectiveType.LEAD_GENERATION)

NEEDS: tuple[Need, ...] = (
    Need(_C, "budget", "budget", _has_budget, "a campaign with this budget mode needs it"),
    Need(
        _C, "bid_type", "tiktok.bid_type", _divides, "a campaign that divides its budget needs it"
    ),
    Need(
        _C,
        "optimization_goal",
        "tiktok.optimization_goal",
        _divides,
        "a campaign that divides its budget needs it",
    ),
    Need(_C, "app_promotion_type", "tiktok.app_promotion_type", _APP, "APP_PROMOTION needs it"),
    Need(
        _C,
        "campaign_product_source",
        "tiktok.campaign_product_source",
        _PRODUCTS,
        "PRODUCT_SALES needs it",
    ),
    Need(
        _C,
        "rf_campaign_type",
        "tiktok.rf_campaign_type",
        _objective(ObjectiveType.RF_REACH),
        "RF_REACH needs it",
    ),
    Need(
        _C,
        "sales_destination",
        "tiktok.sales_destination",
        lambda values, _: values.get("virtual_objective_type") == "SALES",
        "the virtual objective SALES needs it",
    ),
    Need(
        _G,
        "location_ids",
        "locations",
        lambda *_: True,
        "an ad group needs a place where its ads are shown",
        ("zipcode_ids",),
    ),
    Need(
        _G,
        "budget",
        "budget",
        _own_budget,
        "an ad group needs a budget, unless its campaign divides its own",
    ),
    Need(_G, "schedule_end_time", "schedule.end", _total, "a total budget needs an end"),
    Need(
        _G,
        "frequency",
        "frequency",
        _objective(ObjectiveType.REACH),
        "REACH needs how often a person sees the ads",
    ),
    Need(
        _G,
        "promotion_type",
        "tiktok.promotion_type",
        _promotes,
        "the campaign's objective needs it",
    ),
    Need(
        _G,
        "placements",
        "placements",
        lambda values, _: values.get("placement_type") == PlacementType.NORMAL,
        "PLACEMENT_TYPE_NORMAL needs them",
    ),
    Need(_G, "app_id", "tiktok.app_id", _APP, "APP_PROMOTION needs it"),
    Need(_G, "operating_systems", "tiktok.operating_systems", _APP, "APP_PROMOTION needs it"),
    Need(_G, "pixel_id", "tiktok.pixel_id", _converts, "conversions on a website need it"),
    Need(
        _G,
        "optimization_event",
        "tiktok.optimization_event",
        _converts,
        "conversions on a website need it",
        ("custom_conversion_id",),
    ),
    Need(
        _G,
        "promotion_target_type",
        "tiktok.promotion_target_type",
        _LEADS,
        "LEAD_GENERATION needs it",
    ),
    Need(_G, "shopping_ads_type", "tiktok.shopping_ads_type", _PRODUCTS, "PRODUCT_SALES needs it"),
    Need(
        _A,
        "ad_text",
        "text",
        _without_post,
        "an ad needs a text, unless it shows a post",
    ),
    Need(
        _A,
        "landing_page_url",
        "landingPageUrl",
        _to_website,
        "the ad group promotes a website, so the ad needs its address",
        ("page_id",),
    ),
    Need(
        _A,
        "identity_authorized_bc_id",
        "identity.bcId",
        lambda values, _: values.get("identity_type") == IdentityType.BC_AUTH_TT,
        "BC_AUTH_TT needs the Business Center",
    ),
    Need(
        _A,
        "music_id",
        "tiktok.music_id",
        lambda values, _: values.get("ad_format") == AdFormat.CAROUSEL_ADS,
        "CAROUSEL_ADS need music",
    ),
)


def missing(operation: Operation[..., Any], values: Values, above: Values) -> list[tuple[str, str]]:
    """Path and reason of each field that is needed and isn't there."""
    return [
        (need.path, f"is missing: {need.why}")
        for need in NEEDS
        if need.operation is operation
        and need.needed(values, above)
        and not any(values.get(name) not in (None, (), []) for name in (need.field, *need.instead))
    ]
