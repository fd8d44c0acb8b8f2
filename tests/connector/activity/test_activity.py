"""The activity store by its routes: pages, filters, exports, and how it keeps a long history."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from stagedoor.connector.activity import readings, series, store
from stagedoor.connector.activity.models import activity_series
from stagedoor.connector.activity.store import StoredVideoFilter, VideoPosition
from stagedoor.connector.activity.videos import VideoSnapshot
from stagedoor.connector.container import Container
from stagedoor.connector.database import TenantConnection
from tests.connector.conftest import Service

DAY = 86_400.0
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC).timestamp()


def video(number: int, posted: float, caption: str = "", views: int | None = 10) -> VideoSnapshot:
    counts = (views, 2, 1, None)
    return VideoSnapshot(
        f"{7_600_000_000 + number}", posted, caption, None, None, None, 15, 9, 16, counts
    )


def record(
    services: Container, videos: list[VideoSnapshot], now: float, account: str = "one"
) -> None:
    with services.database.begin() as connection:
        readings.record(TenantConnection(connection, "acme"), account, videos, now)


@pytest.fixture
def service(service_without_worker: Service) -> Service:
    """Seven videos of two accounts, each read on two days."""
    services = service_without_worker.services
    some = [video(n, NOON - n * DAY, f"Äpfel & Ente_{n}") for n in range(5)]
    for day in (0, 1):
        record(services, some, NOON + day * DAY)
        record(services, [video(8, NOON - 1.5 * DAY, " ＝1+1")], NOON + day * DAY, "two")
    record(services, [video(9, NOON - 9 * DAY, views=None)], NOON, "two")
    return service_without_worker


SPAN: dict[str, Any] = {"metricsFrom": "2026-06-01T00:00:00Z", "metricsTo": "2026-07-01T00:00:00Z"}


def pages(service: Service, limit: int, **query: Any) -> Iterator[list[dict[str, Any]]]:
    more: dict[str, Any] = {}
    while more.get("cursor", "") is not None:
        page = service.api("GET", "/api/activity", limit=limit, **SPAN, **more, **query)
        yield page["activity"]
        more = {"cursor": page["nextCursor"]}


def ids(videos: list[dict[str, Any]]) -> list[int]:
    return [int(one["videoId"]) - 7_600_000_000 for one in videos]


def test_pages_follow_each_other_newest_first(service: Service) -> None:
    found = [ids(page) for page in pages(service, 3)]
    assert found == [[0, 1, 8], [2, 3, 4], [9]]
    first = next(pages(service, 1))[0]
    assert first["metrics"]["at"] == ["2026-06-15T12:00:00Z", "2026-06-16T12:00:00Z"]
    assert first["metrics"]["views"] == [10, 10]
    assert first["metrics"]["shares"] == [None, None]


FILTERS: tuple[tuple[dict[str, Any], list[int]], ...] = (
    ({"integrationId": "two"}, [8, 9]),
    ({"text": "äPFEL"}, [0, 1, 2, 3, 4]),
    ({"text": "ente_3"}, [3]),
    ({"text": "%"}, []),
    ({"postedFrom": "2026-06-13T12:00:00Z", "postedTo": "2026-06-14T12:00:00Z"}, [8, 2]),
    ({"visibility": "removed"}, []),
    ({"visibility": "public", "integrationId": "two"}, [8, 9]),
)


def test_filters(service: Service) -> None:
    for query, expected in FILTERS:
        [found] = pages(service, 50, **query)
        assert ids(found) == expected, query


@sqlite_only
def test_a_span_of_metrics_leaves_the_videos(service: Service) -> None:
    query: dict[str, Any] = {
        "metricsFrom": "2026-06-16T00:00:00Z",
        "metricsTo": "2026-06-17T00:00:00Z",
    }
    found = service.api("GET", "/api/activity", **query)["activity"]
    assert len(found) == 7
    assert {len(one["metrics"]["at"]) for one in found} == {0, 1}
    turned: dict[str, Any] = {"metricsFrom": query["metricsTo"], "metricsTo": query["metricsFrom"]}
    assert service.send("GET", "/api/activity", **turned).status_code == 400
    for extreme in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"):
        service.api("GET", "/api/activity", metricsTo=extreme)
    for cursor in ("!", "eHw=", "bnVsbA=="):
        refused = service.send("GET", "/api/activity", cursor=cursor)
        assert refused.json()["error"]["message"].startswith("query.cursor:")


def test_exports_hold_every_point(service: Service) -> None:
    answer = service.send("GET", "/api/activity/export", **SPAN, format="csv", role="viewer")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 6 * 2 + 1
    assert {row["views"] for row in rows} == {"10", ""}
    [formula] = {row["text"] for row in rows if row["integrationId"] == "two" and row["text"]}
    assert formula == "' ＝1+1"
    turned = {"postedFrom": SPAN["metricsTo"], "postedTo": SPAN["metricsFrom"]}
    for path in ("/api/activity", "/api/activity/export"):
        assert service.send("GET", path, **turned).status_code == 400, path
    answer = service.send("GET", "/api/activity/export", **SPAN, format="jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [one for page in pages(service, 3) for one in page]


def test_an_export_is_written_a_part_at_a_time(service: Service) -> None:
    record(service.services, [video(100 + n, NOON - n, "x" * 150) for n in range(900)], NOON)
    activity = service.services.activity
    seen = []
    for one in activity.export("acme", StoredVideoFilter(), activity.span(NOON - 1, NOON + 1)):
        seen.append(one.id)
        if len(seen) == 1:  # the next parts are read later: what is added meanwhile is in them
            record(service.services, [video(2_000, NOON - 30 * DAY)], NOON)
    assert len(seen) == len(set(seen)) == 900 + 7 + 1


@sqlite_only
def test_a_long_history_stays_small_and_old_months_are_thinned(
    service_without_worker: Service,
) -> None:
    services = service_without_worker.services
    for step in range(3 * 150):  # every eight hours, for five months
        now = NOON + step * DAY / 3
        record(services, [video(1, now - DAY, views=step)], now)
    with services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        rows = sorted(tenant.all(tenant.select(activity_series)), key=lambda row: row.period)
    counts = [len(series.unpack(row.period, row.points)) for row in rows]
    assert counts[:3] == [16, 31, 31]  # June from the 15th on: a point for each day
    assert min(counts[-3:-1]) > 80
    assert sum(len(row.points) for row in rows) < 5_000


@sqlite_only
def test_lists_are_read_by_an_index(services: Container) -> None:
    """A page costs the same however many videos there are, and however many are before it."""
    indices = {
        StoredVideoFilter(): "ix_activity_videos_posted",
        StoredVideoFilter(integration="one"): "ix_activity_videos_account",
        StoredVideoFilter(visibility="public"): "ix_activity_videos_visibility",
    }
    place = VideoPosition(NOON, "7600000001", "one")
    for (wanted, index), after in product(indices.items(), (None, place)):
        with services.database.read() as connection:
            query = store.of_page(TenantConnection(connection, "acme"), wanted, after, 50)
            sql = query.compile(connection, compile_kwargs={"literal_binds": True})
            plan = " ".join(map(str, connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))))
        assert index in plan, plan
        assert "TEMP B-TREE FOR ORDER BY" not in plan, plan
        assert after is None or re.search(r"\(org=.*posted[^?]*<", plan), plan


@sqlite_only
def test_metrics_are_read_by_their_videos(services: Container) -> None:
    """A page costs the same however many videos have metrics in its months."""
    with services.database.read() as connection:
        query = store.of_series(TenantConnection(connection, "acme"), ["1", "2"], 24_000, 24_012)
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = " ".join(map(str, connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"))))
    assert "(org=? AND subject=?)" in plan, plan
