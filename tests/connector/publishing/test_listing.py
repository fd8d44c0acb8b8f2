"""The list of posts: by their time and their text, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stagedoor.connector.publishing import service as publishing
from tests.connector.publishing.conftest import PumpedStudio

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def titles(pumped: PumpedStudio, **query: Any) -> list[str]:
    """The titles of all pages."""
    found: list[str] = []
    more: dict[str, Any] = {}
    while True:
        page = pumped.service.api("GET", "/api/posts", role="viewer", **query, **more)
        found += [one["title"] for one in page["posts"]]
        if page["nextCursor"] is None:
            return found
        more = {"cursor": page["nextCursor"]}


def scheduled(pumped: PumpedStudio, title: str, at: str | None = None, **more: Any) -> None:
    body = {"title": title, "privacyLevel": "SELF_ONLY"} | more
    pumped.call("init-video-upload", body | ({} if at is None else {"publishAt": at}))


def test_a_calendar_gets_the_posts_of_its_days(pumped: PumpedStudio) -> None:
    today = datetime.fromtimestamp(pumped.local.now(), UTC).date()

    def at(day: int, time: str) -> str:
        return f"{today + timedelta(days=10 + day)}T{time}"

    for day in (3, 1, 2):
        scheduled(pumped, f"day {day}", at(day, "12:00:00Z"))
    scheduled(pumped, "without a time")
    first: dict[str, Any] = {"from": at(2, "00:00:00Z")}
    assert titles(pumped, **first) == ["day 2", "day 3"]
    assert titles(pumped, **first, to=at(3, "13:00:00+01:00")) == ["day 2"]
    assert titles(pumped, to=at(1, "12:00:00Z")) == ["without a time"]
    without_zone: dict[str, Any] = {"from": at(2, "00:00:00")}
    refused = pumped.service.send("GET", "/api/posts", **without_zone)
    assert refused.status_code == 400
    refused = pumped.service.send("GET", "/api/posts", **first, to=at(1, "00:00:00Z"))
    assert refused.status_code == 400
    assert "query.to: is not after from" in refused.json()["error"]["message"]


def test_a_search_finds_titles_and_texts_in_any_case(
    pumped: PumpedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_BATCH", 2)
    monkeypatch.setattr(publishing, "SCANNED", 4)
    scheduled(pumped, "Crème BRÛLÉE")
    for number in range(6):
        scheduled(pumped, f"soup {number}", caption="100%_salt")
    scheduled(pumped, "another", caption="with brûlée #dessert")
    photos = {"urls": ["https://media.example.com/x.jpg"], "privacyLevel": "SELF_ONLY"}
    pumped.call("publish-photos", photos | {"title": "Brûlée, again", "caption": "two"})
    found = ["Brûlée, again", "another", "Crème BRÛLÉE"]
    assert titles(pumped, text="brûlée") == found
    assert titles(pumped, text="bru\u0302le\u0301e") == found
    assert titles(pumped, text="brûlée", limit=1) == found
    assert titles(pumped, text="%_") == [f"soup {number}" for number in (5, 4, 3, 2, 1, 0)]
    assert titles(pumped, text="salt", state="published") == []
    page = pumped.service.api("GET", "/api/posts", text="crème")
    assert (page["posts"], page["nextCursor"] is None) == ([], False), "it looked at four posts"
    assert pumped.service.api("GET", "/api/posts", text="brûlée", org="other")["posts"] == []
