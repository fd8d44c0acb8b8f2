"""Research jobs: complete, told in advance, under a shared quota, and unharmed by kills."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from stagedoor.connector.database import TenantConnection
from stagedoor.connector.publishing.camel import spelled_answer
from stagedoor.connector.research import quota, run, store
from stagedoor.connector.research.kinds import KINDS
from stagedoor.connector.research.models import research_jobs, research_pages
from stagedoor.connector.research.quota import Use, UsedUp
from stagedoor.platform.products.commercial import AdReport
from tests.connector.research.conftest import EVERY, JOBS, Researcher
from tests.support.simulated_kills import DEAD, Killed, killed_at

HOUR, DAY = 3_600.0, 86_400.0
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [one["data"]["id"] for one in rows]


@sqlite_only
def test_a_kind_that_there_is_not_is_named_by_its_field(researcher: Researcher) -> None:
    for body in ({}, {"kind": "videos"}, {"kind": 7, "requests": []}, {"kind": None}):
        answer = researcher.service.send("POST", JOBS, body)
        assert answer.status_code == 400, body
        [problem] = answer.json()["error"]["detail"]["problems"]
        assert problem["path"] == "kind"
        assert "video-query" in problem["reason"]


def test_a_job_reads_every_video_of_a_long_range_once(researcher: Researcher) -> None:
    researcher.fill(230, 20)
    before = researcher.used()["requests"]
    job = researcher.done(researcher.videos(120, name="All of it"))
    made = researcher.used()["requests"] - before
    assert (job["state"], job["complete"], job["name"]) == ("completed", True, "All of it")
    rows = researcher.rows(job["id"], limit=90)
    assert ids(rows) == researcher.public(120)
    assert job["rows"] == len(rows) > 280
    assert job["requests"] == made == 6
    assert rows[0]["data"]["createTime"] > rows[-1]["data"]["createTime"]


@sqlite_only
def test_the_cost_is_told_before_anything_is_asked(researcher: Researcher) -> None:
    body = researcher.videos(400, dryRun=True)
    told = researcher.service.api("POST", JOBS, body)
    assert told["job"] is None
    assert researcher.service.api("GET", JOBS)["jobs"] == []
    assert researcher.used()["requests"] == 0
    cost = told["cost"]
    assert cost["parts"] == 13
    assert cost["requests"] == {"atLeast": 13, "atMost": 1_000}
    assert cost["days"] == {"atLeast": 1, "atMost": 1}
    assert (cost["quota"]["pool"], cost["quota"]["leftToday"]) == ("general", 1_000)

    comments = {"kind": "comment-list", "requests": [{"videoId": "1"}, {"videoId": "2"}]}
    told = researcher.service.api("POST", JOBS, comments | {"dryRun": True})["cost"]
    assert told["requests"] == {"atLeast": 2, "atMost": 20}
    many = {"kind": "user-info", "requests": [{"username": f"user{one}"} for one in range(999)]}
    told = researcher.service.api("POST", JOBS, many | {"dryRun": True})["cost"]
    assert told["requests"] == {"atLeast": 999, "atMost": 999}

    researcher.done({"kind": "user-info", "requests": [{"username": "maracooks"}] * 3})
    told = researcher.service.api("POST", JOBS, many | {"dryRun": True})["cost"]
    assert told["quota"]["usedRequests"] == told["quota"]["ownRequests"] == 3
    assert told["days"] == {"atLeast": 2, "atMost": 2}
    [general, people] = researcher.service.api("GET", "/api/research/quota")["quotas"]
    assert (general["leftToday"], people["leftToday"], people["requests"]) == (997, 20_000, 20_000)


@sqlite_only
def test_each_declared_kind_gives_what_the_client_gives(researcher: Researcher) -> None:
    local = researcher.local
    video = researcher.public(120)[0]
    local.control("POST", "people", {"username": "fan", "following_public": True})
    local.control("POST", "follows", {"follower": "fan", "followed": "maracooks"})
    for number in range(3):
        said = {"author": "fan", "text": f"Comment {number}"}
        local.control("POST", f"videos/{video}/comments", said)
    requests: dict[str, Any] = {
        "video-query": researcher.videos(5)["requests"],
        "user-info": [{"username": "maracooks", "fields": ["follower_count"]}],
        "comment-list": [{"videoId": video, "fields": ["id", "text"]}],
        "liked-videos": [{"username": "fan"}],
        "pinned-videos": [{"username": "maracooks"}],
        "reposted-videos": [{"username": "maracooks"}],
        "followers": [{"username": "maracooks"}],
        "following": [{"username": "fan"}],
        "playlist-info": [{"playlistId": local.control("GET", "playlists")["playlists"][0]["id"]}],
        "shop": [{"shopName": local.control("GET", "shops")["shops"][0]["name"]}],
        "product": [{"shopId": local.control("GET", "shops")["shops"][0]["id"]}],
        "review": [{"productId": local.control("GET", "shops")["shops"][0]["id"]}],
    }
    assert set(requests) == set(KINDS), "a kind that is declared needs a request here"
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, listed in requests.items():
        job = researcher.done({"kind": kind, "requests": listed})
        assert job["state"] in ("completed", "failed"), (kind, job)
        found[kind] = researcher.rows(job["id"])
        if job["state"] == "failed":
            assert kind in ("liked-videos", "review"), job
            assert job["error"]["code"]
    assert [one["data"] for one in found["user-info"]] == [
        {"followerCount": found["user-info"][0]["data"]["followerCount"]}
    ]
    texts = {one["data"]["text"] for one in found["comment-list"]}
    assert texts >= {f"Comment {number}" for number in range(3)}
    assert all(set(one["data"]) <= {"id", "text"} for one in found["comment-list"])
    assert "fan" in {one["data"]["username"] for one in found["followers"]}
    assert [one["data"]["username"] for one in found["following"]] == ["maracooks"]
    assert found["playlist-info"][0]["data"]["id"].isdigit()
    assert found["shop"][0]["data"]["shopName"]
    assert found["product"][0]["data"]["productId"]


@sqlite_only
def test_a_refused_request_is_told_and_the_others_go_on(researcher: Researcher) -> None:
    names = ["nobody.here", "maracooks", "nobody.there"]
    body = {"kind": "user-info", "requests": [{"username": one} for one in names]}
    job = researcher.done(body)
    assert (job["state"], job["complete"], job["rows"]) == ("completed", False, 1)
    assert [one["request"] for one in job["problems"]] == [0, 2]
    assert "cannot find the user" in job["problems"][0]["message"]
    [row] = researcher.rows(job["id"])
    assert row["request"] == 1
    alone = researcher.done({"kind": "user-info", "requests": [{"username": "nobody.here"}]})
    assert (alone["state"], alone["error"]["code"]) == ("failed", "invalid_params")


@sqlite_only
def test_a_job_ends_at_the_limits_that_it_names(researcher: Researcher) -> None:
    every = researcher.public(120)
    job = researcher.done(researcher.videos(120, maxRows=25))
    assert (job["state"], job["complete"], job["rows"]) == ("completed", False, 25)
    assert ids(researcher.rows(job["id"])) == every[:25]
    shop = researcher.local.control("GET", "shops")["shops"][0]["id"]
    goods = {"kind": "product", "requests": [{"shopId": shop}]}
    whole = researcher.done(goods)
    assert (whole["complete"], whole["rows"] > 1) == (True, True)
    part = researcher.done(goods | {"maxRows": whole["rows"] - 1})
    assert (part["complete"], part["rows"]) == (False, whole["rows"] - 1)
    job = researcher.done(researcher.videos(120, maxRequests=2))
    assert (job["state"], job["complete"], job["requests"]) == ("completed", False, 2)
    assert ids(researcher.rows(job["id"])) == every[: job["rows"]]


@sqlite_only
def test_only_the_fields_that_were_named_are_given(researcher: Researcher) -> None:
    body = researcher.videos(120)
    body["requests"][0]["fields"] = ["username", "view_count"]
    job = researcher.done(body)
    rows = researcher.rows(job["id"])
    assert len(rows) == len(researcher.public(120))
    assert {name for one in rows for name in one["data"]} == {"username", "viewCount"}


@sqlite_only
def test_rows_are_downloaded_as_lines_of_json_and_as_csv(researcher: Researcher) -> None:
    body = researcher.videos(120)
    body["requests"][0]["fields"] = ["id", "video_description", "hashtag_names"]
    made = {"creator": "maracooks", "title": "=1+1 #cake"}
    researcher.local.control("POST", "videos", made)
    researcher.local.settings(research_delay_seconds=0)
    job = researcher.done(body)
    path = f"{JOBS}/{job['id']}/data"
    rows = researcher.rows(job["id"])
    lines = researcher.service.send("GET", path, format="jsonl", role="viewer")
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(one) for one in lines.text.splitlines()] == rows
    table = researcher.service.send("GET", path, format="csv")
    assert table.headers["content-disposition"].endswith(f'research-{job["id"]}.csv"')
    read = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [one["id"] for one in read] == ids(rows)
    assert list(read[0]) == ["position", "request", "id", "videoDescription", "hashtagNames"]
    [formula] = [one for one in read if "=1+1" in one["videoDescription"]]
    assert formula["videoDescription"].startswith("'=1+1")
    assert json.loads(formula["hashtagNames"]) == ["cake"]


# the quota


@pytest.fixture
def small_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten requests for profiles a day."""
    kind = KINDS["user-info"]
    small = replace(kind.quota, requests=10, records=1_000)
    monkeypatch.setitem(KINDS, "user-info", replace(kind, quota=small))


