"""Pages of a search. Its `search_id` encodes the search and the last item of the page before."""

from __future__ import annotations

import hashlib
import heapq
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from calendar import timegm
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from stagedoor.platform.products.commercial import DEFAULT_COUNT, AdQuery, ContentQuery, DateRange

from ...calls import AdmittedCall, Refusal
from ...world import Video
from ...world.collection import IndexGroup
from .fields import day_of
from .state import LibraryAd

_DAY = 86_400
_AFTER_IDS = "~"


T = TypeVar("T", LibraryAd, Video)


def page(
    call: AdmittedCall,
    request: AdQuery | ContentQuery,
    groups: Sequence[IndexGroup[T]],
    dates: DateRange,
    fits: Callable[[T], bool],
) -> tuple[list[T], dict[str, Any]]:
    """The requested page and the answer's members after it. `groups` have the latest first.

    Only items within `dates` are read, and no more of them than the page needs.
    """
    search = _name(request)
    last = _read(request.search_id, search) if request.search_id else None
    wanted = request.max_count or DEFAULT_COUNT
    walks = [_walk(group, dates, last) for group in groups]
    merged = heapq.merge(*walks, key=lambda pair: pair[0])
    found = list(islice((pair for pair in merged if fits(pair[1])), wanted + 1))
    shown, more = found[:wanted], len(found) > wanted
    tail: dict[str, Any] = {"has_more": _said(call, more)}
    if shown:
        tail["search_id"] = _written(search, list(shown[-1][0]))
    return [item for _, item in shown], tail


def within(groups: Sequence[IndexGroup[T]], dates: DateRange) -> Iterator[T]:
    """All items within `dates`."""
    return (item for group in groups for _, item in _walk(group, dates, None))


def _walk(
    group: IndexGroup[T], dates: DateRange, last: tuple[float, str] | None
) -> Iterator[tuple[tuple[float, str], T]]:
    """The items within `dates` after the item with the sort key `last`, with their sort keys."""
    start = group.start((-_end_of(str(dates.max)), _AFTER_IDS))
    if last is not None:
        start = max(start, bisect_right(group.places, last))
    first = str(dates.min)
    for number in range(start, len(group)):
        place = group.places[number]
        if day_of(-place[0]) < first:
            return
        yield place, group[number]


def _end_of(day: str) -> float:
    """The first moment after a day, as Unix seconds."""
    return float(timegm(time.strptime(day, "%Y%m%d")) + _DAY)


def _said(call: AdmittedCall, more: bool) -> bool | str:
    if call.world.settings.commercial_has_more == "text":
        return "true" if more else "false"
    return more


def _name(request: AdQuery | ContentQuery) -> str:
    """A hash that identifies a search: all of its request but the page and the fields."""
    asked = request.model_dump(mode="json", exclude={"search_id", "max_count", "fields"})
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def _written(search: str, last: list[Any]) -> str:
    text = json.dumps([search, *last], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(search_id: str, search: str) -> tuple[float, str]:
    """The sort key of the previous page's last item; a search_id of another search is refused.

    TikTok's treatment of such an id is unknown (`commercial.yaml`, conventions.search_id).
    """
    try:
        padded = search_id + "=" * (-len(search_id) % 4)
        name, moment, item = json.loads(urlsafe_b64decode(padded))
        if name == search:
            return float(moment), str(item)
    except (ValueError, TypeError):
        pass
    raise Refusal("invalid_params", "search_id: doesn't belong to this search")
