"""`stagedoor post`: to the profile, to the inbox, and every way in which it can go wrong."""

from __future__ import annotations

import re
import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stagedoor.testing import TikTokEmulator
from tests.support import media
from tests.support.site import Site, running_site

from .conftest import Connect, Done, Shell, control

PUBLIC = ("--privacy", "public_to_everyone")


@pytest.fixture
def site() -> Iterator[Site]:
    """Where TikTok finds the photos."""
    with running_site() as found:
        found.pages = {f"/{n}.jpg": media.photo() for n in (1, 2)} | {"/film.mp4": media.video()}
        yield found


def published(tiktok: TikTokEmulator, done: Done) -> dict[str, object]:
    """The emulator's record of the post that `--json` named."""
    found: dict[str, object] = control(tiktok, "GET", f"publishes/{done.json['publish_id']}")
    return found


def test_a_video_is_published_and_its_address_told(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected()
    done = shell.run("post", film, *PUBLIC, "--title", "Opening night [bold] #stage")
    assert done.code == 0
    assert "Published for @maracooks: " in done.out
    assert "publish_id v_pub_file~" in done.out
    assert done.err == "", "progress is for terminals"
    (newest,) = shell.run("videos", "--limit", "1", "--json").json
    assert newest["title"] == "Opening night [bold] #stage"


def test_as_json_it_is_one_document(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, film: Path
) -> None:
    connected()
    done = shell.run(
        "post", film, "--json", "--privacy", "SELF_ONLY", "--no-comments", "--ai-generated"
    )
    assert done.code == 0
    assert set(done.json) == {"publish_id", "status", "post_ids", "url"}
    assert done.json["status"] == "PUBLISH_COMPLETE"
    assert (done.json["post_ids"], done.json["url"]) == ([], None), "it isn't public"
    kept = str(published(tiktok, done))
    assert "SELF_ONLY" in kept


def test_what_is_not_public_has_no_link_and_that_is_said(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected()
    done = shell.run("post", film, "--privacy", "self_only")
    assert done.code == 0
    assert "it isn't public, or TikTok still reviews it: no link yet" in done.out


def test_a_draft_waits_in_the_creators_inbox(shell: Shell, connected: Connect, film: Path) -> None:
    connected()
    done = shell.run("post", film, "--draft")
    assert done.code == 0
    assert "The draft is in @maracooks's TikTok inbox" in done.out
    assert "when the creator finishes it in the app" in done.out


def test_photos_are_downloaded_by_tiktok(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, site: Site
) -> None:
    connected()
    control(tiktok, "PUT", "hosts", {"photos.example.com": site.url})
    urls = [f"https://photos.example.com/{number}.jpg" for number in (1, 2)]
    done = shell.run("post", "--photo", urls[0], "--photo", urls[1], *PUBLIC, "--title", "Two")
    assert done.code == 0
    assert "Published for @maracooks" in done.out
    assert {got.target for got in site.got} == {"/1.jpg", "/2.jpg"}


def test_photos_can_be_left_as_a_draft_with_their_texts(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, site: Site
) -> None:
    connected()
    control(tiktok, "PUT", "hosts", {"photos.example.com": site.url})
    photo = "https://photos.example.com/1.jpg"
    done = shell.run("post", "--photo", photo, "--draft", "--title", "One", "--description", "D")
    assert done.code == 0
    assert "The draft is in @maracooks's TikTok inbox" in done.out


def test_a_video_at_an_address_is_downloaded_by_tiktok(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, site: Site
) -> None:
    connected()
    control(tiktok, "PUT", "hosts", {"media.example.com": site.url})
    done = shell.run("post", "--url", "https://media.example.com/film.mp4", *PUBLIC)
    assert done.code == 0
    assert "publish_id v_pub_url~" in done.out


def test_without_waiting_it_says_that_tiktok_goes_on(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected()
    done = shell.run("post", film, *PUBLIC, "--no-wait")
    assert done.code == 0
    assert "TikTok has it and goes on processing." in done.out


def test_without_a_privacy_the_creators_own_options_are_listed(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected("jonas.behind.doors")
    done = shell.run("post", film)
    assert done.code == 2
    assert (
        "Choose --privacy; @jonas.behind.doors offers: "
        "FOLLOWER_OF_CREATOR, MUTUAL_FOLLOW_FRIENDS, SELF_ONLY." in done.words
    )


def test_a_privacy_that_the_creator_does_not_offer_is_refused(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected("jonas.behind.doors")
    done = shell.run("post", film, *PUBLIC)
    assert done.code == 1
    assert "PUBLIC_TO_EVERYONE is not offered by @jonas.behind.doors" in done.err
    assert "Nothing was sent." in done.err


@pytest.mark.parametrize(
    "args", [[], ["a.mp4", "--url", "https://x.test/a.mp4"], ["a.mp4", "--photo", "https://x/1"]]
)
def test_there_has_to_be_one_thing_to_post(shell: Shell, args: list[str]) -> None:
    done = shell.run("post", *args)
    assert done.code == 2
    assert "The command needs exactly one of VIDEO, --url, --photo and --csv." in done.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a.mp4", "--draft", "--title", "T"], "--title can't be used here: the creator chooses"),
        (["a.mp4", "--draft", "--privacy", "self_only", "--no-duet"], "--privacy, --no-duet can't"),
        (["--photo", "https://x/1", "--draft", "--own-brand"], "--own-brand can't be used here"),
        (["--photo", "https://x/1", "--no-stitch"], "photos have no duets and no stitches"),
        (["a.mp4", "--description", "D"], "a video has one text: put it into --title"),
    ],
)
def test_what_tiktok_would_drop_is_refused_instead_of_lost(
    shell: Shell, args: list[str], said: str
) -> None:
    done = shell.run("post", *args)
    assert done.code == 2
    assert said in done.words


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.mp4", "No such file or directory"), (".", "Is a directory")],
)
def test_a_file_that_cannot_be_read_is_named(
    shell: Shell, connected: Connect, name: str, said: str
) -> None:
    connected()
    done = shell.run("post", name, *PUBLIC)
    assert done.code == 1
    assert f"Error: can't read {name}: {said}" in done.err


def test_what_is_no_video_is_refused_before_anything_is_sent(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected()
    (shell.folder / "letter.mp4").write_text("Dear reader, " * 1_000)
    done = shell.run("post", "letter.mp4", *PUBLIC)
    assert done.code == 1
    assert "letter.mp4: can't be read as a video" in done.err
    assert "Nothing was sent." in done.err
    seen = control(tiktok, "GET", "requests")["requests"]
    assert not [item for item in seen if "init" in item["path"]]


def test_an_empty_file_is_refused(shell: Shell, connected: Connect) -> None:
    connected()
    (shell.folder / "empty.mp4").write_bytes(b"")
    done = shell.run("post", "empty.mp4", *PUBLIC)
    assert done.code == 1
    assert "0 bytes" in done.err


def test_a_video_longer_than_the_creator_may_post_is_refused_with_both_lengths(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, film: Path
) -> None:
    control(tiktok, "POST", "creators", {"username": "brief", "max_video_seconds": 3})
    connected("brief")
    done = shell.run("post", film, *PUBLIC)
    assert done.code == 1
    assert "film.mp4 is 3.2 s long, @brief may post at most 3 s" in done.words


def test_a_video_that_tiktok_fails_is_told_with_the_reason_and_the_remedy(
    shell: Shell, connected: Connect
) -> None:
    connected()
    (shell.folder / "slow.mp4").write_bytes(media.video(seconds=4, fps=12))
    refused = shell.run("post", "slow.mp4", *PUBLIC)
    assert refused.code == 1
    assert "slow.mp4: has 12.00 frames per second, TikTok takes 23 to 60" in refused.words
    failed = shell.run("post", "slow.mp4", *PUBLIC, "--no-check")
    assert failed.code == 1
    assert "frame_rate_check_failed. Use 23 to 60 frames per second." in failed.words


def test_an_app_without_audit_is_told_what_it_may_do(
    shell: Shell, connected: Connect, film: Path
) -> None:
    connected(app="emulator-unaudited-key")
    shell.env |= {
        "TIKTOK_CLIENT_KEY": "emulator-unaudited-key",
        "TIKTOK_CLIENT_SECRET": "emulator-client-secret",
    }
    done = shell.run("post", film, "--privacy", "self_only")
    assert done.code == 1
    assert "unaudited_client_can_only_post_to_private_accounts" in done.err
    assert "Set the account (not just the post) to private in TikTok" in done.words


def test_an_account_is_chosen_by_its_handle(shell: Shell, connected: Connect, film: Path) -> None:
    connected("jonas.behind.doors")
    connected("maracooks")
    done = shell.run("post", film, "--privacy", "self_only", "--account", "@jonas.behind.doors")
    assert "Published for @jonas.behind.doors" in done.out
    done = shell.run("post", film, "--privacy", "self_only", "--account", "nobody")
    assert done.code == 1
    assert "@nobody is not connected here; these are: @maracooks, @jonas.behind.doors" in done.words


def test_a_token_that_is_over_is_refreshed_on_the_way_and_kept_privately(
    shell: Shell, connected: Connect, film: Path
) -> None:
    account = connected(expires_at=1.0)
    before = account.store.load()
    assert shell.run("post", film, *PUBLIC).code == 0
    after = account.store.load()
    assert before is not None
    assert after is not None
    assert after.access_token != before.access_token
    assert stat.S_IMODE(account.store.path.stat().st_mode) == 0o600


def seen(tiktok: TikTokEmulator, path: str) -> int:
    """How many requests to a path TikTok has got."""
    listed = control(tiktok, "GET", "requests")["requests"]
    return sum(path in item["path"] for item in listed)


def stopped_at(shell: Shell, reached: Callable[[], object], *args: str | Path) -> list[str]:
    """The output of a post that gets Ctrl-C as soon as it has `reached` a point."""
    with shell.started("post", *args, *PUBLIC) as running:
        while not reached():
            assert running.process.poll() is None, running.lines
            time.sleep(0.02)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 130
    return [line for line in running.lines if line]


def test_ctrl_c_stops_it_and_says_that_tiktok_has_the_post(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, film: Path
) -> None:
    connected()
    control(tiktok, "PATCH", "settings", {"processing": "manual"})
    stopped, words = stopped_at(shell, lambda: seen(tiktok, "status"), film)
    (publish,) = tiktok.world.all.publishes.values()
    assert stopped == "Stopped."
    assert f"TikTok may have the post (publish_id {publish.id})" in words
    assert "Don't post it again" in words


def test_ctrl_c_before_the_last_bytes_says_that_nothing_was_published(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    connected()
    control(
        tiktok, "POST", "faults", {"operation": "posting.video_init", "kind": "slow", "seconds": 30}
    )
    (shell.folder / "film.mp4").write_bytes(media.video())
    _, words = stopped_at(shell, lambda: seen(tiktok, "video/init"), "film.mp4")
    assert words == "Nothing was published: it can be posted again."


def test_ctrl_c_while_tiktok_answers_the_init_of_photos_says_that_it_may_have_the_post(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect
) -> None:
    """There is no publish_id to name, and TikTok fetches the photos by itself."""
    connected()
    control(
        tiktok,
        "POST",
        "faults",
        {"operation": "posting.content_init", "kind": "slow", "seconds": 30},
    )
    args = ("--photo", "https://photos.example.com/1.jpg")
    _, words = stopped_at(shell, lambda: seen(tiktok, "content/init"), *args)
    assert words.startswith("TikTok may have the post. Don't post it again")


def test_an_address_in_place_of_a_file_leads_to_the_option(shell: Shell) -> None:
    done = shell.run("post", "https://example.com/film.mp4", *PUBLIC)
    assert done.code == 2
    assert (
        "'stagedoor post --url https://example.com/film.mp4' has TikTok download it." in done.words
    )


def test_a_wait_for_the_rate_limit_is_told(
    shell: Shell, tiktok: TikTokEmulator, connected: Connect, film: Path
) -> None:
    connected()
    fault = {"operation": "posting.creator_info", "kind": "rate_limit"}
    control(tiktok, "POST", "faults", fault)
    done = shell.run("post", film, "--privacy", "SELF_ONLY")
    assert done.code == 0
    assert re.fullmatch(
        r"Waiting \d+ s for TikTok's rate limit \(it takes 20 in 60 s\)\.\n", done.err
    )
