"""The declared table of the fields that TikTok's requests get from this API's.

Each row names the operation, TikTok's field, the fields of this API that it is made of, and the
rule. Requests are composed from the table, errors name this API's field by it, and docs/ads.md
shows its rules. A test holds every row to the platform's declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as declared
from typing import Any

from stagedoor.platform.ads_vocabulary import (
    AdFormat,
    BidType,
    BillingEvent,
    BudgetMode,
    ObjectiveType,
    OperationStatus,
    Pacing,
    PlacementType,
    PromotionType,
    ScheduleType,
)
from stagedoor.platform.operation import Operation
from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business.common import PREFIX

from .bodies import AdIdentity
from .creative_ids import CreativeKind, parse_creative_id

PROMOTIONS: Mapping[ObjectiveType, PromotionType] = {
    ObjectiveType.TRAFFIC: PromotionType.WEBSITE,
    ObjectiveType.WEB_CONVERSIONS: PromotionType.WEBSITE,
    ObjectiveType.LEAD_GENERATION: PromotionType.LEAD_GENERATION,
}
"""The type of promotion of the ad groups of an objective. TikTok derives it itself for those of
reach, views and engagement; for others the caller says it in `tiktok`."""
DEFAULT_ACTION = "LEARN_MORE"


@dataclass(frozen=True, slots=True)
class RequestSource:
    """The parts that a request is composed from: the body, and the objects looked up for it."""

    body: Any
    request_id: str = ""
    objective: str | None = None
    billing_event: str | None = None
    location_ids: tuple[str, ...] | None = None
    audience_ids: tuple[str, ...] | None = None
    identity: AdIdentity | None = None
    cover: str | None = None

    def get(self, name: str) -> Any:
        return getattr(self.body, name, None)


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field of TikTok's request. `rule` empty: the value of the one field in `made_of`, as it
    is."""

    operations: tuple[Operation[..., Any], ...]
    field: str
    made_of: tuple[str, ...]
    value: Callable[[RequestSource], Any] = declared(repr=False)
    rule: str = ""
    fixed: bool = False
    """`tiktok` may not set it."""


def _same(
    operations: tuple[Operation[..., Any], ...], name: str, attribute: str, path: str
) -> FieldRule:
    return FieldRule(operations, name, (path,), lambda source: source.get(attribute))


def _constant(value: str) -> Callable[[RequestSource], Any]:
    return lambda _: value


def _budget_mode(source: RequestSource) -> Any:
    given = source.get("budget_mode")
    if given is not None:
        return given
    return BudgetMode.INFINITE if source.get("budget") is None else BudgetMode.DAY


def _group_budget_mode(source: RequestSource) -> Any:
    return None if source.get("budget") is None else _budget_mode(source)


def _promotion(source: RequestSource) -> Any:
    return PROMOTIONS.get(ObjectiveType(source.objective)) if source.objective else None


def _placement_type(source: RequestSource) -> Any:
    return PlacementType.NORMAL if source.get("placements") else PlacementType.AUTOMATIC


def _schedule_type(source: RequestSource) -> Any:
    schedule = source.get("schedule")
    if schedule is None:
        return None
    return ScheduleType.FROM_NOW if schedule.end is None else ScheduleType.START_END


def _start(source: RequestSource) -> Any:
    schedule = source.get("schedule")
    return None if schedule is None else schedule.start


def _end(source: RequestSource) -> Any:
    schedule = source.get("schedule")
    return None if schedule is None else schedule.end


def _bid_type(source: RequestSource) -> Any:
    return BidType.NO_BID if source.get("bid") is None else BidType.CUSTOM


def _changed_bid_type(source: RequestSource) -> Any:
    return None if source.get("bid") is None else BidType.CUSTOM


def _by_conversion(source: RequestSource) -> bool:
    return (source.get("billing_event") or source.billing_event) == BillingEvent.OCPM


def _bid_price(source: RequestSource) -> Any:
    return None if _by_conversion(source) else source.get("bid")


def _conversion_bid(source: RequestSource) -> Any:
    return source.get("bid") if _by_conversion(source) else None


def _times(source: RequestSource) -> Any:
    frequency = source.get("frequency")
    return None if frequency is None else frequency.times


