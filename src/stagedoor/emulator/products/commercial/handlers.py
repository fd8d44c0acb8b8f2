"""The operations of the ad library (`commercial.yaml`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any

from stagedoor.platform.products import commercial
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
    SearchType,
    SizeRange,
    size,
)

from ...calls import AdmittedCall, Handlers, Refusal
from ...world.collection import IndexGroup
from . import contents, fields, pages, quota
from .state import ADS, ADS_OF_ADVERTISER, ADVERTISERS, ADVERTISERS_BY_NAME, ALL_ADS, LibraryAd

_DAY = 86_400


def ad_query(call: AdmittedCall) -> dict[str, Any]:
    request: AdQuery = call.request
    newest = call.world.settings.commercial_revision == "newest"
    if newest:
        _check_newest(call, request)
    quota.count(call)
    dates = request.filters.ad_published_date_range
    groups = _ads_of(call, None if newest or request.search_term else _advertisers(request))
    shown, tail = pages.page(
        call,
        request,
        groups,
        dates,
        lambda ad: _kept(call, ad) and _fits(call, ad, request, newest),
    )
    return {"ads": [_found(call, ad, request.fields, False) for ad in shown]} | tail


def ad_detail(call: AdmittedCall) -> dict[str, Any]:
    request: AdDetailQuery = call.request
    quota.count(call)
    ad = call.world[ADS].get(request.ad_id)
    if ad is None or not _kept(call, ad):
        # TikTok's answer is undocumented; 400 is assumed (ad_detail, notes).
        raise Refusal("invalid_params", f"ad_id: there is no ad {request.ad_id}")
    told = _found(call, ad, request.fields, True)
    names = fields.group(request.fields, "ad_group.")
    return told | {"ad_group": fields.of_group(call, ad, names)}


def ad_report(call: AdmittedCall) -> dict[str, Any]:
    """The number of ads published, by country of the advertiser and by day; newest first."""
    request: AdReportQuery = call.request
    filters, world = request.filters, call.world
    quota.count(call)
    counts: dict[str, Counter[str | int]] = {}
    for ad in pages.within(
        _ads_of(call, filters.advertiser_business_ids), filters.ad_published_date_range
    ):
        advertiser = world[ADVERTISERS][ad.advertiser_id]
        wanted = filters.country_code in (None, EVERYWHERE, advertiser.country)
        if not wanted or not _kept(call, ad):
            continue
        counts.setdefault(advertiser.country, Counter())[
            fields.shown_day(call, ad.first_shown)
        ] += 1
    series = {country: _newest_first(days) for country, days in sorted(counts.items())}
    return {"count_time_series_by_country": series}


def advertiser_query(call: AdmittedCall) -> dict[str, Any]:
    request: AdvertiserQuery = call.request
    quota.count(call)
    term = request.search_term.lower()
    by_name = call.world[ADVERTISERS].by(ADVERTISERS_BY_NAME)
    named = (one for one in by_name if term in one.name.lower())
    shown = islice(named, request.max_count or DEFAULT_COUNT)
    return {"advertisers": [fields.of_advertiser(call, one, request.fields) for one in shown]}


def _advertisers(request: AdQuery) -> Sequence[str] | None:
    return request.filters.advertiser_business_ids


def _ads_of(call: AdmittedCall, advertisers: Sequence[str] | None) -> list[IndexGroup[LibraryAd]]:
    """The ads of these advertisers, or all; the latest first."""
    ads = call.world[ADS]
    if not advertisers:
        return [ads.by(ALL_ADS)]
    return [ads.by(ADS_OF_ADVERTISER, one) for one in dict.fromkeys(advertisers)]


def _newest_first(days: Counter[str | int]) -> list[dict[str, str | int]]:
    ordered = sorted(days.items(), key=lambda pair: str(pair[0]), reverse=True)
    return [{"date": day, "count": count} for day, count in ordered]


def _check_newest(call: AdmittedCall, request: AdQuery) -> None:
    if (request.max_count or 0) > NEWEST_MAX_COUNT:
        raise Refusal("invalid_params", f"max_count: is more than {NEWEST_MAX_COUNT}")
    earliest = fields.day_of(call.now - NEWEST_SPAN_DAYS * _DAY)
    if str(request.filters.ad_published_date_range.min) < earliest:
        raise Refusal(
            "invalid_params",
            f"filters.ad_published_date_range.min: is before {earliest}, "
            f"more than {NEWEST_SPAN_DAYS} days ago",
        )


def _kept(call: AdmittedCall, ad: LibraryAd) -> bool:
    return fields.last_shown(call, ad) > call.now - RETENTION_DAYS * _DAY


def _fits(call: AdmittedCall, ad: LibraryAd, request: AdQuery, newest: bool) -> bool:
    filters = request.filters
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


def _shown_in(ad: LibraryAd, filters: AdFilters) -> bool:
    wanted = set(filters.country_code_list or ())
    if filters.country_code is not None:
        wanted.add(filters.country_code)
    return not wanted or EVERYWHERE in wanted or not wanted.isdisjoint(ad.reach)


def _sized(ad: LibraryAd, span: SizeRange | None) -> bool:
    if span is None:
        return True
    if span.min is not None and ad.seen_by < size(span.min):
        return False
    return span.max is None or ad.seen_by <= size(span.max)


def _typed(call: AdmittedCall, ad: LibraryAd, kind: str) -> bool:
    videos = call.world.videos
    photos = any(videos[one].photos for one in ad.video_ids if one in videos)
    return (kind.upper() == "IMAGE") is photos


def _says(call: AdmittedCall, ad: LibraryAd, term: str, kind: SearchType | None) -> bool:
    advertiser = call.world[ADVERTISERS][ad.advertiser_id]
    text = f"{ad.title} {advertiser.name}".lower()
    if kind is SearchType.FUZZY_PHRASE:
        return any(word in text for word in term.lower().split())
    return term.lower() in text


def _found(
    call: AdmittedCall, ad: LibraryAd, names: tuple[str, ...], detail: bool
) -> dict[str, Any]:
    advertiser = call.world[ADVERTISERS][ad.advertiser_id]
    return {
        "ad": fields.chosen(fields.ad(call, ad, detail), fields.group(names, "ad.")),
        "advertiser": fields.of_advertiser(call, advertiser, fields.group(names, "advertiser.")),
    }


HANDLERS: Handlers = {
    commercial.AD_QUERY: ad_query,
    commercial.AD_DETAIL: ad_detail,
    commercial.AD_REPORT: ad_report,
    commercial.ADVERTISER_QUERY: advertiser_query,
    commercial.CONTENT_QUERY: contents.content_query,
}
