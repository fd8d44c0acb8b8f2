"""Countries and TikTok's ids of them, as `/tool/region/` lists them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from stagedoor.client import TikTokBusiness
from stagedoor.platform.ads_vocabulary import ObjectiveType, Placement
from stagedoor.platform.products import business_ads

from ..clock import Clock
from .reads import send

FRESH_SECONDS = 3_600.0
"""How long TikTok's list of an ad account is used without asking again."""
_CACHED = 256
_COUNTRY = "COUNTRY"
_Key = tuple[str, str, tuple[str, ...]]


class LocationIds:
    """Converts between countries' codes and location ids. Thread-safe; answers are cached."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[float, Mapping[str, str]]] = OrderedDict()

    def ids(
        self,
        client: TikTokBusiness,
        account_id: str,
        objective: str,
        placements: Sequence[str] | None,
        places: Sequence[str],
    ) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
        """The location ids of places, and the problems of those that can't be reached. Raises the
        client's errors."""
        if all(one.isdigit() for one in places):
            return tuple(dict.fromkeys(places)), []
        countries = self._countries(client, account_id, objective, placements)
        found, problems = [], []
        for at, place in enumerate(places):
            if place.isdigit():
                found.append(place)
            elif place in countries:
                found.append(countries[place])
            else:
                why = f"{place} is no country where TikTok shows such ads of this ad account"
                problems.append((f"locations.{at}", why))
        return tuple(dict.fromkeys(found)), problems

    def codes(
        self, client: TikTokBusiness, account_id: str, location_ids: Sequence[str]
    ) -> list[str]:
        """Location ids with those of countries as their codes. Raises the client's errors."""
        if not location_ids:
            return []
        countries = self._countries(client, account_id, ObjectiveType.TRAFFIC, None)
        names = {found: code for code, found in countries.items()}
        return [names.get(one, one) for one in location_ids]

    def _countries(
        self,
        client: TikTokBusiness,
        account_id: str,
        objective: str,
        placements: Sequence[str] | None,
    ) -> Mapping[str, str]:
        where = tuple(sorted(placements or (Placement.TIKTOK,)))
        key = account_id, str(objective), where
        with self._lock:
            at, kept = self._kept.get(key, (0.0, {}))
        if kept and 0 <= self._clock.now() - at < FRESH_SECONDS:
            return kept
        query = business_ads.RegionQuery(
            advertiser_id=account_id,
            placements=where,
            objective_type=objective,
            level_range="TO_COUNTRY",
        )
        answer = send(client, business_ads.TOOL_REGION, query)
        found = {
            one.region_code: one.location_id
            for one in answer.region_info
            if one.region_code and one.level == _COUNTRY
        }
        with self._lock:
            self._kept[key] = self._clock.now(), found
            self._kept.move_to_end(key)
            while len(self._kept) > _CACHED:
                self._kept.popitem(last=False)
        return found
