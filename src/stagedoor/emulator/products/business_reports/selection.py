"""The objects that a report's rows are about, and the filters that choose them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from stagedoor.platform.products.business_ads import BudgetMode, OperationStatus
from stagedoor.platform.products.business_reports import (
    METRICS,
    DataLevel,
    FilterType,
    ReportFilter,
    ReportStatus,
)

from ...world import World
from ..business.state import AdAccount
from ..business_ads import checks, facts, listing
from ..business_ads.state import (
    AD_GROUPS,
    ADS,
    ADS_OF,
    ADS_OF_CAMPAIGN,
    ADS_OF_GROUP,
    CAMPAIGNS,
    CAMPAIGNS_OF,
    GROUPS_OF,
    Ad,
    AdGroup,
    Campaign,
)
from ..business_ads.status import matches

Target = AdAccount | Campaign | AdGroup | Ad
MAX_OBJECTS = 20_000
"""More objects are cut off, as at TikTok (`business-reporting.yaml`, notes)."""

_STATUS_FIELDS = {
    DataLevel.CAMPAIGN: "campaign_status",
    DataLevel.AD_GROUP: "adgroup_status",
    DataLevel.AD: "ad_status",
}
_LISTS = (FilterType.IN, FilterType.NOT_IN, FilterType.CONTAIN_ANY_OF)
_MAX_IDS = 100
_ID_FIELDS = ("campaign_ids", "adgroup_ids", "ad_ids")


@dataclass(frozen=True, slots=True)
class AdLineage:
    """An ad with its parents."""

    campaign: Campaign
    group: AdGroup
    ad: Ad


Reading = Callable[[World, AdLineage], tuple[str, ...]]
_FIELDS: dict[str, Reading] = {
    "campaign_ids": lambda _, line: (line.campaign.id,),
    "adgroup_ids": lambda _, line: (line.group.id,),
    "ad_ids": lambda _, line: (line.ad.id,),
    "campaign_name": lambda _, line: (line.campaign.name,),
    "adgroup_name": lambda _, line: (line.group.name,),
    "ad_name": lambda _, line: (line.ad.name,),
    "objective_type": lambda _, line: (line.campaign.objective_type,),
    "buying_type": lambda _, line: (listing.buying_type(line.campaign),),
    "optimization_goal": lambda _, line: (str(line.group.fields.get("optimization_goal")),),
    "promotion_type": lambda _, line: (str(line.group.fields.get("promotion_type")),),
    "bid_strategy": lambda _, line: (str(line.group.fields.get("bid_type")),),
    "creative_material_mode": lambda _, line: (
        str(line.group.fields.get("creative_material_mode") or "CUSTOM"),
    ),
    "placement": lambda _, line: tuple(line.group.fields.get("placements") or ()),
}
_STATES: dict[str, Callable[[AdLineage], Campaign | AdGroup | Ad]] = {
    "campaign_status": lambda line: line.campaign,
    "adgroup_status": lambda line: line.group,
    "ad_status": lambda line: line.ad,
}


def metric_filters(filters: tuple[ReportFilter, ...]) -> list[ReportFilter]:
    """The filters of metrics' values. Refuses unknown fields."""
    found = []
    for place, one in enumerate(filters):
        if one.field_name in METRICS and one.field_name not in _FIELDS:
            found.append(one)
        elif one.field_name not in _FIELDS and one.field_name not in _STATES:
            checks.wrong(f"filtering.{place}.field_name", f"Not supported: {one.field_name}.")
    return found


def depends_on_clock(filters: tuple[ReportFilter, ...]) -> bool:
    return any(one.field_name in _STATES for one in filters)


def targets(
    world: World, account: AdAccount, level: DataLevel, filters: tuple[ReportFilter, ...]
) -> Iterator[tuple[Target, list[AdLineage]]]:
    """The objects of this level that match, newest first, each with its ads that match."""
    made = [_test(world, place, one) for place, one in enumerate(filters)]
    tests = [one for one in made if one is not None]
    hidden = _STATUS_FIELDS.get(level)
    if any(one.field_name == hidden for one in filters):
        hidden = None
    for target in _objects(world, account, level):
        if hidden and getattr(target, "deleted", ""):
            continue
        lines = [one for one in _lines(world, target) if all(test(one) for test in tests)]
        if lines or not tests:
            yield target, lines


def _objects(world: World, account: AdAccount, level: DataLevel) -> Iterator[Target]:
    if level is DataLevel.AD:
        return iter(world[ADS].by(ADS_OF, account.id))
    if level is DataLevel.AD_GROUP:
        return iter(world[AD_GROUPS].by(GROUPS_OF, account.id))
    if level is DataLevel.CAMPAIGN:
        return iter(world[CAMPAIGNS].by(CAMPAIGNS_OF, account.id))
    return iter((account,))


