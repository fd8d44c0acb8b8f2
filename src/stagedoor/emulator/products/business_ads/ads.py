"""The operations of ads, apart from their review."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import (
    AdChanges,
    AdFilters,
    AdFormat,
    AdQuery,
    AdStatusChange,
    ChangedCreative,
    NewAds,
    NewCreative,
    OperationStatus,
)

from ...calls import AdmittedCall, Handlers, Refusal
from . import checks, creative_checks, listing, review, shown, spending
from .state import AD_GROUPS, ADS, ADS_BY_STATE, ADS_OF, ADS_OF_GROUP, Ad, AdGroup

MAX_ADS = 50
"""Live ads of an ad group; TikTok's number isn't in the facts."""
_OWN = frozenset({"ad_id", "ad_name", "operation_status"})
_REVIEWED = frozenset(
    {"video_id", "image_ids", "music_id", "tiktok_item_id", "ad_text", "landing_page_url"}
)
"""Fields whose change puts an ad back into review."""
_DESTINATIONS = {
    "APP": ("APP_ANDROID", "APP_IOS"),
    "TIKTOK_INSTANT_PAGE": ("LEAD_GENERATION",),
    "WEBSITE": ("WEBSITE", "WEBSITE_OR_DISPLAY"),
    "SOCIAL_MEDIA_APP": ("LEAD_GEN_CLICK_TO_SOCIAL_MEDIA_APP_MESSAGE",),
    "PHONE_CALL": ("LEAD_GEN_CLICK_TO_CALL",),
}


def query(call: AdmittedCall) -> dict[str, Any]:
    request: AdQuery = call.request
    filters = request.filtering
    ids = None
    if filters is not None and (filters.ad_ids or filters.ad_ids_v2):
        wanted = filters.ad_ids or filters.ad_ids_v2 or ()
        ids = tuple(one for one in wanted if not filters.ad_ids_v2 or one in filters.ad_ids_v2)
    if filters is not None and filters.destination is not None:
        checks.choice("filtering.destination", filters.destination, _DESTINATIONS)
    return listing.listed(
        call,
        call.world[ADS],
        ADS_OF,
        ADS_BY_STATE,
        ids,
        None if filters is None else lambda one: _fits(call, one, filters),
        shown.ad,
    )


def _fits(call: AdmittedCall, found: Ad, filters: AdFilters) -> bool:
    of = call.world[AD_GROUPS][found.adgroup_id].fields
    after = filters.modified_after
    return (
        (filters.adgroup_ids is None or found.adgroup_id in filters.adgroup_ids)
        and listing.contains(found.name, filters.ad_name)
        and filters.optimization_goal in (None, of.get("optimization_goal"))
        and filters.creative_material_mode in (None, of.get("creative_material_mode", "CUSTOM"))
        and (after is None or int(found.modified) > after.timestamp())
        and (
            filters.destination is None
            or of.get("promotion_type") in _DESTINATIONS[filters.destination]
        )
    )


def create(call: AdmittedCall) -> dict[str, Any]:
    request: NewAds = call.request
    world = call.world
    of = checks.group(call, request.adgroup_id)
    live = sum(not ad.deleted for ad in world[ADS].by(ADS_OF_GROUP, of.id))
    if live + len(request.creatives) > MAX_ADS:
        raise Refusal("40502", f"Too many ads: an ad group has at most {MAX_ADS}.")
    for number, creative in enumerate(request.creatives):
        place = f"creatives.{number}."
        checks.choice(f"{place}operation_status", creative.operation_status, checks.STARTS)
        creative_checks.check(call, of, place, _json(creative))
    spending.settle_all(world, of)
    made = [_add(call, of, creative) for creative in request.creatives]
    records = [shown.ad(call, one) for one in made]
    if not call.ad_account.sandbox:
        records = [one | {"secondary_status": "AD_STATUS_AUDIT"} for one in records]
    return {"ad_ids": [one.id for one in made], "creatives": records, "need_audit": True}


def _add(call: AdmittedCall, of: AdGroup, creative: NewCreative) -> Ad:
    id = call.world.ids.number(call.now)
    made = Ad(
        id=id,
        advertiser_id=of.advertiser_id,
        campaign_id=of.campaign_id,
        adgroup_id=of.id,
        name=creative.ad_name or f"Ad {id}",
        operation_status=OperationStatus(creative.operation_status or OperationStatus.ENABLE),
        created=call.now,
        modified=call.now,
        fields=_json(creative),
        post=creative.tiktok_item_id or "",
    )
    call.world[ADS].add(made)
    review.submit(call.world, made)
    return made


def _json(creative: NewCreative | ChangedCreative) -> dict[str, Any]:
    """A creative as TikTok's JSON, without the fields that are the ad's own."""
    return creative.model_dump(mode="json", exclude_none=True, exclude=set(_OWN))


def update(call: AdmittedCall) -> dict[str, Any]:
    request: AdChanges = call.request
    of = checks.group(call, request.adgroup_id)
    changed = []
    for number, creative in enumerate(request.creatives):
        place = f"creatives.{number}."
        found = checks.ad(call, creative.ad_id)
        if found.adgroup_id != of.id:
            checks.wrong(f"{place}ad_id", f"The ad is not in the ad group {of.id}.")
        fields = _json(creative)
        if request.patch_update:
            fields = _patched(found.fields, fields)
        elif creative.ad_name is None:
            checks.missing(f"{place}ad_name")
        if found.fields.get("ad_format") == AdFormat.CAROUSEL_ADS != fields.get("ad_format"):
            checks.wrong(f"{place}ad_format", "CAROUSEL_ADS can't be changed.")
        checks.choice(f"{place}operation_status", creative.operation_status, checks.STARTS)
        creative_checks.check(call, of, place, fields)
        changed.append((found, creative, fields))
    spending.settle_all(call.world, of)
    for found, creative, fields in changed:
        again = any(found.fields.get(name) != fields.get(name) for name in _REVIEWED)
        if creative.ad_name is not None:
            found.name = creative.ad_name or f"Ad {found.id}"
        found.fields, found.post = fields, fields.get("tiktok_item_id") or ""
        if creative.operation_status is not None:
            found.operation_status = OperationStatus(creative.operation_status)
        found.modified = call.now
        if again:
            review.submit(call.world, found, again=True)
    return {
        "ad_ids": [found.id for found, _, _ in changed],
        "creatives": [shown.ad(call, found) for found, _, _ in changed],
    }


def _patched(kept: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The fields with those that are given; a video and a post replace each other."""
    replaced = {"video_id": "tiktok_item_id", "tiktok_item_id": "video_id"}
    gone = {replaced[name] for name in given if name in replaced} - given.keys()
    return {name: value for name, value in (kept | given).items() if name not in gone}


def update_status(call: AdmittedCall) -> dict[str, Any]:
    request: AdStatusChange = call.request
    composed = request.aco_ad_ids is not None
    ids = request.aco_ad_ids or request.ad_ids or ()
    checks.few(ids)
    value = checks.switch(request.operation_status, checks.STARTS if composed else checks.SWITCHES)
    if composed:  # automated creatives can't be made here
        raise Refusal("40007", f"The ad {ids[0]} does not exist.")
    found = [checks.ad(call, one) for one in dict.fromkeys(ids)]
    for one in found:
        spending.settle_all(call.world, one)
        if value is OperationStatus.DELETE:
            one.deleted = "own"
        else:
            one.operation_status = value
        one.modified = call.now
    return {"ad_ids": [one.id for one in found], "status": value}


HANDLERS: Handlers = {
    business_ads.AD_GET: query,
    business_ads.AD_CREATE: create,
    business_ads.AD_UPDATE: update,
    business_ads.AD_STATUS_UPDATE: update_status,
}