def test_a_job_that_meets_the_quota_waits_and_goes_on_where_it_stopped(
    researcher: Researcher,
) -> None:
    researcher.fill(230, 20)
    every = researcher.public(120)
    researcher.use(requests=998)
    job = researcher.done(researcher.videos(120))
    assert (job["state"], job["requests"]) == ("waiting", 3)
    assert ids(researcher.rows(job["id"])) == every[: job["rows"]]
    assert job["resumesAt"].endswith("T00:00:00Z")
    said = researcher.service.api("GET", "/api/research/quota")["quotas"][0]
    assert (said["leftToday"], said["resetsAt"]) == (0, job["resumesAt"])
    researcher.pump(HOUR)
    assert researcher.job(job["id"])["requests"] == 3
    researcher.pump(DAY)
    for _ in range(12):
        researcher.pump(60.0)
    ended = researcher.job(job["id"])
    assert (ended["state"], ended["complete"]) == ("completed", True)
    assert ids(researcher.rows(job["id"])) == every


@sqlite_only
@pytest.mark.usefixtures("small_quota")
def test_two_organisations_share_the_day(researcher: Researcher) -> None:
    body = {"kind": "user-info", "requests": [{"username": "maracooks"}] * 9}
    first = researcher.begin(body, org="acme")
    second = researcher.begin(body, org="other")
    told = researcher.service.api("POST", JOBS, body | {"dryRun": True}, org="third")["cost"]
    assert (told["quota"]["organisations"], told["quota"]["share"]) == (3, 3)
    researcher.pump()
    jobs = [researcher.job(first), researcher.job(second, org="other")]
    assert [one["requests"] for one in jobs] == [5, 5]
    assert [one["state"] for one in jobs] == ["waiting", "waiting"]
    assert researcher.used()["requests"] == 10
    researcher.pump(DAY)
    jobs = [researcher.job(first), researcher.job(second, org="other")]
    assert [one["requests"] for one in jobs] == [9, 9]
    assert {one["state"] for one in jobs} == {"completed"}