def _lines(world: World, target: Target) -> Iterator[AdLineage]:
    campaigns, groups = world[CAMPAIGNS], world[AD_GROUPS]
    ads: Any
    if isinstance(target, Ad):
        ads = (target,)
    elif isinstance(target, AdGroup):
        ads = world[ADS].by(ADS_OF_GROUP, target.id)
    elif isinstance(target, Campaign):
        ads = world[ADS].by(ADS_OF_CAMPAIGN, target.id)
    else:
        ads = world[ADS].by(ADS_OF, target.id)
    for ad in ads:
        yield AdLineage(campaigns[ad.campaign_id], groups[ad.adgroup_id], ad)


def _test(world: World, place: int, filter: ReportFilter) -> Callable[[AdLineage], bool] | None:
    name = filter.field_name
    if name in _STATES:
        return _status_test(world, place, filter)
    if name not in _FIELDS:
        return None
    read = _FIELDS[name]
    where = f"filtering.{place}"
    if filter.filter_type == FilterType.MATCH:
        text = filter.filter_value
        try:
            given = json.loads(text)
            text = given if isinstance(given, str) else text
        except ValueError:
            pass
        return lambda line: any(listing.contains(one, text) for one in read(world, line))
    wanted = _listed(where, filter)
    if name in _ID_FIELDS and len(wanted) > _MAX_IDS:
        checks.wrong(f"{where}.filter_value", f"At most {_MAX_IDS} ids.")
    inside = filter.filter_type != FilterType.NOT_IN
    return lambda line: any(one in wanted for one in read(world, line)) is inside


def _status_test(world: World, place: int, filter: ReportFilter) -> Callable[[AdLineage], bool]:
    wanted = _listed(f"filtering.{place}", filter)
    for one in wanted:
        checks.choice(f"filtering.{place}.filter_value", one, ReportStatus)
    of = _STATES[filter.field_name]
    inside = filter.filter_type != FilterType.NOT_IN

    def test(line: AdLineage) -> bool:
        found = of(line)
        secondary = facts.status_of(world, found)
        deleted = bool(found.deleted)
        return any(matches(one, secondary, deleted) for one in wanted) is inside

    return test


def _listed(where: str, filter: ReportFilter) -> frozenset[str]:
    if filter.filter_type not in _LISTS:
        checks.wrong(f"{where}.filter_type", f"Not a valid choice: {filter.filter_type}.")
    found = value_of(where, filter)
    if not isinstance(found, list) or not all(isinstance(one, str | int) for one in found):
        _not_json(where)
    return frozenset(map(str, found))


def value_of(where: str, filter: ReportFilter) -> Any:
    try:
        return json.loads(filter.filter_value)
    except (ValueError, RecursionError):
        _not_json(where)


def _not_json(where: str) -> NoReturn:
    checks.wrong(f"{where}.filter_value", 'It is no JSON text such as ["1","2"].')


def attributes(account: AdAccount, target: Target, world: World) -> dict[str, str]:
    """The values of attribute metrics for an object and its parents."""
    found = {
        "advertiser_name": account.name,
        "advertiser_id": account.id,
        "currency": account.currency,
        "timezone": account.timezone,
    }
    if isinstance(target, AdAccount):
        return found
    campaign = target if isinstance(target, Campaign) else world[CAMPAIGNS][target.campaign_id]
    found |= {
        "campaign_name": campaign.name,
        "campaign_id": campaign.id,
        "objective_type": campaign.objective_type,
        "split_test": "False",
        "campaign_budget": _budget(campaign),
        "campaign_dedicate_type": str(campaign.fields.get("campaign_type") or "REGULAR"),
        "app_promotion_type": str(campaign.fields.get("app_promotion_type") or "UNSET"),
    }
    if isinstance(target, Campaign):
        return found
    group = target if isinstance(target, AdGroup) else world[AD_GROUPS][target.adgroup_id]
    found |= {
        "adgroup_name": group.name,
        "adgroup_id": group.id,
        "opt_status": str(group.operation_status is OperationStatus.ENABLE),
        "budget": _budget(group),
        "optimization_event": str(group.fields.get("optimization_event") or "-"),
    } | {
        name: str(group.fields.get(field) or "-")
        for name, field in (
            ("placement_type", "placement_type"),
            ("promotion_type", "promotion_type"),
            ("billing_event", "billing_event"),
            ("bid_strategy", "bid_type"),
            ("bid", "bid_price"),
            ("tt_app_id", "app_id"),
        )
    }
    if isinstance(target, AdGroup):
        return found
    return found | {
        "ad_name": target.name,
        "ad_id": target.id,
        "ad_text": str(target.fields.get("ad_text") or "-"),
        "call_to_action": str(target.fields.get("call_to_action") or "-"),
        "image_mode": str(target.fields.get("ad_format") or "-"),
        "is_aco": "False",
        "is_smart_creative": "False",
    }


def _budget(found: Campaign | AdGroup) -> str:
    return "0.00" if found.budget_mode is BudgetMode.INFINITE else f"{found.budget:.2f}"
