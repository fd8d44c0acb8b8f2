"""Locations that can be targeted: countries, and the parts of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import ObjectiveType, Placement, RegionQuery

from ...calls import Call, Handlers
from . import checks

_LEVELS = ("COUNTRY", "PROVINCE", "CITY", "DISTRICT")
_RANGES = {"ALL": 4, "TO_COUNTRY": 1, "TO_PROVINCE": 2, "TO_CITY": 3, "TO_DISTRICT": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """A location, with the id of the one that it is a part of."""

    id: str
    name: str
    country: str
    level: str = "COUNTRY"
    parent: str = "0"
    metropolitan: bool = False


PLACES = (
    Place("6252001", "United States", "US"),
    Place("5332921", "California", "US", "PROVINCE", "6252001"),
    Place("5128638", "New York", "US", "PROVINCE", "6252001"),
    Place("4736286", "Texas", "US", "PROVINCE", "6252001"),
    Place("501", "New York DMA", "US", "PROVINCE", "6252001", metropolitan=True),
    Place("5368361", "Los Angeles", "US", "CITY", "5332921"),
    Place("5391959", "San Francisco", "US", "CITY", "5332921"),
    Place("5128581", "New York City", "US", "CITY", "5128638"),
    Place("2635167", "United Kingdom", "GB"),
    Place("6269131", "England", "GB", "PROVINCE", "2635167"),
    Place("2638360", "Scotland", "GB", "PROVINCE", "2635167"),
    Place("2643743", "London", "GB", "CITY", "6269131"),
    Place("2921044", "Germany", "DE"),
    Place("2950157", "Berlin", "DE", "PROVINCE", "2921044"),
    Place("2951839", "Bavaria", "DE", "PROVINCE", "2921044"),
    Place("2867714", "Munich", "DE", "CITY", "2951839"),
    Place("3017382", "France", "FR"),
    Place("3012874", "Ile-de-France", "FR", "PROVINCE", "3017382"),
    Place("2988507", "Paris", "FR", "CITY", "3012874"),
    Place("1861060", "Japan", "JP"),
    Place("1850144", "Tokyo", "JP", "PROVINCE", "1861060"),
    Place("6251999", "Canada", "CA"),
    Place("2077456", "Australia", "AU"),
    Place("2510769", "Spain", "ES"),
    Place("3175395", "Italy", "IT"),
    Place("2963597", "Ireland", "IE"),
    Place("2782113", "Austria", "AT"),
    Place("2750405", "Netherlands", "NL"),
    Place("2661886", "Sweden", "SE"),
    Place("3469034", "Brazil", "BR"),
    Place("3996063", "Mexico", "MX"),
    Place("1643084", "Indonesia", "ID"),
    Place("1835841", "South Korea", "KR"),
)
"""A part of TikTok's list, with its ids, which are those of GeoNames."""


def query(call: Call) -> dict[str, Any]:
    request: RegionQuery = call.request
    checks.choices(request, {"placements": Placement, "objective_type": ObjectiveType})
    if not request.placements:
        checks.missing("placements")
    level = request.level_range or "ALL"
    checks.choice("level_range", level, _RANGES)
    levels = _LEVELS[: _RANGES[level]]
    found = [place for place in PLACES if place.level in levels]
    return {
        "region_list": list(dict.fromkeys(place.country for place in found)),
        "region_info": [_shown(place) for place in found],
    }


def _shown(place: Place) -> dict[str, Any]:
    return {
        "location_id": place.id,
        "name": place.name,
        "region_code": place.country,
        "parent_id": place.parent,
        "level": place.level,
        "area_type": "METROPOLITAN_OR_DMA" if place.metropolitan else "ADMIN",
        "support_below_18": place.country != "US",
        "next_level_ids": [one.id for one in PLACES if one.parent == place.id],
    }


HANDLERS: Handlers = {
    business_ads.TOOL_REGION: query,
}
