"""`stagedoor videos`: a list for people, one JSON document for programs."""

from __future__ import annotations

import re

import httpx2

from stagedoor.testing import TikTokEmulator

from .conftest import Connect, Shell, control


def test_people_see_when_what_and_where(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected()
    done = shell.run("videos", "--limit", "3")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].strip() == "@maracooks: public videos"
    assert len(re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d  \S", done.out, re.MULTILINE)) == 3
    assert len(re.findall(r"[\d,]+ views, [\d,]+ likes, [\d,]+ comments", done.out)) == 3
    links = re.findall(rf"{tiktok.url}/@maracooks/video/\d{{19}}", done.out)
    assert len(links) == 3
    assert all(httpx2.get(link, trust_env=False).status_code == 200 for link in links)
    assert "utm_" not in done.out
    assert done.err == "21 more videos aren't shown: --limit N shows more than 3.\n"


def test_programs_get_one_document_with_ids_as_text(shell: Shell, connected: Connect) -> None:
    connected()
    videos = shell.run("videos", "--json").json
    assert len(videos) == 20
    assert all(re.fullmatch(r"\d{19}", video["id"]) for video in videos)
    assert all(video["share_url"].startswith("https://www.tiktok.com/@") for video in videos)
    moments = [video["create_time"] for video in videos]
    assert moments == sorted(moments, reverse=True)


def test_more_than_a_page_is_walked_through(shell: Shell, connected: Connect) -> None:
    connected("ridewithrio")
    videos = shell.run("videos", "--json", "--limit", "100").json
    assert len({video["id"] for video in videos}) == 40


def test_a_caption_with_brackets_is_shown_as_it_is(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    (creator,) = (c for c in tiktok.world.all.creators.values() if c.username == "maracooks")
    newest = max(
        (v for v in tiktok.world.all.videos.values() if v.creator_id == creator.id),
        key=lambda video: video.created,
    )
    newest.title = "[red]not a colour[/] [/oops]"
    connected()
    assert "[red]not a colour[/] [/oops]" in shell.run("videos", "--limit", "1").out


def test_a_creator_without_videos_is_no_error(shell: Shell, connected: Connect) -> None:
    connected("lu_starts_today")
    assert shell.run("videos").out == "@lu_starts_today has no public videos.\n"
    assert shell.run("videos", "--json").json == []


def test_no_account_says_how_to_connect_one(shell: Shell, tiktok: TikTokEmulator) -> None:
    done = shell.run("videos")
    assert done.code == 1
    assert done.err == "Error: no account is connected: run 'stagedoor connect' first\n"


def test_a_limit_that_is_none_is_refused(shell: Shell) -> None:
    done = shell.run("videos", "--limit", "0")
    assert done.code == 2
    assert "0 must be at least 1" in done.err


def test_consent_that_was_taken_back_says_how_to_connect_again(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected()
    control(tiktok, "POST", "reset")
    done = shell.run("videos")
    assert done.code == 1
    assert "invalid_grant" in done.err
    assert done.err.endswith("\n'stagedoor connect' connects the account again.\n")


def test_a_single_thing_is_counted_in_the_singular(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    (creator,) = (c for c in tiktok.world.all.creators.values() if c.username == "maracooks")
    newest = max(
        (v for v in tiktok.world.all.videos.values() if v.creator_id == creator.id),
        key=lambda video: video.created,
    )
    newest.views, newest.likes, newest.comments, newest.shares = 1, 1, 1, 0
    connected()
    out = shell.run("videos", "--limit", "1").out
    assert re.search(r"1 view, 1 like, 1 comment\s*$", out, re.MULTILINE)
    assert shell.run("videos", "--limit", "23").err == (
        "1 more video isn't shown: --limit N shows more than 23.\n"
    )
