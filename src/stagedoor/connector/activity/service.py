"""Reading the activity store: pages of videos with their metrics, and exports of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..database import Database, TenantConnection
from ..errors import bad_span
from ..pages import Page, cursor_of, parse_cursor
from . import series, store
from .series import DAY, Point, thinned
from .store import StoredVideoFilter, VideoPosition
from .videos import StoredVideo

METRICS_SECONDS = 30 * DAY
"""The span of metrics of a page whose caller names none."""
_EXPORTED = 200


@dataclass(frozen=True, slots=True)
class Span:
    """The points to give with each video: those of [since, until); `daily`: the last of each
    day."""

    since: float
    until: float
    daily: bool = False

    def of(self, points: list[Point]) -> tuple[Point, ...]:
        return tuple(thinned(points) if self.daily else points)


class Activity:
    """The activity of all organisations. Thread-safe."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def span(self, since: float | None, until: float | None, daily: bool = False) -> Span:
        """The span of metrics that a caller named, as far as there may be readings; by default the
        last 30 days. Raises `InvalidInput`."""
        end = until if until is not None else self._clock.now() + 1
        begin = since if since is not None else end - METRICS_SECONDS
        if end <= begin:
            raise bad_span("metricsFrom", "metricsTo")
        return Span(series.readable(begin), series.readable(end), daily)

    def page(
        self, org: str, wanted: StoredVideoFilter, span: Span, cursor: str | None, limit: int
    ) -> Page[StoredVideo]:
        """Videos, the newest first, with their metrics. Raises `InvalidInput`."""
        _check(wanted)
        after = None
        if cursor is not None:
            posted, (video, integration) = parse_cursor(cursor, ids=2)
            after = VideoPosition(posted, video, integration)
        videos, more = self._read(org, wanted, span, after, limit)
        if not more:
            return Page(videos, None)
        last = videos[-1]
        return Page(videos, cursor_of(last.posted, last.id, last.integration))

    def export(self, org: str, wanted: StoredVideoFilter, span: Span) -> Iterator[StoredVideo]:
        """Every video of the filter, the newest first; a part at a time is in memory, and no
        transaction is open in between. Raises `InvalidInput` before it begins."""
        _check(wanted)
        return self._all(org, wanted, span)

    def _all(self, org: str, wanted: StoredVideoFilter, span: Span) -> Iterator[StoredVideo]:
        after = None
        while True:
            videos, more = self._read(org, wanted, span, after, _EXPORTED)
            yield from videos
            if not more:
                return
            after = _position(videos[-1])

    def account(self, org: str, integration: str, span: Span) -> tuple[Any, tuple[Point, ...]]:
        """The latest profile of an account and its counters over time; None and no points before
        its first synchronisation."""
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            row = store.account(tenant, integration)
            key = (store.ACCOUNT, integration)
            points = store.points_of(tenant, {key}, span.since, span.until)
        return row, span.of(points.get(key, []))

    def _read(
        self,
        org: str,
        wanted: StoredVideoFilter,
        span: Span,
        after: VideoPosition | None,
        limit: int,
    ) -> tuple[list[StoredVideo], bool]:
        with self._database.read() as connection:
            tenant = TenantConnection(connection, org)
            found = store.page(tenant, wanted, after, limit + 1)
            listed = found[:limit]
            keys = {(row.id, row.integration) for row in listed}
            points = store.points_of(tenant, keys, span.since, span.until)
        videos = [
            StoredVideo.of(row, span.of(points.get((row.id, row.integration), [])))
            for row in listed
        ]
        return videos, len(found) > limit


def _check(wanted: StoredVideoFilter) -> None:
    if wanted.since is not None and wanted.until is not None and wanted.until <= wanted.since:
        raise bad_span("postedFrom", "postedTo")


def _position(video: StoredVideo) -> VideoPosition:
    return VideoPosition(video.posted, video.id, video.integration)