@sqlite_only
@pytest.mark.usefixtures("small_quota")
def test_a_share_that_becomes_free_is_used_at_once(researcher: Researcher) -> None:
    body = {"kind": "user-info", "requests": [{"username": "maracooks"}] * 9}
    other = researcher.begin(body, org="other")
    researcher.local.fault("research.user_info", "rate_limit", times=1)
    researcher.pump()  # the other organisation's job waits for a minute
    job = researcher.done(body)
    assert (job["state"], job["requests"]) == ("waiting", 5)
    researcher.service.api("POST", f"{JOBS}/{other}/cancel", org="other")
    researcher.pump()
    assert (researcher.job(job["id"])["state"], researcher.job(job["id"])["rows"]) == (
        "completed",
        9,
    )


def test_the_arithmetic_of_shares() -> None:
    general = KINDS["video-query"].quota

    def left(requests: int, mine: int, organisations: int, others_left: int, **more: Any) -> int:
        return quota.left(general, Use(requests, 0, mine, organisations, others_left, **more))

    assert left(0, 0, 1, 0) == 1_000
    assert left(0, 0, 2, 500) == 500
    assert left(500, 500, 2, 500) == 0
    assert left(900, 0, 2, 0) == 100  # a late organisation gets what is left
    assert left(600, 500, 2, 400) == 0
    assert left(999, 333, 3, 0) == 1  # the rest of a division is anybody's
    assert left(0, 0, 1, 0, closed_until=5.0) == 0
    used_up = quota.verdict(general, Use(1_000, 0, 1_000, 1, 0), now=86_400.0 * 3 + 5)
    assert isinstance(used_up, UsedUp)
    assert used_up.resets_at == 86_400.0 * 4