def _days(source: RequestSource) -> Any:
    frequency = source.get("frequency")
    return None if frequency is None else frequency.days


def _kind(source: RequestSource) -> CreativeKind | None:
    given = source.get("creative_id")
    return None if given is None else parse_creative_id(given).kind


def _of_kind(kind: CreativeKind) -> Callable[[RequestSource], Any]:
    def value(source: RequestSource) -> Any:
        given = source.get("creative_id")
        found = None if given is None else parse_creative_id(given)
        return found.tiktok_id if found is not None and found.kind is kind else None

    return value


def _format(source: RequestSource) -> Any:
    kind = _kind(source)
    if kind is None:
        return None
    return AdFormat.SINGLE_IMAGE if kind is CreativeKind.IMAGE else AdFormat.SINGLE_VIDEO


def _images(source: RequestSource) -> Any:
    image = _of_kind(CreativeKind.IMAGE)(source) or source.cover
    return None if image is None else (image,)


def _action(source: RequestSource) -> Any:
    given = source.get("call_to_action")
    return given or (DEFAULT_ACTION if source.get("landing_page_url") else None)


def _identity(part: str) -> Callable[[RequestSource], Any]:
    return lambda source: None if source.identity is None else getattr(source.identity, part)


_CAMPAIGN = (business_ads.CAMPAIGN_CREATE,)
_CAMPAIGNS = (business_ads.CAMPAIGN_CREATE, business_ads.CAMPAIGN_UPDATE)
_GROUP, _GROUP_CHANGE = (business_ads.ADGROUP_CREATE,), (business_ads.ADGROUP_UPDATE,)
_GROUPS = (business_ads.ADGROUP_CREATE, business_ads.ADGROUP_UPDATE)
_AD = (business_ads.AD_CREATE,)
_ADS = (business_ads.AD_CREATE, business_ads.AD_UPDATE)
_PAUSED = "always DISABLE: an object is made paused, and launched later"
_ONCE = "a number made from the id of the request's journal, so that a repetition makes no second"

