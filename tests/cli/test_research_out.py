"""`stagedoor research ... --out FILE --resume`: files that are filled over several runs."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from stagedoor.client.collecting import formats
from stagedoor.platform.products.research import GENERAL, VIDEO_FIELDS, Video
from stagedoor.testing import TikTokEmulator

from .conftest import APP, Shell, control

ALL = ("research", "query", "--where", "view_count>=0")
DAY = 86_400


@pytest.fixture
def many(shell: Shell, tiktok: TikTokEmulator) -> Callable[..., list[dict[str, Any]]]:
    """A world with some pages of videos, whose clock the commands follow; gives what is there."""
    shell.env["STAGEDOOR_CLOCK"] = f"{tiktok.url}/_emulator/clock"
    if tiktok.clock.now() % DAY > DAY - 600:  # the quota would begin anew in the middle
        tiktok.clock.advance(seconds=600)
    control(tiktok, "PATCH", "settings", {"research_delay_seconds": 0})
    order = {"creator": "maracooks", "count": 420, "days": 25}
    control(tiktok, "POST", "videos/batch", order)

    def found(*options: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = shell.run(*ALL, "--all", "--json", *options).json
        return listed

    return found


def leave(tiktok: TikTokEmulator, requests: int) -> None:
    """Let the app have so many requests today."""
    path = f"apps/{APP}/quotas/general"
    control(tiktok, "PUT", path, {"requests": GENERAL.requests - requests})


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_query_goes_on_the_day_after_its_quota_ended(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    """TikTok has forgotten the search by then; nothing is there twice, and nothing is missing."""
    every, out = many(), shell.folder / "found.parquet"
    leave(tiktok, 2)
    cut = shell.run(*ALL, "--out", out)
    assert cut.code == 1
    assert "200 videos so far. The same command with --resume goes on." in cut.words
    assert "daily_quota_limit_exceeded" in cut.err
    assert not out.exists()
    again = shell.run(*ALL, "--out", out, "--resume")
    assert (again.code, out.exists()) == (1, False), "the quota has not begun anew"
    tiktok.clock.advance(days=1)
    done = shell.run(*ALL, "--out", out, "--resume")
    assert done.out.startswith(f"Wrote {len(every)} videos to "), done.words
    table = formats.TableColumns.of(Video, VIDEO_FIELDS)
    rows = list(formats.read(out, formats.RowFormat.PARQUET, table))
    for name in ("id", "create_time", "hashtag_names", "video_duration"):
        assert [row.get(name) for row in rows] == [video.get(name) for video in every], name
    assert [path.name for path in shell.folder.iterdir()] == [out.name]
    repeated = shell.run(*ALL, "--out", out, "--resume")
    assert repeated.code == 1
    assert "it is complete, or another program's" in repeated.words


def test_a_query_goes_on_after_a_lost_connection_and_ctrl_c(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    every, out = [video["id"] for video in many("--fields", "id")], shell.folder / "found.jsonl"
    asked = (*ALL, "--fields", "username", "--out", out)
    fault = {"operation": "research.video_query", "kind": "cut", "skip": 1, "times": 9}
    control(tiktok, "POST", "faults", fault)
    cut = shell.run(*asked)
    assert cut.code == 1
    assert "100 videos so far" in cut.words
    control(tiktok, "DELETE", "faults")
    slow = {"operation": "research.video_query", "kind": "slow", "skip": 1, "seconds": 20}
    control(tiktok, "POST", "faults", slow)
    with shell.started(*asked, "--resume") as running:
        end = time.monotonic() + 40
        while kept(out) < 200 and time.monotonic() < end:
            time.sleep(0.05)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 130
    assert "200 videos so far. The same command with --resume goes on." in " ".join(running.lines)
    control(tiktok, "DELETE", "faults")
    before = len(asked_for(tiktok))
    assert shell.run(*asked, "--resume").code == 0
    assert [row["id"] for row in lines(out)] == every
    assert set(lines(out)[0]) == {"id", "create_time", "username"}
    assert len(asked_for(tiktok)) - before == -(-len(every) // 100) - 2, "no page is read again"


def asked_for(tiktok: TikTokEmulator) -> list[str]:
    return [one.operation for one in tiktok.requests if one.operation == "research.video_query"]


def kept(out: Path) -> int:
    """The rows that a command which is running has kept: a copy is read, since it is locked."""
    copy = out.with_suffix(".copy")
    try:
        shutil.copyfile(f"{out}.part", copy)
        with closing(sqlite3.connect(copy)) as db:
            (number,) = db.execute("select count(*) from rows").fetchone()
        return int(number)
    except (OSError, sqlite3.Error):
        return 0
    finally:
        copy.unlink(missing_ok=True)


def test_files_of_others_and_damaged_ones_are_told_and_left(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    out = shell.folder / "found.jsonl"
    part = out.with_name("found.jsonl.part")
    leave(tiktok, 2)
    assert shell.run(*ALL, "--out", out).code == 1
    good = part.read_bytes()
    wrong: list[tuple[tuple[str, ...], str]] = [
        ((*ALL,), "is of a command that was stopped: go on with it by --resume"),
        ((*ALL[:3], "view_count>=1", "--resume"), "of another command (it differs in query)"),
        ((*ALL, "--fields", "id", "--resume"), "of another command (it differs in fields)"),
        ((*ALL, "--start", "20260101", "--resume"), "of another command (it differs in start)"),
        (("research", "followers", "maracooks", "--resume"), "(it differs in command, username)"),
    ]
    for asked, told in wrong:
        refused = shell.run(*asked, "--out", out)
        assert refused.code == 1, asked
        assert told in refused.words
        assert part.read_bytes() == good
    moved = shell.run(*ALL, "--out", out, "--resume", STAGEDOOR_TIKTOK_URL="http://127.0.0.1:2")
    assert (moved.code, "http://127.0.0.1:2 is asked now: set" in moved.words) == (1, True)
    assert part.read_bytes() == good
    damages = {
        "half": good[: len(good) // 2],
        "text": b"id,username\n1,mara\n" * 9,
        "overwritten": good[:4096] + b"\0" * (len(good) - 4096),
    }
    for name, content in damages.items():
        part.write_bytes(content)
        refused = shell.run(*ALL, "--out", out, "--resume")
        assert refused.code == 1, name
        assert "Nothing was changed" in refused.words, name
        assert part.read_bytes() == content
    part.write_bytes(good)
    out.write_text("mine\n")
    for options in ((), ("--resume",)):
        refused = shell.run(*ALL, "--out", out, *options)
        assert refused.code == 1
        assert (out.read_text(), part.read_bytes()) == ("mine\n", good)


def test_a_file_has_one_command_at_a_time_and_its_folder_exists(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    out = shell.folder / "found.jsonl"
    leave(tiktok, 2)
    assert shell.run(*ALL, "--out", out).code == 1
    other = sqlite3.connect(f"{out}.part", isolation_level=None)
    other.execute("begin exclusive")
    busy = shell.run(*ALL, "--out", out, "--resume")
    other.close()
    assert "another process writes to it: wait for it" in busy.words
    nowhere = shell.run(*ALL, "--out", shell.folder / "none" / "found.csv")
    assert "none is no folder" in nowhere.words


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--out", "found.xls"), "'found.xls' ends with none of .parquet, .csv, .jsonl"),
        (("--resume",), "--resume goes on with a file: name it with --out."),
        (("--out", "found.csv", "--json"), "--json and --out exclude each other."),
        (("--out", "found.csv", "--fields", "caption"), "has no field 'caption'"),
    ],
)
def test_a_wrong_order_leaves_nothing(
    shell: Shell, tiktok: TikTokEmulator, options: tuple[str, ...], told: str
) -> None:
    refused = shell.run(*ALL, *options)
    assert refused.code in (1, 2)
    assert told in refused.words
    assert list(shell.folder.iterdir()) == []


def test_comments_people_and_accounts_go_into_files_too(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    busy = max(many(), key=lambda one: one["comment_count"])["id"]
    comments = shell.run("research", "comments", busy, "--all", "--json").json
    assert shell.run("research", "comments", busy, "--out", "comments.jsonl").code == 0
    assert [one["id"] for one in lines(shell.folder / "comments.jsonl")] == [
        one["id"] for one in comments
    ]
    for command in (("followers",), ("followers", "--following")):
        asked = ("research", *command, "maracooks")
        people = shell.run(*asked, "--all", "--json").json
        name = f"people{len(command)}.csv"
        assert shell.run(*asked, "--out", name, "--limit", "3").code == 0
        with (shell.folder / name).open(newline="") as file:
            found = [row["username"] for row in csv.DictReader(file)]
        assert found == [one["username"] for one in people[:3]]
    leave(tiktok, 2)
    asked = ("research", "user", "@maracooks", "nobody.at.all", "ridewithrio")
    cut = shell.run(*asked, "--out", "users.jsonl")
    assert "1 account so far" in cut.words
    leave(tiktok, 9)
    done = shell.run(*asked, "--out", "users.jsonl", "--resume")
    assert "nobody.at.all is left out" in done.err
    assert done.code == 1
    assert [one["username"] for one in lines(shell.folder / "users.jsonl")] == [
        "maracooks",
        "ridewithrio",
    ]


def test_a_full_disk_is_told_and_the_rows_stay(
    shell: Shell, tiktok: TikTokEmulator, many: Callable[..., Any]
) -> None:
    every, out = many(), shell.folder / "found.jsonl"
    (shell.folder / "found.jsonl.new").mkdir()  # stands where the file is to be written
    full = shell.run(*ALL, "--out", out)
    assert full.code == 1
    assert "All rows are in" in full.words
    (shell.folder / "found.jsonl.new").rmdir()
    before = len(asked_for(tiktok))
    assert shell.run(*ALL, "--out", out, "--resume").code == 0
    assert len(lines(out)) == len(every)
    assert len(asked_for(tiktok)) == before, "nothing is asked for again"