@sqlite_only
def test_an_organisation_runs_few_jobs_at_once(researcher: Researcher) -> None:
    body = {"kind": "user-info", "requests": [{"username": "maracooks"}]}
    researcher.local.fault("research.user_info", "slow", seconds=2.0, times=2)
    jobs = [researcher.begin(body) for _ in range(3)]
    runs = researcher.service.services.research_runs
    slow = [threading.Thread(target=runs.run, args=[f"acme/{one}"]) for one in jobs[:2]]
    for thread in slow:
        thread.start()
    researcher.service.until(
        lambda: all(researcher.job(one)["requests"] for one in jobs[:2]), what="two running jobs"
    )
    runs.run(f"acme/{jobs[2]}")
    assert researcher.job(jobs[2])["requests"] == 0
    other = researcher.begin(body, org="other")
    runs.run(f"other/{other}")
    assert researcher.job(other, org="other")["state"] == "completed"
    for thread in slow:
        thread.join()
    researcher.pump(5.0)
    assert {researcher.job(one)["state"] for one in jobs} == {"completed"}


# failures and kills


@sqlite_only
def test_failures_of_tiktok_are_waited_for(researcher: Researcher) -> None:
    every = researcher.public(120)
    asked = len(researcher.local.calls("research.video_query"))
    researcher.local.fault("research.video_query", "status", times=3)
    researcher.local.fault("research.video_query", "lost", skip=4)
    researcher.local.fault("research.video_query", "rate_limit", skip=5)
    job = researcher.done(researcher.videos(120))
    assert (job["state"], job["rows"]) == ("running", 0)
    assert job["resumesAt"]
    for _ in range(8):
        researcher.pump(70.0)
    ended = researcher.job(job["id"])
    assert (ended["state"], ended["complete"]) == ("completed", True)
    assert ids(researcher.rows(job["id"])) == every
    assert ended["requests"] == len(researcher.local.calls("research.video_query")) - asked > 6


@sqlite_only
def test_a_request_that_tiktok_always_fails_is_given_up(researcher: Researcher) -> None:
    researcher.local.fault("research.video_query", "status", times=None)
    job = researcher.done(researcher.videos(3))
    for _ in range(10):
        researcher.pump(HOUR)
    ended = researcher.job(job["id"])
    assert (ended["state"], ended["error"]["code"]) == ("failed", "internal_error")
    assert ended["requests"] == 8


