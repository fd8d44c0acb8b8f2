"""Collections: folders of research data that fill over days, exactly once."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stagedoor import Hosts, TikTok, Where
from stagedoor.client.collecting import flow
from stagedoor.errors import CollectionError, InvalidRequest, ServerError
from stagedoor.platform.products.research import GENERAL
from stagedoor.testing import TikTokEmulator
from tests.support.local import KEY, QUICK, SECRET

EVERY = Where.view_count.gte(0)
DAY = 86_400


@pytest.fixture
def emulator(tiktok_emulator: TikTokEmulator) -> TikTokEmulator:
    """A local TikTok with 60 days of videos of one account, beside those of all others."""
    tiktok_emulator.settings(research_delay_seconds=0)
    tiktok_emulator.creators.add("amy.bakes", region="US")
    tiktok_emulator.control(
        "POST", "videos/batch", {"creator": "amy.bakes", "count": 1_050, "days": 60}
    )
    return tiktok_emulator


@pytest.fixture
def tiktok(emulator: TikTokEmulator) -> Iterator[TikTok]:
    """A client whose clock is TikTok's."""
    with client(emulator) as made:
        yield made


def client(emulator: TikTokEmulator, **more: Any) -> TikTok:
    given: dict[str, Any] = {"now": emulator.clock.now, "hosts": Hosts.at(emulator.url)} | more
    return TikTok(KEY, SECRET, transport=emulator.transport, retry=QUICK, **given)


def days(emulator: TikTokEmulator, number: int) -> dict[str, Any]:
    today = datetime.fromtimestamp(emulator.clock.now(), UTC).date()
    return {"start_date": today - timedelta(days=number), "end_date": today}


AMY: dict[str, Any] = {"query": Where.username.eq("amy.bakes")}


def rows(folder: Path, kind: str = "videos") -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted((folder / kind).glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]


def ids(folder: Path) -> list[str]:
    return [row["id"] for row in rows(folder)]


def truth(emulator: TikTokEmulator, start_date: date, end_date: date) -> list[str]:
    """The ids of the account's videos of a range of days, from TikTok itself."""
    amy = emulator.creators.get("amy.bakes").id
    posted = [
        (datetime.fromtimestamp(one.created, UTC).date(), one.id)
        for one in emulator.world.videos_of(amy)
    ]
    return sorted(id_ for day, id_ in posted if start_date <= day <= end_date)


def asked(emulator: TikTokEmulator, operation: str = "research.video_query") -> int:
    return sum(one.operation == operation for one in emulator.requests)


def test_all_videos_of_a_range_are_collected_once(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 45)
    made = tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl")
    assert made.finished
    assert sorted(ids(tmp_path / "out")) == truth(emulator, **span)
    assert made.counts == {"videos": len(truth(emulator, **span))}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["counts"] == made.counts
    assert manifest["query"] == {
        "and": [{"operation": "EQ", "field_name": "username", "field_values": ["amy.bakes"]}]
    }
    assert manifest["quota"] == {"general": asked(emulator)}
    assert manifest["version"] == 1
    assert {file["path"].split("/")[0] for file in manifest["files"]} == {"videos"}
    before = asked(emulator)
    again = tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl")
    assert again.counts == made.counts
    assert asked(emulator) == before, "a finished collection asks nothing"


def test_days_that_have_not_begun_are_read_once_they_have(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 10)
    today: date = span["end_date"]
    span["end_date"] = today + timedelta(days=3)
    made = tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl")
    assert (made.finished, made.resumes_at) == (False, None)
    assert made.missing_from == today + timedelta(days=1)
    assert made.counts == {"videos": len(truth(emulator, **span))}
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["finished"], manifest["missing_from"]) == (
        False,
        f"{made.missing_from:%Y%m%d}",
    )
    before = asked(emulator)
    tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl", wait=True)
    assert asked(emulator) == before, "days that haven't begun cost no request"
    for passed in (2, 2):
        emulator.clock.advance(days=passed)
        emulator.control("POST", "videos/batch", {"creator": "amy.bakes", "count": 20, "days": 1})
        made = tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl")
    assert (made.finished, made.missing_from) == (True, None)
    later = [one for one in truth(emulator, **span) if one not in ids(tmp_path / "out")]
    assert tiktok.research.refresh_collection(tmp_path / "out").read_again > 0 or not later
    assert len(set(ids(tmp_path / "out"))) == len(ids(tmp_path / "out"))
    future = days(emulator, -2) | {"end_date": today + timedelta(days=30)}
    made = tiktok.research.collect(tmp_path / "none", **AMY, **future, format="jsonl")
    assert (made.finished, made.counts["videos"]) == (False, 0)
    assert made.missing_from == future["start_date"]


