"""Locations that can be targeted: countries, and the parts of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stagedoor.platform.products import business_ads
from stagedoor.platform.products.business_ads import ObjectiveType, Placement, RegionQuery

from ...calls import AdmittedCall, Handlers
from . import checks

_LEVELS = ("COUNTRY", "PROVINCE", "CITY", "DISTRICT")
_RANGES = {"ALL": 4, "TO_COUNTRY": 1, "TO_PROVINCE": 2, "TO_CITY": 3, "TO_DISTRICT": 4}


@dataclass(frozen=True, slots=True)
class Location:
    """A location, with the id of the one that it is a part of."""

    id: str
    name: str
    country: str
    level: str = "COUNTRY"
    parent: str = "0"
    metropolitan: bool = False


PLACES = (
    Location("6252001", "United States", "US"),
    Location("5332921", "California", "US", "PROVINCE", "6252001"),
    Location("5128638", "New York", "US", "PROVINCE", "6252001"),
    Location("4736286", "Texas", "US", "PROVINCE", "6252001"),
    Location("501", "New York DMA", "US", "PROVINCE", "6252001", metropolitan=True),
    Location("5368361", "Los Angeles", "US", "CITY", "5332921"),
    Location("5391959", "San Francisco", "US", "CITY", "5332921"),
    Location("5128581", "New York City", "US", "CITY", "5128638"),
    Location("2635167", "United Kingdom", "GB"),
    Location("6269131", "England", "GB", "PROVINCE", "2635167"),
    Location("2638360", "Scotland", "GB", "PROVINCE", "2635167"),
    Location("2643743", "London", "GB", "CITY", "6269131"),
    Location("2921044", "Germany", "DE"),
    Location("2950157", "Berlin", "DE", "PROVINCE", "2921044"),
    Location("2951839", "Bavaria", "DE", "PROVINCE", "2921044"),
    Location("2867714", "Munich", "DE", "CITY", "2951839"),
    Location("3017382", "France", "FR"),
    Location("3012874", "Ile-de-France", "FR", "PROVINCE", "3017382"),
    Location("2988507", "Paris", "FR", "CITY", "3012874"),
    Location("1861060", "Japan", "JP"),
    Location("1850144", "Tokyo", "JP", "PROVINCE", "1861060"),
    Location("6251999", "Canada", "CA"),
    Location("2077456", "Australia", "AU"),
    Location("2510769", "Spain", "ES"),
    Location("3175395", "Italy", "IT"),
    Location("2963597", "Ireland", "IE"),
    Location("2782113", "Austria", "AT"),
    Location("2750405", "Netherlands", "NL"),
    Location("2661886", "Sweden", "SE"),
    Location("3469034", "Brazil", "BR"),
    Location("3996063", "Mexico", "MX"),
    Location("1643084", "Indonesia", "ID"),
    Location("1835841", "South Korea", "KR"),
)
"""A part of TikTok's list, with its ids, which are those of GeoNames."""


def query(call: AdmittedCall) -> dict[str, Any]:
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


def _shown(place: Location) -> dict[str, Any]:
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