@sqlite_only
def test_a_failure_of_this_service_ends_the_job(
    researcher: Researcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> bytes:
        raise RuntimeError("no such thing")

    with monkeypatch.context() as patch:
        patch.setattr(run, "packed", broken)
        job = researcher.done(researcher.videos(120))
    assert (job["state"], job["error"]["code"], job["rows"]) == ("failed", "internal_error", 0)


def test_a_search_that_is_lost_is_begun_anew_without_doubling_rows(
    researcher: Researcher,
) -> None:
    researcher.fill(450, 9)
    every = researcher.public(20)
    researcher.use(requests=997)
    job = researcher.done(researcher.videos(20))
    assert (job["state"], job["rows"]) == ("waiting", 300)
    before = len(researcher.local.calls("research.video_query"))
    researcher.pump(DAY)  # a search lives for an hour
    for _ in range(8):
        researcher.pump(40.0)
    ended = researcher.job(job["id"])
    assert (ended["state"], ended["complete"]) == ("completed", True)
    assert ids(researcher.rows(job["id"])) == every
    # the search goes on from the day of the last row, not from its beginning
    assert len(researcher.local.calls("research.video_query")) - before <= 5 + 3


@sqlite_only
def test_a_new_search_id_that_is_not_ready_is_waited_for(researcher: Researcher) -> None:
    researcher.fill(150, 9)
    every = researcher.public(20)
    researcher.local.settings(search_warmup_seconds=5)
    job = researcher.done(researcher.videos(20))
    assert job["rows"] == 100
    for _ in range(4):
        researcher.pump(5.0)
    ended = researcher.job(job["id"])
    assert (ended["state"], ended["complete"]) == ("completed", True)
    assert ids(researcher.rows(job["id"])) == every


@sqlite_only
def test_no_kill_loses_or_doubles_a_row(
    researcher: Researcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = researcher.public(120)
    number, survived = 0, False
    while not survived:
        number += 1
        job_id = researcher.begin(researcher.videos(120))
        services = researcher.service.services
        with killed_at(number, monkeypatch):
            try:
                services.research_runs.run(f"acme/{job_id}")
                survived = True
            except Killed:
                pass
        _die(researcher, job_id)
        services.research_runs.run(f"acme/{job_id}")
        ended = researcher.job(job_id)
        assert (ended["state"], ended["complete"]) == ("completed", True), number
        assert ids(researcher.rows(job_id)) == every, number
        assert ended["requests"] <= 5, number
    assert number > 20


def _die(researcher: Researcher, job_id: str) -> None:
    """As the database has it when the process that ran the job has died."""
    with researcher.service.services.database.begin() as connection:
        tenant = TenantConnection(connection, "acme")
        row = store.job(tenant, job_id)
        if row.held_by is not None:
            mine = update(research_jobs).where(research_jobs.c.id == job_id)
            connection.execute(mine.values(held_by=DEAD, held_until=time.time() + 100))


# cancelled, deleted, expired


@sqlite_only
def test_a_cancelled_job_stops_and_keeps_its_rows(researcher: Researcher) -> None:
    researcher.use(requests=998)
    job = researcher.done(researcher.videos(120))
    path = f"{JOBS}/{job['id']}/cancel"
    assert researcher.service.send("POST", path, role="viewer").status_code == 403
    cancelled = researcher.service.api("POST", path, role="member")
    assert (cancelled["state"], cancelled["rows"]) == ("cancelled", job["rows"])
    assert researcher.service.api("POST", path)["endedAt"] == cancelled["endedAt"]
    researcher.pump(DAY)
    assert researcher.job(job["id"])["requests"] == job["requests"]
    assert len(researcher.rows(job["id"])) == job["rows"] > 0
    done = researcher.done({"kind": "user-info", "requests": [{"username": "maracooks"}]})
    refused = researcher.service.send("POST", f"{JOBS}/{done['id']}/cancel")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "job_over")


def test_a_job_and_its_rows_go_when_it_is_deleted_or_expires(researcher: Researcher) -> None:
    first = researcher.done(researcher.videos(120))
    kept = researcher.done(researcher.videos(120, keepDays=2))
    assert researcher.service.send("DELETE", f"{JOBS}/{first['id']}").status_code == 204
    assert researcher.service.send("GET", f"{JOBS}/{first['id']}/data").status_code == 404
    researcher.pump()
    assert _pages(researcher) == {kept["id"]}
    researcher.pump(1.9 * DAY)
    assert researcher.job(kept["id"])["expiresAt"] == kept["expiresAt"]
    researcher.pump(0.2 * DAY)
    assert researcher.service.send("GET", f"{JOBS}/{kept['id']}").status_code == 404
    assert _pages(researcher) == set()


def _pages(researcher: Researcher) -> set[str]:
    with researcher.service.services.database.read() as connection:
        tenant = TenantConnection(connection, "acme")
        return {row.job for row in tenant.all(tenant.select(research_pages))}


# requests


@sqlite_only
@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"kind": "no-such-kind"}, "kind"),
        ({"requests": []}, "requests"),
        ({"requests": [{"query": EVERY, "startDate": "2026-01-01"}]}, "requests.0.endDate"),
        (
            {"requests": [{"query": EVERY, "startDate": "2026-02-01", "endDate": "2026-01-01"}]},
            "requests.0.endDate",
        ),
        (
            {"requests": [{"query": {"and": []}, "startDate": "x", "endDate": "2026-01-01"}]},
            "requests.0.query",
        ),
        ({"maxRows": 0}, "maxRows"),
        ({"keepDays": 400}, "keepDays"),
        ({"cursor": 5}, "cursor"),
        ({"kind": "comment-list", "requests": [{}]}, "requests.0"),
        ({"kind": "followers", "requests": [{"username": "a", "maxCount": 5}]}, None),
    ],
)
def test_a_bad_request_is_named_by_its_path(
    researcher: Researcher, change: dict[str, Any], path: str | None
) -> None:
    body = researcher.videos(10)
    assert researcher.service.api("POST", JOBS, body | {"dryRun": True})["cost"]
    answer = researcher.service.send("POST", JOBS, body | change)
    assert answer.status_code == 400
    problems = [one["path"] for one in answer.json()["error"]["detail"]["problems"]]
    assert problems[0] == (path or "requests.0.maxCount"), answer.text


