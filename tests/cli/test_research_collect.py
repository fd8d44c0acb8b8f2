"""`stagedoor research collect`, `refresh`, `chart`, and the lists beside them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stagedoor.testing import TikTokEmulator

from .conftest import Shell, control

COOK = ("--where", "username=maracooks")


@pytest.fixture
def span(tiktok: TikTokEmulator) -> tuple[str, ...]:
    control(tiktok, "POST", "videos/batch", {"creator": "maracooks", "count": 240, "days": 40})
    today = datetime.fromtimestamp(tiktok.clock.now(), UTC)
    start, end = (f"{today - timedelta(days=ago):%Y%m%d}" for ago in (30, 0))
    return "--start", start, "--end", end


def test_a_collection_is_planned_collected_refreshed_and_drawn(
    shell: Shell, tiktok: TikTokEmulator, span: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("research", "collect", str(out), *span, *COOK)
    plan = shell.run(*asked, "--plan")
    assert "videos." in plan.out
    assert "on 1 day" in plan.out
    assert not out.exists()
    first = shell.run(*asked, "--quota", "1", "--json").json
    assert first["finished"] is False
    assert first["quota"] == {"general": 1}
    paused = shell.run(*asked, "--quota", "1")
    assert paused.code == 0
    assert "The quota is used up. Run the same command again after" in paused.words
    other = tmp_path / "lines"
    asked = ("research", "collect", str(other), *span, *COOK, "--format", "jsonl")
    done = shell.run(*asked, "--with", "comments,users")
    assert done.code == 0
    assert done.words.startswith("Collected: ")
    assert "1 user, in " in done.words
    assert "are incomplete: TikTok takes up to 48 hours" in done.words
    manifest = json.loads((other / "manifest.json").read_text())
    lines = [one for file in (other / "videos").iterdir() for one in file.read_text().splitlines()]
    assert manifest["counts"]["videos"] == len(lines) >= 150
    moved = shell.run("research", "refresh", str(other), STAGEDOOR_TIKTOK_URL="http://127.0.0.1:2")
    assert moved.code == 1
    assert "set STAGEDOOR_TIKTOK_URL (Hosts, in a program) as it was" in moved.words
    later = f"{datetime.fromtimestamp(tiktok.clock.now(), UTC) + timedelta(days=9):%Y%m%d}"
    ahead = ("research", "collect", str(tmp_path / "ahead"), *span[:3], later, *COOK)
    told = shell.run(*ahead, "--format", "csv")
    assert told.words.startswith("So far: ")
    assert "aren't there yet: the same command reads them once they have begun" in told.words
    refreshed = shell.run("research", "refresh", str(other))
    assert "dropped 0 videos, 0 comments" in refreshed.words
    shown = shell.run("research", "chart", str(other))
    assert len(shown.out.splitlines()) >= 25
    picture = tmp_path / "chart.png"
    assert shell.run("research", "chart", str(other), "--picture", str(picture)).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    spent = {one["quota"]: one["requests"] for one in shell.run("research", "quota", "--json").json}
    counted = sum(one.operation == "research.video_query" for one in tiktok.requests)
    assert spent["general"] >= counted > 3


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "The command needs at least one of --where, --any and --not."),
        ((*COOK, "--with", "likes"), "--with 'likes' is none of comments, users, followers."),
        ((*COOK, "--format", "xls"), "'xls' is not one of 'parquet', 'csv', 'jsonl'"),
        ((*COOK, "--quota", "0"), "0 must be at least 1"),
    ],
)
def test_a_wrong_order_is_refused_in_words(
    shell: Shell, tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    days = ("--from", "2026-08-01", "--to", "2026-08-02")
    refused = shell.run("research", "collect", str(tmp_path / "out"), *days, *options)
    assert refused.code == 2
    assert words in refused.words
    assert not (tmp_path / "out").exists()


def test_days_have_two_pairs_of_names(shell: Shell, span: tuple[str, ...]) -> None:
    old = ("--from", span[1], "--to", span[3])
    listed = [
        shell.run("research", "query", *COOK, "--all", "--json", "--fields", "id", *names).json
        for names in (span, old)
    ]
    assert listed[0] == listed[1]
    assert len(listed[0]) > 100
    missing = shell.run("research", "collect", "out", "--start", span[1], *COOK)
    assert "--end" in missing.words
    wrong = shell.run("research", "query", *COOK, "--start", span[3], "--end", span[1])
    assert "--start is after --end" in wrong.words


def test_comments_accounts_and_followers_are_listed(shell: Shell, tiktok: TikTokEmulator) -> None:
    videos = shell.run("research", "query", *COOK, "--json", "--all").json
    busy = max(videos, key=lambda one: one["comment_count"])
    comments = shell.run("research", "comments", busy["id"], "--json", "--all").json
    assert comments
    assert {one["video_id"] for one in comments} == {busy["id"]}
    table = shell.run("research", "comments", busy["id"], "--csv", "--limit", "1").out
    (row,) = csv.DictReader(io.StringIO(table))
    posted = datetime.fromisoformat(row["create_time"])
    assert (row["id"], posted.timestamp()) == (comments[0]["id"], comments[0]["create_time"])
    rows = list(
        csv.DictReader(io.StringIO(shell.run("research", "user", "@maracooks", "--csv").out))
    )
    assert rows[0]["username"] == "maracooks"
    assert int(rows[0]["follower_count"]) > 0
    people = shell.run("research", "followers", "maracooks", "--json").json
    assert people
    assert set(people[0]) == {"username", "display_name"}
    unknown = shell.run("research", "user", "nobody.at.all")
    assert unknown.code == 1
    assert "cannot find the user" in unknown.words
    some = shell.run("research", "user", "nobody.at.all", "@maracooks", "nor.me", "--csv")
    assert some.code == 1
    assert [row["username"] for row in csv.DictReader(io.StringIO(some.out))] == ["maracooks"]
    assert some.err.splitlines()[-1] == "2 of 3 accounts left out: nobody.at.all, nor.me."
    both = shell.run("research", "comments", busy["id"], "--json", "--csv")
    assert "--json and --csv exclude each other" in both.words
