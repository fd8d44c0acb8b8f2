"""TikTok's limits on an account's posts are told when a post is scheduled, and waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from stagedoor.connector.database import Database, TenantConnection
from stagedoor.connector.publishing import store
from stagedoor.connector.publishing.account_queue import (
    DAILY,
    PACE,
    PENDING,
    AccountWindow,
    forecast,
)
from stagedoor.connector.publishing.posts import Mode, PostKind, StoredPost
from tests.connector.publishing.conftest import PUBLIC, PumpedStudio

DAY = 86_400.0


@pytest.mark.parametrize(
    ("gone", "planned", "due", "windows", "after", "held_by"),
    [
        ((), (), 100.0, (PACE, DAILY), 0.0, None),
        ((), (100.0,) * 5, 100.0, (PACE, DAILY), 0.0, None),
        ((), (100.0,) * 6, 100.0, (PACE, DAILY), PACE.seconds, PACE),
        # behind a post that waits
        ((), (100.0,) * 7, 100.0, (PACE, DAILY), PACE.seconds, PACE),
        ((), (100.0,) * 7, 110.0, (PACE, DAILY), PACE.seconds - 10, PACE),
        ((), (100.0,) * 12, 100.0, (PACE,), 2 * PACE.seconds, PACE),
        ((90.0,) * 6, (), 100.0, (PACE,), PACE.seconds - 10, PACE),
        ((0.0,) * 15, (), 100.0, (PACE, DAILY), DAILY.seconds - 100, DAILY),
        ((0.0,) * 15, (), DAY * 2, (PACE, DAILY), 0.0, None),
        # two full days stand before it
        ((0.0,) * 15, (50.0,) * 15, 100.0, (DAILY,), 2 * DAILY.seconds - 100, DAILY),
        ((0.0,) * 5, (), 100.0, (PACE, PENDING), PENDING.seconds - 100, PENDING),
    ],
)
def test_a_forecast_counts_every_window(
    gone: Sequence[float],
    planned: Sequence[float],
    due: float,
    windows: Sequence[AccountWindow],
    after: float,
    held_by: AccountWindow | None,
) -> None:
    found = forecast(gone, planned, due, windows)
    assert found.at - due == pytest.approx(after)
    assert found.held_by is held_by


def add_post(tenant: TenantConnection, post_id: str, **values: Any) -> StoredPost:
    given = {
        "integration": "i1",
        "kind": PostKind.VIDEO.value,
        "mode": Mode.DIRECT.value,
        "visibility": "unknown",
        "title": "",
        "content": {},
        "created": 1.0,
        "updated": 1.0,
        "public_ids": [],
    }
    store.add(tenant, id=post_id, **given, **values)
    found = store.find(tenant, post_id)
    assert found is not None
    return found


def test_posts_that_went_out_are_found_by_ranges_of_an_index(database_url: str) -> None:
    database = Database(database_url)
    asked: list[tuple[str, Any]] = []

    def note(*given: Any) -> None:
        asked.append((given[2], given[3]))

    with database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        for post_id, state, tiktok, begun, handed_over in (
            ("old", "published", "t1", 10.0, 90.0),
            ("sent", "published", "t2", 50.0, 150.0),
            ("uploading", "uploading", "t3", 160.0, None),
            ("slow", "uploading", "t4", 60.0, None),
            ("lost", "unknown", None, 170.0, None),
            ("beginning", "uploading", None, 180.0, None),
            ("failed", "failed", "t5", 180.0, 190.0),
        ):
            times = {"begun": begun, "handed_over": handed_over}
            add_post(tenant, post_id, state=state, tiktok_publish_id=tiktok, **times)
        event.listen(connection, "before_cursor_execute", note)
        found = store.gone(tenant, "i1", Mode.DIRECT, 100.0)
        event.remove(connection, "before_cursor_execute", note)
        assert sorted(found) == [150.0, 160.0, 170.0]
        if connection.dialect.name == "sqlite":
            plans = [
                str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all())
                for query, values in asked
            ]
            assert "integration=? AND handed_over>?" in plans[0]
            assert "integration=? AND handed_over=? AND begun>?" in plans[1]
    database.close()


def test_posts_of_one_time_go_out_in_one_order(database_url: str) -> None:
    """Each of two posts that are due at once counts exactly the other, or not."""
    database = Database(database_url)
    with database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        later = add_post(tenant, "a", state="scheduled", publish_at=100.0)
        store.change(tenant, "a", created=2.0)
        first = add_post(tenant, "b", state="scheduled", publish_at=100.0)
        ahead = [
            len(store.planned(tenant, post, 100.0, 10))
            for post in (first, replace(later, created=2.0))
        ]
        assert ahead == [0, 1]
    database.close()


def schedule(pumped: PumpedStudio, at: float, title: str = "Planned") -> dict[str, object]:
    asked = {
        "privacyLevel": PUBLIC,
        "title": title,
        "videoUrl": "https://media.example.com/film.mp4",
        "publishAt": datetime.fromtimestamp(at, UTC).isoformat(),
    }
    begun = pumped.call("init-video-upload", asked)
    return dict(pumped.call("publish-video", {"publishId": begun["publishId"]}))


def test_scheduling_says_which_limit_delays_a_post_and_until_when(pumped: PumpedStudio) -> None:
    at = pumped.local.now() + 3600
    answers = [schedule(pumped, at, f"Film {number}") for number in range(7)]
    said = [datetime.fromisoformat(str(one["expectedAt"])) for one in answers]
    planned = datetime.fromisoformat(str(answers[0]["publishAt"]))
    assert said[:6] == [planned] * 6
    assert timedelta(seconds=60) <= said[6] - planned < timedelta(seconds=70)
    assert all(one["warnings"] == [] for one in answers[:6])
    assert "6 posts a minute" in str(answers[6]["warnings"])
    path = f"/api/posts/{answers[6]['publishId']}"
    later = datetime.fromtimestamp(at + 600, UTC).isoformat()
    moved = pumped.service.api("PATCH", path, {"publishAt": later})
    assert (moved["expectedAt"], moved["warnings"]) == (moved["publishAt"], [])


def test_the_daily_cap_is_waited_for_and_ends_in_one_post(pumped: PumpedStudio) -> None:
    """The cap is lower than usual for this creator: only TikTok's refusal tells."""
    first = pumped.run(pumped.post())
    assert first["state"] == "published"
    pumped.local.control("PATCH", "apps/emulator-client-key", {"capped": True})
    cap = "spam_risk_too_many_posts"
    pumped.local.fault("posting.video_init", "status", status=403, code=cap, times=50)
    publish_id = pumped.post()
    pumped.pump(60)
    post = pumped.get(publish_id)
    assert post["failure"] is None
    ends = datetime.fromisoformat(post["expectedAt"]) - datetime.fromisoformat(first["ended"])
    assert timedelta(hours=23, minutes=50) < ends < timedelta(hours=24, minutes=10)
    assert "spam_risk_too_many_posts" in str(post["warnings"])
    asked = len(pumped.local.calls("posting.video_init"))
    pumped.pump(20 * 3600)
    assert len(pumped.local.calls("posting.video_init")) == asked
    pumped.local.control("DELETE", "faults")
    assert pumped.run(publish_id)["state"] == "published"
    assert len(pumped.made()) == 2
    assert pumped.service.api("GET", "/api/notices")["notices"] == []


def test_a_post_that_waits_for_a_cap_can_be_cancelled(pumped: PumpedStudio) -> None:
    cap = "reached_active_user_cap"
    pumped.local.fault("posting.video_init", "status", status=403, code=cap, times=50)
    publish_id = pumped.post()
    pumped.pump()
    assert pumped.get(publish_id)["retryAt"]
    assert pumped.call("cancel-post", {"publishId": publish_id})["state"] == "cancelled"
    pumped.local.control("DELETE", "faults")
    pumped.pump(2 * DAY)
    assert pumped.local.publishes() == []