@sqlite_only
def test_days_that_have_not_begun_are_refused(researcher: Researcher) -> None:
    for dry_run in (False, True):
        body = researcher.videos(3, dryRun=dry_run)
        body["requests"] *= 2
        body["requests"][1] = body["requests"][1] | {
            "endDate": f"{researcher.today() + timedelta(days=1)}"
        }
        answer = researcher.service.send("POST", JOBS, body)
        assert answer.status_code == 400
        assert "requests.1.endDate: is after today" in answer.json()["error"]["message"]


@sqlite_only
def test_conditions_may_have_tiktoks_own_names(researcher: Researcher) -> None:
    body = researcher.videos(120)
    own = {"field_name": "username", "operation": "EQ", "field_values": ["maracooks"]}
    body["requests"][0]["query"] = {"and": [own]}
    job = researcher.done(body)
    names = {one["data"]["username"] for one in researcher.rows(job["id"])}
    assert names == {"maracooks"}


@sqlite_only
def test_jobs_are_an_organisations_own_and_bounded(
    researcher: Researcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.connector.research.service.MAX_UNFINISHED", 2)
    body = {"kind": "user-info", "requests": [{"username": "maracooks"}]}
    key = {"idempotency-key": "once"}
    first = researcher.begin(body, headers=key)
    assert researcher.begin(body, headers=key) == first
    assert researcher.service.send("POST", JOBS, body, role="viewer").status_code == 403
    second = researcher.begin(body)
    refused = researcher.service.send("POST", JOBS, body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "too_many_jobs")
    researcher.begin(body, org="other")
    assert researcher.service.send("GET", f"{JOBS}/{first}", org="other").status_code == 404
    page = researcher.service.api("GET", JOBS, limit=1)
    assert [one["id"] for one in page["jobs"]] == [second]
    rest = researcher.service.api("GET", JOBS, limit=1, cursor=page["nextCursor"])
    assert ([one["id"] for one in rest["jobs"]], rest["nextCursor"]) == ([first], None)
    researcher.pump()
    assert researcher.service.api("GET", JOBS, state="queued")["jobs"] == []
    assert len(researcher.service.api("GET", JOBS, state="completed")["jobs"]) == 2


@sqlite_only
def test_what_happens_to_jobs_is_told(researcher: Researcher) -> None:
    made = researcher.service.api(
        "POST", "/api/webhooks", {"url": "http://127.0.0.1:9/x", "events": ["research.*"]}
    )
    job = researcher.begin({"kind": "user-info", "requests": [{"username": "maracooks"}]})
    researcher.service.services.research_runs.run(f"acme/{job}")
    path = f"/api/webhooks/{made['webhook']['id']}/deliveries"
    [told] = researcher.service.api("GET", path)["deliveries"]
    assert told["type"] == "research.completed"


def test_keys_of_maps_stay_as_they_are() -> None:
    sent = {"count_time_series_by_country": {"IT": [{"date": "20260802", "count": 4}]}}
    shown = spelled_answer(AdReport.model_validate(sent))
    assert shown == {"countTimeSeriesByCountry": {"IT": [{"date": "20260802", "count": 4}]}}


def test_a_persons_rows_go_and_the_others_keep_their_places(researcher: Researcher) -> None:
    service = researcher.service
    job = researcher.done(researcher.videos(120, name="What maracooks posts"))
    named = researcher.done({"kind": "user-info", "requests": [{"username": "maracooks"}]})
    rows = researcher.rows(job["id"])
    mine = {one["position"] for one in rows if one["data"]["username"] == "maracooks"}
    assert mine
    others = [one for one in rows if one["position"] not in mine]
    person = {"username": "@MaraCooks"}
    told = service.api("POST", "/api/data/find", person)
    counts = {one["kind"]: one["count"] for one in told["kinds"] if one["count"]}
    assert counts["researchRows"] >= len(mine) + 1
    assert counts["researchJobs"] == 2

    erased = service.api("POST", "/api/data/erase", person)["erased"]
    assert erased["researchRows"] == counts["researchRows"]
    left = service.api("GET", f"{JOBS}/{job['id']}/data", limit=1_000)
    assert left["rows"] == [one for one in others if "mara" not in json.dumps(one).lower()]
    assert left["nextCursor"] is None
    assert service.api("GET", f"{JOBS}/{named['id']}/data")["rows"] == []
    assert researcher.job(job["id"])["name"] == "What  posts"
    again = service.api("POST", "/api/data/find", person)["kinds"]
    assert [one["kind"] for one in again if one["count"]] == []


@sqlite_only
def test_the_organisation_may_keep_rows_for_a_shorter_time_than_a_job_asks_for(
    researcher: Researcher,
) -> None:
    service = researcher.service
    job = researcher.done(researcher.videos(30, keepDays=300))
    service.api("PUT", "/api/settings/retention", {"days": {"researchRows": 5}})
    researcher.pump(4 * DAY)
    assert researcher.rows(job["id"])
    researcher.pump(2 * DAY)
    researcher.pump(DAY)
    assert service.send("GET", f"{JOBS}/{job['id']}").status_code == 404
    with service.services.database.read() as connection:
        assert TenantConnection(connection, "acme").all(research_pages.select()) == []
