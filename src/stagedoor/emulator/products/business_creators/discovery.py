"""The search for creators of the marketplace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stagedoor.platform.products.business_creators import (
    CreatorSearch,
    CreatorSortField,
    CreatorSortOrder,
    FollowerAge,
)

from ...calls import AdmittedCall, Refusal
from ...world import Creator, World
from ..business.paging import page_of
from ..business_accounts import insights
from ..business_ads.checks import dollar_in
from . import accounts, creators, labels
from .state import MARKET, MARKET_OF_CATEGORY, MARKET_OF_COUNTRY

_LANGUAGES = {
    "AT": "de",
    "BE": "fr",
    "BR": "pt",
    "CH": "de",
    "DE": "de",
    "ES": "es",
    "FR": "fr",
    "IT": "it",
    "JP": "ja",
    "KR": "ko",
    "MX": "es",
    "NL": "nl",
    "PL": "pl",
    "PT": "pt",
    "TR": "tr",
}
"""The language that creators of a country are taken to speak; elsewhere it is English."""
_GENDERS = {"FEMALE": "Female", "MALE": "Male"}


def discover(call: AdmittedCall) -> dict[str, Any]:
    """Creators that match every filter; by default those with the most followers first."""
    request: CreatorSearch = call.request
    accounts.named(call)
    _check(request)
    rows, info = page_of(find(call.world, request), request.page, request.page_size)
    app_id = call.own_token.app_id
    return {
        "creators": [creators.shown(call, one, app_id) for one in rows],
        "page_info": info.model_dump(),
    }


def find(world: World, request: CreatorSearch) -> list[Creator]:
    """All creators that match, in the order of the request."""
    search = _Search(world, request)
    found = [one for one in _candidates(world, request) if search.matches(one)]
    field = request.sort_field or CreatorSortField.RELEVANCE
    if field in (CreatorSortField.MEDIAN_VIEWS, CreatorSortField.ENGAGEMENT_RATE):
        by_views = field == CreatorSortField.MEDIAN_VIEWS

        def place(creator: Creator) -> float:
            numbers = creators.performance(world, creator)
            return -(numbers.median_views if by_views else numbers.engagement_rate)

        found.sort(key=place)
    if request.sort_order == CreatorSortOrder.ASC:
        found.reverse()
    return found


def _check(request: CreatorSearch) -> None:
    for name, choices in (
        ("sort_field", CreatorSortField),
        ("sort_order", CreatorSortOrder),
        ("follower_age", FollowerAge),
        ("follower_gender_ratio", _GENDERS),
    ):
        value = getattr(request, name)
        if value is not None and value not in set(choices):
            names = ", ".join(choices)
            raise Refusal("40002", f"{name}: Must be one of: {names}.")
    for name in ("followers", "avg_views", "median_views", "creator_price", "engagement_rate"):
        least, most = getattr(request, f"min_{name}"), getattr(request, f"max_{name}")
        if least is not None and most is not None and least > most:
            raise Refusal("40002", f"min_{name}: More than max_{name}.")


def _candidates(world: World, request: CreatorSearch) -> Iterable[Creator]:
    """The creators of the index that leaves the fewest, the most followers first."""
    ids = request.industry_label_ids or request.content_label_ids
    if request.country_codes:
        groups = [
            world.creators.by(MARKET_OF_COUNTRY, code)
            for code in dict.fromkeys(request.country_codes)
        ]
    elif ids:
        groups = [world.creators.by(MARKET_OF_CATEGORY, one) for one in _categories(ids)]
    else:
        return world.creators.by(MARKET)
    if len(groups) == 1:
        return groups[0]
    return sorted((one for group in groups for one in group), key=lambda one: -one.followers)


def _categories(label_ids: Iterable[str]) -> set[Any]:
    return {labels.category_of(one) for one in label_ids} - {None}


class _Search:
    """The filters, prepared once. Numbers of posts and audiences are computed only if needed."""

    def __init__(self, world: World, request: CreatorSearch) -> None:
        self._world, self._request = world, request
        self._labels = [
            _categories(ids)
            for ids in (request.industry_label_ids, request.content_label_ids)
            if ids
        ]
        self._words = (request.keyword_search or "").casefold().split()
        self._rate = dollar_in(request.creator_price_currency or creators.CURRENCY)
        self._by_numbers = any(
            getattr(request, f"{end}_{name}") is not None
            for end in ("min", "max")
            for name in ("avg_views", "median_views", "creator_price", "engagement_rate")
        )
        self._by_audience = bool(
            request.follower_country_codes or request.follower_age or request.follower_gender_ratio
        )

    def matches(self, creator: Creator) -> bool:
        asked = self._request
        return (
            _within(creator.followers, asked.min_followers, asked.max_followers)
            # the world's creators have no state or province
            and not asked.state_provinces
            and all(creator.category in one for one in self._labels)
            and self._speaks(creator)
            and self._is_named(creator)
            and (not self._by_numbers or self._performs(creator))
            and (not self._by_audience or self._reaches(creator))
        )

    def _speaks(self, creator: Creator) -> bool:
        wanted = self._request.languages
        return not wanted or _LANGUAGES.get(creator.region, "en") in wanted

    def _is_named(self, creator: Creator) -> bool:
        text = f"{creator.username} {creator.display_name} {creator.bio}".casefold()
        return all(word in text for word in self._words)

    def _performs(self, creator: Creator) -> bool:
        asked, numbers = self._request, creators.performance(self._world, creator)
        price = numbers.price * self._rate
        return (
            _within(numbers.average_views, asked.min_avg_views, asked.max_avg_views)
            and _within(numbers.median_views, asked.min_median_views, asked.max_median_views)
            and _within(price, asked.min_creator_price, asked.max_creator_price)
            and _within(
                numbers.engagement_rate, asked.min_engagement_rate, asked.max_engagement_rate
            )
        )

    def _reaches(self, creator: Creator) -> bool:
        asked, found = self._request, insights.audience(self._world, creator)
        countries = asked.follower_country_codes
        gender = _GENDERS.get(asked.follower_gender_ratio or "")
        return (
            (not countries or _first(found["audience_countries"], "country") in countries)
            and (
                not asked.follower_age
                or _first(found["audience_ages"], "age") == asked.follower_age
            )
            and (gender is None or _first(found["audience_genders"], "gender") == gender)
        )


def _first(shares: list[dict[str, Any]], label: str) -> Any:
    """The label of the largest part."""
    return max(shares, key=lambda one: one["percentage"])[label] if shares else None


def _within(value: Any, least: Any, most: Any) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
