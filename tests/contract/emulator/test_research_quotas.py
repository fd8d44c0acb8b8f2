"""Access to research, its daily quotas, and its faults on request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from stagedoor.emulator.state import load, save
from stagedoor.platform.products.research import GENERAL, PEOPLE, QUOTAS
from tests.support.local import KEY, UNAUDITED
from tests.support.researcher import EVERYWHERE, Researcher

from .conftest import TikTok

ME = {"username": "maracooks"}
OVER = (429, "daily_quota_limit_exceeded")
QUOTA = f"apps/{KEY}/quotas"


def used(tiktok: TikTok, pool: str = GENERAL.pool) -> dict[str, Any]:
    found: dict[str, Any] = tiktok.control("GET", QUOTA)[pool]["used"]
    return found


def test_only_the_token_of_an_approved_app_gets_in(tiktok: TikTok, researcher: Researcher) -> None:
    path = "/v2/research/user/info/?fields=bio_url"
    for headers in ({}, tiktok.bearer(), {"Authorization": "Bearer clt.nothing"}):
        answer = tiktok.http.post(path, json=ME, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_token_invalid")
    refusal = Researcher(tiktok.http, UNAUDITED).refused("user/info", ME, "bio_url")
    assert refusal[:2] == (401, "scope_not_authorized")
    assert researcher.ask("user/info", ME, "display_name")


def test_an_apps_token_ends_after_two_hours(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.advance(7_200)
    refusal = researcher.refused("user/info", ME, "bio_url")
    assert refusal[:2] == (401, "access_token_invalid")


def test_requests_and_records_are_counted_by_pool(tiktok: TikTok, researcher: Researcher) -> None:
    page = researcher.videos(EVERYWHERE, max_count=7)
    researcher.ask("user/info", ME, "bio_url")
    people = researcher.ask("user/followers", ME)["user_followers"]
    followed = researcher.ask("user/following", ME)["user_following"]
    assert used(tiktok)["requests"] == 2
    assert used(tiktok)["records"] == len(page["videos"]) + 1
    assert used(tiktok, PEOPLE.pool)["requests"] == 2
    assert used(tiktok, PEOPLE.pool)["records"] == len(people) + len(followed)


def test_a_used_up_pool_refuses_until_midnight_utc(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.control("PUT", f"{QUOTA}/general", {"requests": GENERAL.requests - 1})
    researcher.ask("user/info", ME, "bio_url")
    assert researcher.refused("user/info", ME, "bio_url")[:2] == OVER
    body = researcher.search(EVERYWHERE)
    assert researcher.refused("video/query", body, "id")[:2] == OVER
    assert researcher.ask("user/followers", ME), "another pool"
    resets = tiktok.control("GET", QUOTA)["general"]["resets_at"]
    assert datetime.fromtimestamp(resets, UTC).strftime("%H:%M:%S") == "00:00:00"
    tiktok.advance(resets - tiktok.world.now() - 1)
    assert Researcher(tiktok.http).refused("user/info", ME, "bio_url")[:2] == OVER
    tiktok.advance(1)
    assert Researcher(tiktok.http).ask("user/info", ME, "display_name")


def test_records_use_a_quota_up_too(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.control("PUT", f"{QUOTA}/general", {"records": GENERAL.records})
    assert researcher.refused("user/info", ME, "bio_url")[:2] == OVER


def test_all_apps_of_an_organisation_share_its_quota(
    tiktok: TikTok, researcher: Researcher
) -> None:
    tiktok.control("PATCH", f"apps/{UNAUDITED}", {"scopes": ["research.data.basic"]})
    Researcher(tiktok.http, UNAUDITED).ask("user/info", ME, "bio_url")
    assert used(tiktok)["requests"] == 1


def test_refused_and_failed_calls_cost_quota(tiktok: TikTok, researcher: Researcher) -> None:
    researcher.refused("user/info", {"username": "nobody.at.all"}, "bio_url")
    tiktok.control("POST", "faults", {"operation": "research.user_info", "kind": "status"})
    answer = researcher.post("user/info", ME, "bio_url")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    order = {"operation": "research.user_info", "kind": "gateway", "status": 504}
    tiktok.control("POST", "faults", order)
    answer = researcher.post("user/info", ME, "bio_url")
    assert answer.status_code == 504
    assert answer.headers["content-type"] == "text/html"
    assert "<html>" in answer.text
    assert used(tiktok)["requests"] == 3


def test_limits_can_be_off(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.control("PUT", f"{QUOTA}/general", {"requests": GENERAL.requests})
    tiktok.settings(rate_limits=False)
    assert researcher.ask("user/info", ME, "display_name")


def test_a_burst_is_refused_with_another_code(tiktok: TikTok, researcher: Researcher) -> None:
    tiktok.control("POST", "clock", {"freeze": True})
    tiktok.settings(research_per_second=2)
    for _ in range(2):
        researcher.ask("user/info", ME, "display_name")
    refusal = researcher.refused("user/info", ME, "bio_url")
    assert refusal[:2] == (429, "rate_limit_exceeded")
    tiktok.advance(1)
    assert researcher.ask("user/info", ME, "display_name")


@pytest.mark.parametrize("pool", [quota.pool for quota in QUOTAS])
def test_a_quota_is_set_by_name(tiktok: TikTok, pool: str) -> None:
    tiktok.control("PUT", f"{QUOTA}/{pool}", {"requests": 5, "records": 6})
    assert used(tiktok, pool)["requests"] == 5
    assert used(tiktok, pool)["records"] == 6
    answer = tiktok.http.put(f"/_emulator/{QUOTA}/other", json={"requests": 5})
    assert answer.status_code == 404


def test_a_state_file_keeps_what_was_used_and_said(
    tiktok: TikTok, researcher: Researcher, tmp_path: Any
) -> None:
    researcher.ask("user/info", ME, "bio_url")
    comments = set(tiktok.world.all.comments)
    save(tiktok.world, tmp_path / "state.json")
    tiktok.control("POST", "reset", {"seed": 2})
    assert used(tiktok)["requests"] == 0
    load(tiktok.world, tmp_path / "state.json")
    assert used(tiktok)["requests"] == 1
    assert set(tiktok.world.all.comments) == comments
    tiktok.control("POST", "reset", {"seed": 1})
