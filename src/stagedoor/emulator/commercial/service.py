"""The ad library's behaviour (`commercial.yaml`)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from stagedoor.platform.products.commercial import (
    DEFAULT_COUNT,
    EVERYWHERE,
    NEWEST_MAX_COUNT,
    NEWEST_SPAN_DAYS,
    RETENTION_DAYS,
    AdDetailQuery,
    AdFilters,
    AdQuery,
    AdReportQuery,
    AdStatus,
    AdvertiserQuery,
    DateRange,
    SearchType,
    SizeRange,
    size,
)

from ..calls import Call, Refusal
from ..world import Ad
from . import fields, pages, quota

_DAY = 86_400


def ad_query(call: Call) -> dict[str, Any]:
    request: AdQuery = call.request
    newest = call.world.settings.commercial_revision == "newest"
    if newest:
        _check_newest(call, request)
    quota.count(call)
    found = [
        (ad.first_shown, ad)
        for ad in call.world.all.ads.values()
        if _kept(call, ad) and _fits(call, ad, request, newest)
    ]
    shown, tail = pages.page(call, request, found)
    return {"ads": [_found(call, ad, request.fields, False) for ad in shown]} | tail


def ad_detail(call: Call) -> dict[str, Any]:
    request: AdDetailQuery = call.request
    quota.count(call)
    ad = call.world.all.ads.get(request.ad_id)
    if ad is None or not _kept(call, ad):
        # What TikTok answers is undocumented; 400 is assumed (ad_detail, notes).
        raise Refusal("invalid_params", f"ad_id: there is no ad {request.ad_id}")
    told = _found(call, ad, request.fields, True)
    names = fields.group(request.fields, "ad_group.")
    return told | {"ad_group": fields.of_group(call, ad, names)}


def ad_report(call: Call) -> dict[str, Any]:
    """Ads published, by the country they were made in and the day; newest first."""
    request: AdReportQuery = call.request
    filters, world = request.filters, call.world
    quota.count(call)
    counts: dict[str, Counter[str | int]] = {}
    for ad in world.all.ads.values():
        advertiser = world.all.advertisers[ad.advertiser_id]
        wanted = filters.country_code in (None, EVERYWHERE, advertiser.country)
        named = filters.advertiser_business_ids
        if not wanted or (named and advertiser.id not in named) or not _kept(call, ad):
            continue
        if within(filters.ad_published_date_range, ad.first_shown):
            counts.setdefault(advertiser.country, Counter())[
                fields.shown_day(call, ad.first_shown)
            ] += 1
    series = {country: _newest_first(days) for country, days in sorted(counts.items())}
    return {"count_time_series_by_country": series}


def advertiser_query(call: Call) -> dict[str, Any]:
    request: AdvertiserQuery = call.request
    quota.count(call)
    term = request.search_term.lower()
    named = [one for one in call.world.all.advertisers.values() if term in one.name.lower()]
    named.sort(key=lambda one: (one.name, one.id))
    shown = named[: request.max_count or DEFAULT_COUNT]
    return {"advertisers": [fields.of_advertiser(call, one, request.fields) for one in shown]}


def _newest_first(days: Counter[str | int]) -> list[dict[str, str | int]]:
    ordered = sorted(days.items(), key=lambda pair: str(pair[0]), reverse=True)
    return [{"date": day, "count": count} for day, count in ordered]


def within(span: DateRange, moment: float) -> bool:
    return str(span.min) <= fields.day_of(moment) <= str(span.max)


def _check_newest(call: Call, request: AdQuery) -> None:
    if (request.max_count or 0) > NEWEST_MAX_COUNT:
        raise Refusal("invalid_params", f"max_count: is more than {NEWEST_MAX_COUNT}")
    earliest = fields.day_of(call.now - NEWEST_SPAN_DAYS * _DAY)
    if str(request.filters.ad_published_date_range.min) < earliest:
        raise Refusal(
            "invalid_params",
            f"filters.ad_published_date_range.min: is before {earliest}, "
            f"more than {NEWEST_SPAN_DAYS} days ago",
        )


def _kept(call: Call, ad: Ad) -> bool:
    return fields.last_shown(call, ad) > call.now - RETENTION_DAYS * _DAY


def _fits(call: Call, ad: Ad, request: AdQuery, newest: bool) -> bool:
    filters = request.filters
    if not within(filters.ad_published_date_range, ad.first_shown):
        return False
    if not _shown_in(ad, filters) or not _sized(ad, filters.unique_users_seen_size_range):
        return False
    if filters.ad_status is not None:
        status = AdStatus.ACTIVE if ad.last_shown is None else AdStatus.INACTIVE
        if filters.ad_status.lower() != status:
            return False
    if filters.ad_type is not None and not _typed(call, ad, filters.ad_type):
        return False
    if request.search_term:
        # A term makes TikTok ignore the advertisers (emulator_rules.quirks).
        return _says(call, ad, request.search_term, request.search_type)
    named = None if newest else filters.advertiser_business_ids
    return not named or ad.advertiser_id in named


def _shown_in(ad: Ad, filters: AdFilters) -> bool:
    wanted = set(filters.country_code_list or ())
    if filters.country_code is not None:
        wanted.add(filters.country_code)
    return not wanted or EVERYWHERE in wanted or not wanted.isdisjoint(ad.reach)


def _sized(ad: Ad, span: SizeRange | None) -> bool:
    if span is None:
        return True
    if span.min is not None and ad.seen_by < size(span.min):
        return False
    return span.max is None or ad.seen_by <= size(span.max)


def _typed(call: Call, ad: Ad, kind: str) -> bool:
    videos = call.world.all.videos
    photos = any(videos[one].photos for one in ad.video_ids if one in videos)
    return (kind.upper() == "IMAGE") is photos


def _says(call: Call, ad: Ad, term: str, kind: SearchType | None) -> bool:
    advertiser = call.world.all.advertisers[ad.advertiser_id]
    text = f"{ad.title} {advertiser.name}".lower()
    if kind is SearchType.FUZZY_PHRASE:
        return any(word in text for word in term.lower().split())
    return term.lower() in text


def _found(call: Call, ad: Ad, names: tuple[str, ...], detail: bool) -> dict[str, Any]:
    advertiser = call.world.all.advertisers[ad.advertiser_id]
    return {
        "ad": fields.chosen(fields.ad(call, ad, detail), fields.group(names, "ad.")),
        "advertiser": fields.of_advertiser(call, advertiser, fields.group(names, "advertiser.")),
    }