TABLE: tuple[FieldRule, ...] = (
    # campaigns
    _same(_CAMPAIGNS, "campaign_name", "name", "name"),
    _same(_CAMPAIGN, "objective_type", "objective", "objective"),
    _same(_CAMPAIGNS, "budget", "budget", "budget"),
    FieldRule(
        _CAMPAIGN,
        "budget_mode",
        ("budgetMode", "budget"),
        _budget_mode,
        "`budgetMode`; else BUDGET_MODE_DAY with a `budget`, BUDGET_MODE_INFINITE without",
    ),
    FieldRule(_CAMPAIGN, "request_id", (), lambda source: source.request_id, _ONCE, fixed=True),
    FieldRule(
        _CAMPAIGN, "operation_status", (), _constant(OperationStatus.DISABLE), _PAUSED, fixed=True
    ),
    # ad groups
    _same(_GROUPS, "adgroup_name", "name", "name"),
    FieldRule(
        _GROUP,
        "promotion_type",
        ("objective",),
        _promotion,
        "by the campaign's objective: "
        + ", ".join(f"{made.value} for {one.value}" for one, made in PROMOTIONS.items())
        + "; none for others",
    ),
    FieldRule(
        _GROUP,
        "placement_type",
        ("placements",),
        _placement_type,
        "PLACEMENT_TYPE_NORMAL with `placements`, PLACEMENT_TYPE_AUTOMATIC without",
    ),
    _same(_GROUP, "placements", "placements", "placements"),
    FieldRule(
        _GROUPS,
        "location_ids",
        ("locations",),
        lambda source: source.location_ids,
        "the ids of the countries' codes in `/tool/region/`; ids stay as they are",
    ),
    FieldRule(
        _GROUPS,
        "audience_ids",
        ("audienceIds",),
        lambda source: source.audience_ids,
    ),
    _same(_GROUPS, "budget", "budget", "budget"),
    FieldRule(
        _GROUP,
        "budget_mode",
        ("budgetMode", "budget"),
        _group_budget_mode,
        "`budgetMode`; else BUDGET_MODE_DAY with a `budget`, none without",
    ),
    FieldRule(
        _GROUPS,
        "schedule_type",
        ("schedule",),
        _schedule_type,
        "SCHEDULE_START_END with `schedule.end`, SCHEDULE_FROM_NOW without",
    ),
    FieldRule(_GROUPS, "schedule_start_time", ("schedule.start",), _start),
    FieldRule(_GROUPS, "schedule_end_time", ("schedule.end",), _end),
    _same(_GROUP, "optimization_goal", "optimization_goal", "optimizationGoal"),
    _same(_GROUP, "billing_event", "billing_event", "billingEvent"),
    FieldRule(
        _GROUP,
        "bid_type",
        ("bid",),
        _bid_type,
        "BID_TYPE_CUSTOM with a `bid`, BID_TYPE_NO_BID without",
    ),
    FieldRule(_GROUP_CHANGE, "bid_type", ("bid",), _changed_bid_type, "BID_TYPE_CUSTOM"),
    FieldRule(_GROUPS, "bid_price", ("bid",), _bid_price, "`bid`, unless `billingEvent` is OCPM"),
    FieldRule(
        _GROUPS,
        "conversion_bid_price",
        ("bid",),
        _conversion_bid,
        "`bid`, where `billingEvent` is OCPM",
    ),
    FieldRule(_GROUP, "pacing", (), _constant(Pacing.SMOOTH), "PACING_MODE_SMOOTH"),
    FieldRule(_GROUPS, "frequency", ("frequency.times",), _times),
    FieldRule(_GROUPS, "frequency_schedule", ("frequency.days",), _days),
    FieldRule(_GROUP, "request_id", (), lambda source: source.request_id, _ONCE, fixed=True),
    FieldRule(
        _GROUP, "operation_status", (), _constant(OperationStatus.DISABLE), _PAUSED, fixed=True
    ),
    # ads
    _same(_ADS, "ad_name", "name", "name"),
    FieldRule(
        _ADS,
        "ad_format",
        ("creativeId",),
        _format,
        "SINGLE_IMAGE for an image, SINGLE_VIDEO for a video or a post",
    ),
    FieldRule(_ADS, "video_id", ("creativeId",), _of_kind(CreativeKind.VIDEO), "of `video:<id>`"),
    FieldRule(
        _ADS, "tiktok_item_id", ("creativeId",), _of_kind(CreativeKind.POST), "of `post:<id>:...`"
    ),
    FieldRule(
        _ADS,
        "image_ids",
        ("creativeId", "coverId"),
        _images,
        "of `image:<id>`; for a video `coverId`, else the first cover that TikTok suggests",
    ),
    FieldRule(
        _ADS,
        "identity_type",
        ("identity", "creativeId"),
        _identity("type"),
        "of `identity`, or the post's; else CUSTOMIZED_USER",
    ),
    FieldRule(
        _ADS,
        "identity_id",
        ("identity", "creativeId"),
        _identity("id"),
        "of `identity`, or the post's; else the ad account's own, with the ad account's name, "
        "which is made once",
    ),
    FieldRule(
        _ADS,
        "identity_authorized_bc_id",
        ("identity", "creativeId"),
        _identity("bc_id"),
        "of `identity`, or the post's",
    ),
    _same(_ADS, "ad_text", "text", "text"),
    FieldRule(
        _ADS,
        "call_to_action",
        ("callToAction", "landingPageUrl"),
        _action,
        f"`callToAction`; else {DEFAULT_ACTION} with a `landingPageUrl`",
    ),
    _same(_ADS, "landing_page_url", "landing_page_url", "landingPageUrl"),
    FieldRule(_AD, "operation_status", (), _constant(OperationStatus.DISABLE), _PAUSED, fixed=True),
)


def rules_of(operation: Operation[..., Any]) -> tuple[FieldRule, ...]:
    """The rows of an operation."""
    return tuple(one for one in TABLE if operation in one.operations)


def _path_of(operation: Operation[..., Any]) -> str:
    return operation.path.removeprefix(PREFIX)


def as_markdown() -> str:
    """The rules as a table for the docs."""
    lines = ["| TikTok's field | of | value |", "| --- | --- | --- |"]
    for one in TABLE:
        if one.rule:
            paths = ", ".join(f"`{_path_of(operation)}`" for operation in one.operations)
            lines.append(f"| `{one.field}` | {paths} | {one.rule} |")
    return "\n".join(lines) + "\n"
