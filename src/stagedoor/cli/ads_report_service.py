"""`stagedoor ads report` through the service: rows out of the metrics that it stores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import click

from stagedoor.client.report_rows import MetricValue, ReportRow
from stagedoor.platform.products.business_reports import Dimension, MetricKind, kind_of

from .ads_service import LEVELS, listed
from .remote import Remote

_SUMS = {
    "spend": "spend",
    "impressions": "impressions",
    "clicks": "clicks",
    "conversion": "conversions",
    "video_play_actions": "videoPlays",
    "video_watched_2s": "videoWatched2s",
    "video_watched_6s": "videoWatched6s",
    "video_views_p100": "videoCompleted",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "follows": "follows",
}
_RATES = {
    "ctr": "ctr",
    "cpc": "cpc",
    "cpm": "cpm",
    "conversion_rate": "conversionRate",
    "cost_per_conversion": "costPerConversion",
}
_BY_DAY = {"reach": "reach", "frequency": "frequency"}
"""They count people, so they don't add up over days."""
_STORED: Mapping[str, str] = _SUMS | _RATES | _BY_DAY


class StoredReport:
    """The stored numbers of an ad account's objects, as rows of a report."""

    def __init__(self, remote: Remote, account_id: str, first: date, last: date) -> None:
        self._remote = remote
        self._account_id = account_id
        self._query = urlencode({"from": first.isoformat(), "to": last.isoformat()})

    def rows(
        self, level: str, id: str, name: str, metrics: Sequence[str], daily: bool
    ) -> list[ReportRow]:
        """Rows of delivered objects: by day, or ordered by the first metric. `id` and `name` are
        the names of the columns with the objects' ids and names."""
        _check(metrics, name, daily)
        found = []
        for one, told in self._objects(level):
            for part in told["rows"] if daily else [told["totals"]]:
                if not part["impressions"] and not Decimal(part["spend"]):
                    continue
                dimensions: dict[str, Any] = {id: one["id"]}
                if daily:
                    dimensions[Dimension.DAY] = date.fromisoformat(part["date"])
                values = {each: _value(each, part) for each in metrics if each != name}
                found.append(ReportRow(dimensions, {name: one["name"], **values}))
        if daily:
            return sorted(found, key=lambda row: (str(row[Dimension.DAY]), str(row[id])))
        first = metrics[0]
        if kind_of(first) is not MetricKind.TEXT:
            found.sort(key=lambda row: Decimal(str(row[first] or 0)), reverse=True)
        return found

    def by_day(self, metric: str) -> dict[Any, MetricValue]:
        """The sums of a metric of the whole ad account, by day."""
        if metric not in _SUMS:
            raise click.UsageError(
                f"--chart adds up the first metric, and {metric} can't be added up: use one of "
                f"{', '.join(_SUMS)}."
            )
        found: dict[Any, Any] = {}
        for _, told in self._objects("campaign"):
            for part in told["rows"]:
                day, value = date.fromisoformat(part["date"]), _value(metric, part)
                found[day] = found.get(day, 0) + value
        return found

    def _objects(self, level: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        route, _ = LEVELS[level]
        for one in listed(self._remote, route, self._account_id):
            path = f"/api/ads/{route}/{quote(one['id'], safe='')}/metrics"
            yield one, self._remote.send("GET", f"{path}?{self._query}")


def _check(metrics: Sequence[str], name: str, daily: bool) -> None:
    unknown = [one for one in metrics if one not in _STORED and one != name]
    if unknown:
        raise click.UsageError(
            f"The service doesn't store {', '.join(unknown)}: it has {', '.join(_STORED)}."
        )
    people = [one for one in metrics if one in _BY_DAY]
    if people and not daily:
        raise click.UsageError(f"{', '.join(people)} can't be added up over days: use --daily.")


def _value(metric: str, part: Mapping[str, Any]) -> Any:
    value = part[_STORED[metric]]
    return value if value is None or isinstance(value, int) else Decimal(str(value))