def test_a_folder_holds_the_answers_of_one_tiktok(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 3)
    tiktok.research.collect(tmp_path / "out", **AMY, **span, format="jsonl", quota=1)
    walk = tiktok.research.all_videos(**AMY, **span)
    next(iter(walk))
    with client(emulator, hosts=Hosts.at("http://127.0.0.1:2")) as other:
        words = f"TikTok at {emulator.url}, and http://127.0.0.1:2 is asked now"
        with pytest.raises(CollectionError, match=words):
            other.research.collect(tmp_path / "out", **AMY, **span, format="jsonl")
        with pytest.raises(CollectionError, match=words):
            other.research.refresh_collection(tmp_path / "out")
        with pytest.raises(InvalidRequest, match=r"resume.*ask the same TikTok"):
            other.research.all_videos(**AMY, **span, resume=walk.place)


@pytest.mark.parametrize("format_", ["parquet", "csv", "jsonl"])
def test_formats_hold_the_same(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path, format_: str
) -> None:
    from stagedoor.client.collecting import export
    from stagedoor.client.collecting.job import RowKind
    from stagedoor.client.collecting.journal import Journal

    one: dict[str, Any] = {"query": Where.username.eq("maracooks")} | days(emulator, 90)
    also = ("comments", "users", "followers")
    for title in ("=SUM(1)", "'=SUM(1)", "@amy  -1"):
        emulator.control("POST", "videos", {"creator": "maracooks", "title": title, "age": DAY})
    emulator.clock.freeze()
    tiktok.research.collect(tmp_path / "lines", **one, format="jsonl", also=also)
    tiktok.research.collect(tmp_path / "other", **one, format=format_, also=also)
    journal = Journal(tmp_path / "other", None, emulator.clock.now())
    for kind in RowKind:
        found = [
            row
            for file in journal.files()
            if file.kind is kind
            for row in export.read(journal.folder, journal.job, file)
        ]
        lines = rows(tmp_path / "lines", kind)
        assert found, kind
        key = {"users": "username", "followers": "username"}.get(kind, "id")
        plain = [{k: v for k, v in row.items() if v not in ("", [], None)} for row in lines]
        kept = [{k: v for k, v in row.items() if v not in ("", [], None)} for row in found]
        assert sorted(kept, key=lambda r: r[key]) == sorted(plain, key=lambda r: r[key])
    journal.close()
    if format_ == "csv":
        files = (tmp_path / "other" / "videos").iterdir()
        table = [line for file in files for line in csv.reader(io.StringIO(file.read_text()))]
        texts = [cell for line in table for cell in line]
        assert "'=SUM(1)" in texts, "no cell is a formula"
        assert not [text for text in texts if text.startswith(("=", "@"))]


