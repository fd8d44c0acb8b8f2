"""The division of an ad's events among the people who saw it: by age, gender, country and more.

Each ad group has a share of every cell, which its targeting decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from ..business_ads import regions

Cells = dict[tuple[str, ...], int]
"""The shares of cells, in parts of their sum."""

_AGES = {
    "AGE_13_17": 6,
    "AGE_18_24": 31,
    "AGE_25_34": 29,
    "AGE_35_44": 17,
    "AGE_45_54": 10,
    "AGE_55_100": 5,
}
_GENDERS = {"FEMALE": 54, "MALE": 43}
_PLATFORMS = {"ANDROID": 55, "IPHONE": 39, "IPAD": 3, "PC": 1}
_UNKNOWN = 2
"""The share of people of whom TikTok doesn't know it."""
_CONNECTIONS = {"WIFI": 61, "5G": 17, "4G": 18, "3G": 2, "NONE": 2}
_LANGUAGES = {"US": "en", "GB": "en", "CA": "en", "AU": "en", "IE": "en", "DE": "de", "AT": "de"}
_LANGUAGES |= {"FR": "fr", "ES": "es", "MX": "es", "IT": "it", "JP": "ja", "BR": "pt", "SE": "sv"}
_COUNTRIES = {place.id: place.country for place in regions.PLACES}
_PROVINCES = {one.id for one in regions.PLACES if one.level == "PROVINCE"}


def cells(dimensions: Sequence[str], targeting: Mapping[str, Any], country: str) -> Cells:
    """The cells of these dimensions for an ad group's targeting; `country` is the account's."""
    parts = [_values(name, targeting, country) for name in dimensions]
    found: Cells = {}
    for combined in product(*(part.items() for part in parts)):
        share = 1
        for _, weight in combined:
            share *= weight
        found[tuple(value for value, _ in combined)] = share
    return found


def countries(targeting: Mapping[str, Any], country: str) -> dict[str, int]:
    """The countries that an ad group targets, all alike."""
    ids = targeting.get("location_ids") or ()
    return {_COUNTRIES.get(one, country): 1 for one in ids} or {country: 1}


def _values(name: str, targeting: Mapping[str, Any], country: str) -> dict[str, int]:
    if name == "age":
        return _chosen(_AGES, targeting.get("age_groups"))
    if name == "gender":
        only = str(targeting.get("gender") or "").removeprefix("GENDER_")
        return _chosen(_GENDERS, (only,) if only in _GENDERS else None)
    if name == "platform":
        systems = targeting.get("operating_systems") or ()
        wanted = {"ANDROID": ("ANDROID",), "IOS": ("IPHONE", "IPAD")}
        return _chosen(_PLATFORMS, [one for system in systems for one in wanted.get(system, ())])
    if name == "ac":
        return _CONNECTIONS
    if name == "country_code":
        return countries(targeting, country)
    if name == "language":
        return {_LANGUAGES.get(one, "en"): 1 for one in countries(targeting, country)}
    if name == "placement":
        return {str(one): 1 for one in targeting.get("placements") or ("PLACEMENT_TIKTOK",)}
    if name == "province_id":
        named = [one for one in targeting.get("location_ids") or () if one in _PROVINCES]
        return dict.fromkeys(named or ["NONE"], 1)
    return {"NONE": 1}


def _chosen(shares: Mapping[str, int], wanted: Sequence[str] | None) -> dict[str, int]:
    if wanted:
        return {name: share for name, share in shares.items() if name in wanted}
    return {**shares, "NONE": _UNKNOWN}
