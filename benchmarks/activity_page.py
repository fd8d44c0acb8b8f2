"""A page of `/api/activity` over 10,000 videos with a year of metrics, against 100 videos."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from stagedoor.connector.activity import series
from stagedoor.connector.activity.models import activity_series, activity_videos
from stagedoor.connector.activity.series import DAY, Point
from stagedoor.connector.database import TenantConnection

from .contest import contest, ratio, typical
from .databases import database
from .in_process import ORG, InProcessService
from .row import Benchmark, Length, Row

RATIO = 1.5
FEW, MANY = 100, 10_000
_MONTHS = 12
_LIMIT = 50


class Store(InProcessService):
    """The service over so many videos."""

    def __init__(self, environment: dict[str, str], videos: int) -> None:
        self._videos = videos
        super().__init__(environment)

    def fill(self) -> None:
        now, videos = time.time(), self._videos
        last = series.period_of(now)
        months = [(month, series.begin_of(month)) for month in range(last - _MONTHS + 1, last + 1)]
        for first in range(0, videos, 500):
            numbers = range(first, min(first + 500, videos))
            with self.services.database.begin() as connection:
                tenant = TenantConnection(connection, ORG)
                tenant.insert_new(activity_videos, [_video(n, now, videos) for n in numbers])
                tenant.insert_new(
                    activity_series,
                    [_month(n, month, begin, now) for n in numbers for month, begin in months],
                )

    def page(self, **query: Any) -> dict[str, Any]:
        found = self.get("/api/activity", **query)
        if len(found["activity"]) != _LIMIT or len(found["activity"][0]["metrics"]["at"]) < 25:
            raise RuntimeError("the page isn't full")
        return found


def _video(number: int, now: float, videos: int) -> dict[str, Any]:
    text = f"Behind the curtain, part {number} #stage"
    return {
        "id": f"76{number:017}",
        "integration": f"account{number % 10}",
        "posted": now - 400 * DAY - number * 300 * DAY / videos,
        "text": text,
        "folded": text.casefold(),
        "visibility": "public",
        "visibility_at": now,
        "views": 1_000_000 + number,
        "likes": 50_000,
        "comments": 900,
        "shares": 80,
        "measured": now,
        "due": now + DAY,
        "created": now,
    }


def _month(number: int, month: int, begin: int, now: float) -> dict[str, Any]:
    """A point for each day."""
    points = [
        Point(at, (700 * day + number, 30 * day, 2 * day, day))
        for day in range(28)
        if (at := begin + day * DAY + 40_000 + number % 900) < now
    ]
    key = {"subject": f"76{number:017}", "integration": f"account{number % 10}", "period": month}
    return {**key, "points": series.pack(month, points), "thinned": False}


def run(length: Length) -> list[Row]:
    rounds = 15 if length is Length.SHORT else 61
    with ExitStack() as stack:
        stores = []
        for size in (MANY, FEW):
            _, environment = stack.enter_context(database("SQLite"))
            made = Store(environment, size)
            stack.callback(made.close)
            stores.append(made)
        large, small = stores
        rows = []
        for name, query in _questions(large, small):
            times = contest(_timed(large, query[0]), _timed(small, query[1]), rounds)
            slow, quick = (value * 1e3 for value in typical(times))
            detail = f"{slow:.1f} ms, of {FEW} videos {quick:.1f} ms; {large.size / 1e6:.0f} MB"
            rows.append(Row(f"activity of {MANY:,} videos, {name}", ratio(times), RATIO, detail))
        return rows


def _questions(
    large: Store, small: Store
) -> list[tuple[str, tuple[dict[str, Any], dict[str, Any]]]]:
    plain = {"limit": _LIMIT, "metricsFrom": _ago(30)}
    year = {"limit": _LIMIT, "metricsFrom": _ago(365), "daily": "true"}
    cursor = large.page(**plain)["nextCursor"]
    for _ in range(60):
        cursor = large.page(**plain, cursor=cursor)["nextCursor"]
    middle = plain | {"cursor": cursor}
    text = plain | {"text": "STAGE"}
    return [
        ("the newest", (plain, plain)),
        ("in the middle", (middle, plain)),
        ("with a text", (text, text)),
        ("a year of metrics", (year, year)),
    ]


def _ago(days: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - days * DAY))


def _timed(store: Store, query: dict[str, Any]) -> Callable[[], float]:
    def measure() -> float:
        begun = time.perf_counter()
        store.page(**query)
        return time.perf_counter() - begun

    return measure


BENCHMARK = Benchmark("activity-page", run)