def test_comments_users_and_followers_are_those_that_tiktok_shows(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    made = tiktok.research.collect(
        tmp_path,
        query=EVERY,
        **days(emulator, 20),
        also=["comments", "users", "followers"],
        format="jsonl",
    )
    videos = rows(tmp_path)
    comments = rows(tmp_path, "comments")
    for video in videos[::40]:
        expected = {one.id for one in tiktok.research.all_comments(video_id=video["id"])}
        assert {one["id"] for one in comments if one["video_id"] == video["id"]} == expected
    users = [row["username"] for row in rows(tmp_path, "users")]
    assert len(users) == len(set(users))
    assert set(users) == {video["username"] for video in videos}
    for name in users[:3]:
        found = {one["username"] for one in rows(tmp_path, "followers") if one["followed"] == name}
        assert found == {one.username for one in tiktok.research.all_followers(name)}
    assert made.counts["comments"] == len({row["id"] for row in comments})
    assert set(made.requests) == {"general", "followers_following"}


def test_a_quota_ends_a_run_and_the_next_day_goes_on_where_it_stopped(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 45)
    expected = truth(emulator, **span)
    used = {"requests": GENERAL.requests - 5, "records": 0}
    emulator.control("PUT", f"apps/{KEY}/quotas/general", used)
    first = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl")
    assert not first.finished
    assert asked(emulator) == 6, "five pages, and the refusal"
    assert 250 <= first.counts["videos"] <= 500
    assert first.resumes_at is not None
    assert 0 < first.resumes_at - emulator.clock.now() <= DAY
    early = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl")
    assert (early.finished, early.counts) == (False, first.counts)
    emulator.clock.advance(seconds=first.resumes_at - emulator.clock.now() + 1)
    second = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl")
    assert second.finished
    assert sorted(ids(tmp_path)) == expected
    assert second.requests["general"] <= len(expected) / 100 + 4


def test_a_share_of_the_quota_is_kept_to(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 45)
    expected, day = truth(emulator, **span), 1
    while not tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl", quota=4).finished:
        assert asked(emulator) == 4 * day
        emulator.clock.advance(days=1)
        day += 1
    assert day > 1
    assert sorted(ids(tmp_path)) == expected


def test_waiting_for_the_quota_is_a_sleep(
    emulator: TikTokEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = days(emulator, 20)
    expected, slept = truth(emulator, **span), []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        emulator.clock.advance(seconds=seconds)

    monkeypatch.setattr("time.sleep", sleep)
    with client(emulator) as tiktok:
        made = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl", quota=2, wait=True)
    assert made.finished
    assert sorted(ids(tmp_path)) == expected
    assert max(slept) <= 900


def test_a_lost_search_is_begun_anew_where_it_stopped(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "PATIENCE", 0.0)
    monkeypatch.setattr(flow, "FIRST_DAYS", 30)
    span = days(emulator, 29)
    expected = truth(emulator, **span)
    while not (
        made := tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl", quota=2)
    ).finished:
        emulator.clock.advance(days=1)  # search ids live an hour
    assert sorted(ids(tmp_path)) == expected
    lost = [one for one in emulator.requests if one.code == "invalid_params"]
    assert len(lost) >= 2
    assert made.requests["general"] <= len(expected) / 100 + 2 + 2 * len(lost)


def test_a_search_that_is_too_wide_is_narrowed(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 20)
    emulator.faults.add("research.video_query", "gateway", status=504, times=8)
    made = tiktok.research.collect(tmp_path / "a", **AMY, **span, format="jsonl")
    assert made.finished
    assert sorted(ids(tmp_path / "a")) == truth(emulator, **span)
    emulator.faults.add("research.video_query", "status", times=None)
    with pytest.raises(ServerError):
        tiktok.research.collect(tmp_path / "b", **AMY, **span, format="jsonl")
    emulator.faults.clear()
    assert tiktok.research.collect(tmp_path / "b", **AMY, **span, format="jsonl").finished
    assert sorted(ids(tmp_path / "b")) == truth(emulator, **span)


def test_the_newest_days_are_incomplete_until_they_are_refreshed(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 10)
    made = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl")
    assert made.incomplete_from == span["end_date"] - timedelta(days=2)
    emulator.control("POST", "videos", {"creator": "amy.bakes", "title": "Late", "age": 3_600})
    emulator.clock.advance(days=3)
    gone = truth(emulator, **span)[0]
    emulator.control("POST", f"phone/amy.bakes/videos/{gone}/delete", {})
    done = tiktok.research.refresh_collection(tmp_path)
    assert (done.dropped["videos"], done.read_again) == (1, 1)
    assert sorted(ids(tmp_path)) == sorted(set(truth(emulator, **span)) - {gone})
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["incomplete_from"] is None
    assert manifest["counts"]["videos"] == len(ids(tmp_path))
    assert tiktok.research.refresh_collection(tmp_path).dropped["videos"] == 0


def test_comments_of_deleted_videos_are_dropped(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 60)
    cook: dict[str, Any] = {"query": Where.username.eq("maracooks")} | span
    tiktok.research.collect(tmp_path, **cook, format="parquet", also=["comments"])
    before = json.loads((tmp_path / "manifest.json").read_text())["counts"]
    *_, video = (one.id for one in tiktok.research.all_videos(**cook) if one.comment_count)
    mine = len(list(tiktok.research.all_comments(video_id=str(video))))
    emulator.control("POST", f"phone/maracooks/videos/{video}/delete", {})
    emulator.clock.advance(days=3)
    done = tiktok.research.refresh_collection(tmp_path)
    assert done.dropped == {"videos": 1, "comments": mine}
    after = json.loads((tmp_path / "manifest.json").read_text())["counts"]
    assert after == {"videos": before["videos"] - 1, "comments": before["comments"] - mine}


def test_a_plan_is_near_what_a_collection_costs(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 45)
    plan = tiktok.research.collection_plan(**AMY, **span)
    made = tiktok.research.collect(tmp_path, **AMY, **span, format="jsonl")
    assert plan.spent <= 8
    assert plan.rows["videos"] == pytest.approx(made.counts["videos"], rel=0.25)
    assert plan.requests["general"] == pytest.approx(made.requests["general"], rel=0.5)
    assert plan.days == 1
    assert tiktok.research.collection_plan(**AMY, **span, quota=3).days >= 3


KILLED = """
import os, signal, sys
from datetime import date
from stagedoor import Hosts, TikTok, Where
from stagedoor.client.collecting import export, journal
url, folder, first, last, after = sys.argv[1:]
left = int(after)
def dying(kept):
    def call(*args, **values):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        result = kept(*args, **values)
        return result
    return call
for owner, name in ((journal.Journal, "keep_page"), (journal.Journal, "keep_task"),
                    (journal.Journal, "keep_files"), (export, "settle"), (export, "write")):
    setattr(owner, name, dying(getattr(owner, name)))
with TikTok("emulator-client-key", "emulator-client-secret", hosts=Hosts.at(url)) as tiktok:
    tiktok.research.collect(folder, query=Where.username.eq("amy.bakes"), start_date=first,
        end_date=last, format="jsonl", also=["users"])
print("finished")
"""


def test_a_collector_that_is_killed_anywhere_loses_and_doubles_nothing(
    tiktok_emulator_server: TikTokEmulator, tmp_path: Path
) -> None:
    emulator = tiktok_emulator_server
    emulator.settings(research_delay_seconds=0)
    emulator.creators.add("amy.bakes", videos=420)
    span = days(emulator, 20)
    expected = truth(emulator, **span)
    first, last = (f"{day:%Y%m%d}" for day in span.values())
    for after in (1, 2, 3, 4, 2, 3, 5, 100):
        args = [sys.executable, "-c", KILLED, emulator.url, tmp_path / "out", first, last, after]
        done = subprocess.run(
            list(map(str, args)), capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        if done.returncode == 0:
            break
    assert "finished" in done.stdout
    assert sorted(ids(tmp_path / "out")) == expected
    assert [row["username"] for row in rows(tmp_path / "out", "users")] == ["amy.bakes"]


def test_wrong_folders_are_told_and_stay_as_they_are(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    span = days(emulator, 5)
    out = tmp_path / "out"
    tiktok.research.collect(out, **AMY, **span, format="parquet")

    def refused(words: str, folder: Path = out, **changed: Any) -> None:
        before = contents(folder)
        values = {**AMY, **span, "format": "parquet"} | changed
        with pytest.raises(CollectionError, match=words):
            tiktok.research.collect(folder, **values)
        assert contents(folder) == before

    refused(r"another collection \(it differs in query\)", query=EVERY)
    refused("it differs in start", start_date=span["start_date"] - timedelta(days=1))
    refused("it differs in format", format="csv")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.docx").write_bytes(b"mine")
    refused("isn't empty and holds no collection", foreign)
    part = next((out / "videos").glob("*.parquet"))
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    refused(r"it is cut off or\s+was changed")
    part.unlink()
    refused("is missing")
    part.write_bytes(whole)
    assert tiktok.research.collect(out, **AMY, **span, format="parquet").finished
    early = client(emulator, now=lambda: 1_700_000_000.0)
    with early, pytest.raises(CollectionError, match="the clock is behind"):
        early.research.collect(out, **AMY, **span, format="parquet")
    with pytest.raises(CollectionError, match="holds no collection"):
        tiktok.research.refresh_collection(tmp_path)
    with pytest.raises(InvalidRequest, match="also 'likes' is none of comments, users"):
        tiktok.research.collect(tmp_path / "new", **AMY, **span, also=["likes"])
    with pytest.raises(InvalidRequest, match="format should be one of parquet, csv, jsonl"):
        tiktok.research.collect(tmp_path / "new", **AMY, **span, format="xls")
    assert not (tmp_path / "new").exists()


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, apart from the journal's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("collection.sqlite", ".lock"))
    }


def test_a_second_collector_is_kept_out(
    emulator: TikTokEmulator, tiktok: TikTok, tmp_path: Path
) -> None:
    seen: list[str] = []

    def second(_: object) -> None:
        with client(emulator) as other, pytest.raises(CollectionError) as refused:
            other.research.collect(tmp_path, **AMY, **days(emulator, 5), format="jsonl")
        seen.append(str(refused.value))

    tiktok.research.collect(
        tmp_path, **AMY, **days(emulator, 5), format="jsonl", on_progress=second
    )
    assert seen
    assert all("another process collects into" in words for words in seen)
