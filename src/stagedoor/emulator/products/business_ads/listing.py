"""Lists of campaigns, ad groups and ads: filters, pages, and the selection of fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from stagedoor.platform.products.business_ads import BuyingType, Filters, ListQuery, PrimaryStatus

from ...calls import AdmittedCall, Refusal
from ...world.collection import EntityTable, Index
from ..business.paging import page_of
from . import checks, facts, spending
from .state import CAMPAIGNS, Ad, AdGroup, Campaign
from .status import matches

O = TypeVar("O", Campaign, AdGroup, Ad)  # noqa: E741
Record = dict[str, Any]

_NULL_FIELD = "NULL_FIELD"
_SIX_MONTHS = 184 * 86_400
_OWN = "TT_ADS_PLATFORM"


def listed(
    call: AdmittedCall,
    table: EntityTable[O],
    of_account: Index[O],
    by_state: Index[O],
    ids: tuple[str, ...] | None,
    fits: Callable[[O], bool] | None,
    record: Callable[[AdmittedCall, O], Record],
) -> Record:
    """A page of the objects of the call's ad account that match, newest first.

    `ids` are the wanted objects, None for all; `fits` checks the filters that only this kind of
    objects has, None if the request has none of them.
    """
    request: ListQuery = call.request
    filters: Filters = getattr(request, "filtering", None) or Filters()
    _check(call, filters)
    primary = filters.primary_status or PrimaryStatus.NOT_DELETE
    account = call.ad_account.id
    found: Sequence[O]
    if ids is not None:
        known = (table.get(one) for one in dict.fromkeys(ids))
        mine = [one for one in known if one is not None and one.advertiser_id == account]
        found = sorted(mine, key=lambda one: -int(one.id))
    elif primary == PrimaryStatus.ALL:
        found = table.by(of_account, account)
    else:
        found = table.by(by_state, (account, primary == PrimaryStatus.DELETE))
    if ids is not None or fits is not None or _narrows(filters, primary):
        found = [one for one in found if _matches(call, one, filters, primary, fits)]
    rows, info = page_of(found, request.page, request.page_size)
    records = [
        chosen(record(call, one), request.fields, request.exclude_field_types_in_response)
        for one in rows
    ]
    return {"list": records, "page_info": info.model_dump(mode="json")}


def chosen(record: Record, fields: Iterable[str] | None, left_out: Iterable[str] | None) -> Record:
    """The requested fields of a record: unknown names are ignored."""
    if fields is not None:
        record = {name: record[name] for name in fields if name in record}
    if left_out is not None and _NULL_FIELD in left_out:
        record = {name: value for name, value in record.items() if value is not None}
    return record


def contains(name: str, part: str | None) -> bool:
    """Whether a name contains a part of it, in any case."""
    return part is None or part.casefold() in name.casefold()


def settled(call: AdmittedCall, found: Campaign | AdGroup | Ad) -> None:
    """Record the spending of the object's campaign up to now."""
    spending.settle_all(call.world, found)


def _check(call: AdmittedCall, filters: Filters) -> None:
    if call.ad_account.sandbox and filters.secondary_status is not None:
        raise Refusal("40009", "Unsupported filtering in sandbox environment: secondary_status.")
    checks.choice("filtering.primary_status", filters.primary_status, PrimaryStatus)
    kinds = filters.buying_types or ()
    for kind in kinds:
        checks.choice("filtering.buying_types", kind, BuyingType)
    if BuyingType.RESERVATION_TOP_VIEW in kinds and len(kinds) > 1:
        checks.wrong("filtering.buying_types", "RESERVATION_TOP_VIEW must be the only one.")
    start, end = filters.creation_filter_start_time, filters.creation_filter_end_time
    if start is not None and end is not None:
        span = end.timestamp() - start.timestamp()
        if not 0 <= span <= _SIX_MONTHS:
            checks.wrong("filtering.creation_filter_end_time", "The span exceeds 6 months.")


def _narrows(filters: Filters, primary: str) -> bool:
    """Whether the filters need a look at each object, beyond its account and deletion."""
    states = (PrimaryStatus.ALL, PrimaryStatus.NOT_DELETE, PrimaryStatus.DELETE)
    given = filters.model_fields_set - {"primary_status"}
    return primary not in states or any(getattr(filters, name) is not None for name in given)


def _matches(
    call: AdmittedCall,
    found: Campaign | AdGroup | Ad,
    filters: Filters,
    primary: str,
    fits: Callable[[Any], bool] | None,
) -> bool:
    world = call.world
    of = found if isinstance(found, Campaign) else world[CAMPAIGNS][found.campaign_id]
    start, end = filters.creation_filter_start_time, filters.creation_filter_end_time
    kinds = filters.buying_types or (BuyingType.AUCTION, BuyingType.RESERVATION_RF)
    if not (
        (filters.campaign_ids is None or of.id in filters.campaign_ids)
        and filters.objective_type in (None, of.objective_type)
        and buying_type(of) in kinds
        and filters.campaign_automation_type in (None, "MANUAL")
        and (filters.campaign_system_origins is None or _OWN in filters.campaign_system_origins)
        and (start is None or int(found.created) > start.timestamp())
        and (end is None or int(found.created) < end.timestamp())
        and (fits is None or fits(found))
    ):
        return False
    settled(call, found)
    secondary = facts.status_of(world, found)
    return filters.secondary_status in (None, secondary) and matches(
        primary, secondary, bool(found.deleted)
    )


def buying_type(campaign: Campaign) -> BuyingType:
    if campaign.objective_type == "RF_REACH":
        return BuyingType.RESERVATION_RF
    return BuyingType.AUCTION
