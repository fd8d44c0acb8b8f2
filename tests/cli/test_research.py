"""`stagedoor research query`: conditions from options; a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from stagedoor.cli.research_client import POOLS
from stagedoor.platform import catalogue
from stagedoor.platform.products.research import GENERAL
from stagedoor.testing import TikTokEmulator

from .conftest import APP, Shell, control

QUERY = "research", "query"
ANY = "--where", "view_count>=0"


def test_each_operation_with_a_quota_is_counted() -> None:
    declared = catalogue.operations().values()
    assert {one.id: one.quota.pool for one in declared if one.quota is not None} == POOLS
    assert len(POOLS) > 5


def test_people_see_when_who_what_and_how_it_goes(shell: Shell, tiktok: TikTokEmulator) -> None:
    done = shell.run(*QUERY, "--where", "username=maracooks", "--limit", "3")
    assert done.code == 0
    assert done.out.splitlines()[0].strip() == "3 videos"
    assert len(re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d  @maracooks \(DE\)", done.out, re.M)) == 3
    assert len(re.findall(r"\d{19}  [\d,]+ views, [\d,]+ likes, [\d,]+ comments", done.out)) == 3
    assert re.fullmatch(r"(At least )?\d+ more videos aren.t shown: --all shows all.*\n", done.err)


def test_programs_get_one_document_with_ids_as_text(shell: Shell, tiktok: TikTokEmulator) -> None:
    videos = shell.run(*QUERY, *ANY, "--json", "--fields", "id, region_code").json
    assert len(videos) == 20
    assert all(set(video) == {"id", "region_code"} for video in videos)
    assert all(re.fullmatch(r"\d{19}", video["id"]) for video in videos)


def test_all_options_decide_together(shell: Shell, tiktok: TikTokEmulator) -> None:
    asked = ("--all", "--json", "--fields", "id,username,view_count,hashtag_names")
    every = shell.run(*QUERY, *ANY, *asked).json
    found = shell.run(
        *QUERY,
        *("--where", "region_code=DE,IT", "--where", "view_count>1000"),
        *("--any", "username=maracooks", "--any", "hashtag_name=climb"),
        *("--not", "hashtag_name=baking"),
        *asked,
    ).json

    def fits(video: dict[str, object]) -> bool:
        tags = video.get("hashtag_names", [])
        assert isinstance(tags, list)
        views = video["view_count"]
        assert isinstance(views, int)
        either = video["username"] == "maracooks" or "climb" in tags
        return views > 1000 and either and "baking" not in tags

    assert found == [video for video in every if fits(video)]
    assert 0 < len(found) < len(every)


def test_a_long_range_is_walked_through(shell: Shell, tiktok: TikTokEmulator) -> None:
    asked = ("--from", "2026-01-01", "--all", "--json", "--fields", "id")
    many = shell.run(*QUERY, *ANY, *asked).json
    month = shell.run(*QUERY, *ANY, "--all", "--json", "--fields", "id").json
    assert len({video["id"] for video in many}) == len(many) > len(month) > 0


def test_csv_has_a_line_of_names_and_a_line_a_video(shell: Shell, tiktok: TikTokEmulator) -> None:
    fields = "id,video_description,hashtag_names,voice_to_text"
    done = shell.run(*QUERY, *ANY, "--csv", "--limit", "5", "--fields", fields)
    names, *rows = csv.reader(io.StringIO(done.out))
    assert names == fields.split(",")
    assert len(rows) == 5
    assert all(re.fullmatch(r"\d{19}", row[0]) and row[1] for row in rows)
    assert any(row[2].startswith('["') for row in rows)


def test_what_steers_a_terminal_is_shown_as_text(shell: Shell, tiktok: TikTokEmulator) -> None:
    control(tiktok, "PATCH", "settings", {"null_names": True})
    order = {"creator": "maracooks", "age": 200_000, "title": "[red]\x1b[31m TITLE [/]"}
    control(tiktok, "POST", "videos", order)
    done = shell.run(*QUERY, "--where", "keyword=TITLE")
    assert "@maracooks (DE) [red]<U+001B>[31m TITLE [/]" in done.out
    assert "\x1b" not in done.out
    assert "\0" not in done.out


def test_nothing_found_is_no_error(shell: Shell, tiktok: TikTokEmulator) -> None:
    nothing = ("--where", "keyword=nobody said this")
    assert shell.run(*QUERY, *nothing).out == "No public video fits.\n"


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--where", "caption=x"), 2, "there is no field 'caption'"),
        (("--where", "keyword"), 2, "'keyword' is not written field=value"),
        (("--where", "region_code=XX"), 2, "'region_code=XX': is no region that TikTok lists"),
        (("--any", "keyword>5"), 2, "'keyword>5': keyword takes = and no >"),
        ((*ANY, "--from", "soon"), 2, "'soon' is no day such as 2026-08-30"),
        ((*ANY, "--fields", "id,caption"), 1, "has no field 'caption'"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_is_sent(
    shell: Shell, tiktok: TikTokEmulator, options: tuple[str, ...], code: int, said: str
) -> None:
    done = shell.run(*QUERY, *options)
    assert (done.code, done.out) == (code, "")
    assert said in done.words
    assert control(tiktok, "GET", "requests")["requests"] == []


def test_a_used_up_quota_says_when_it_starts_anew(shell: Shell, tiktok: TikTokEmulator) -> None:
    used = {"requests": GENERAL.requests}
    control(tiktok, "PUT", f"apps/{APP}/quotas/general", used)
    done = shell.run(*QUERY, *ANY)
    assert done.code == 1
    assert "daily_quota_limit_exceeded" in done.err
    assert "00:00 UTC" in done.words


def test_an_app_without_approval_is_told_so(shell: Shell, tiktok: TikTokEmulator) -> None:
    done = shell.run(
        *QUERY,
        *ANY,
        TIKTOK_CLIENT_KEY="emulator-unaudited-key",
        TIKTOK_CLIENT_SECRET="emulator-client-secret",
    )
    assert done.code == 1
    assert "scope_not_authorized" in done.err


def test_a_cut_list_says_how_many_more_there_are_and_how_to_get_them(
    shell: Shell, tiktok: TikTokEmulator
) -> None:
    """In every form; standard output holds data alone."""
    every = shell.run(*QUERY, *ANY, "--json", "--all", "--fields", "id").json
    more = len(every) - 20
    assert 0 < more < 80, "one page, so the number is exact"
    for form in ((), ("--csv",), ("--json",)):
        cut = shell.run(*QUERY, *ANY, *form)
        assert cut.err.startswith(f"{more} more videos aren't shown: --all shows all"), form
        assert "more videos" not in cut.out
        assert shell.run(*QUERY, *ANY, *form, "--all").err == ""
    asked = [r for r in control(tiktok, "GET", "requests")["requests"] if "query" in r["path"]]
    assert len(asked) == 7, "counting costs no request of the day's"


def test_a_csv_without_rows_says_so_beside_the_data(shell: Shell, tiktok: TikTokEmulator) -> None:
    done = shell.run(*QUERY, "--where", "keyword=nobody said this", "--csv", "--fields", "id")
    assert (done.out, done.err) == ("id\n", "No public video fits.\n")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_a_console_that_lacks_characters_gets_every_row(
    shell: Shell, tiktok: TikTokEmulator, encoding: str
) -> None:
    for number in range(3):
        order = {
            "creator": "maracooks",
            "age": 200_000 + number,
            "title": "SNOW \u65e5\u672c \U0001f3ac \u2028",
        }
        control(tiktok, "POST", "videos", order)
    asked = (*QUERY, "--where", "keyword=SNOW", "--fields", "id,video_description")
    for form in ((), ("--csv",), ("--json",)):
        done = shell.raw(*asked, *form, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")
        text = done.stdout.decode(encoding)
        assert text.count("SNOW") == 3
        if form == ("--json",):
            wanted = "SNOW \u65e5\u672c \U0001f3ac \u2028"
            assert [v["video_description"] for v in json.loads(text)] == [wanted] * 3


def test_a_file_is_utf_8_whatever_the_console_is(shell: Shell, tiktok: TikTokEmulator) -> None:
    order = {"creator": "maracooks", "age": 200_000, "title": "SNOW \u65e5\u672c"}
    control(tiktok, "POST", "videos", order)
    asked = (*QUERY, "--where", "keyword=SNOW", "--fields", "video_description", "--csv")
    shell.raw(*asked, into="found.csv", PYTHONIOENCODING="cp1252")
    found = (shell.folder / "found.csv").read_bytes()
    assert found.decode() == "video_description\nSNOW \u65e5\u672c\n"


def test_no_cell_of_a_csv_becomes_a_formula(shell: Shell, tiktok: TikTokEmulator) -> None:
    titles = ["=SNOW()", "+SNOW", "-SNOW", "@SNOW", " =SNOW", "\tSNOW", "\rSNOW", "a\rSNOW", "SNOW"]
    for number, title in enumerate(titles):
        order = {"creator": "maracooks", "age": 200_000 + number, "title": title}
        control(tiktok, "POST", "videos", order)
    asked = ("--where", "keyword=SNOW", "--csv", "--fields", "video_description,view_count")
    done = shell.raw(*QUERY, *asked)
    _, *rows = csv.reader(io.StringIO(done.stdout.decode(), newline=""))
    found = {row[0] for row in rows}
    assert found == {f"'{one}" for one in titles[:-2]} | {"a\rSNOW", "SNOW"}
    assert all(row[1].isdigit() for row in rows), "numbers stay numbers"
    (kept,) = [
        v
        for v in shell.run(*QUERY, *asked[:2], "--json").json
        if v["id"] and "=SNOW()" in v["video_description"]
    ]
    assert kept["video_description"] == "=SNOW()", "JSON is exact"
