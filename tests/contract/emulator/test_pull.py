"""PULL_FROM_URL: media is really downloaded, from a web server on loopback."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import pytest

from stagedoor.platform.products import posting
from tests.support import media
from tests.support.poster import PUBLIC_CREATOR, Poster, photos, post_info, pull_source
from tests.support.site import Site

HOST = "media.example.com"
CLIP = f"https://{HOST}/clips/rye.mp4"


@pytest.fixture
def shelf(poster: Poster, site: Site) -> Site:
    """A web server that media.example.com stands for."""
    poster.control("PUT", "hosts", {HOST: site.url})
    return site


def pull(poster: Poster, token: str, url: str = CLIP) -> str:
    body = {"post_info": post_info(), "source_info": pull_source(url)}
    return str(poster.data(posting.VIDEO_INIT, token, body)["publish_id"])


def failed(poster: Poster, token: str, publish_id: str) -> tuple[str, str]:
    """Fail reason and detail of a post that failed."""
    known = poster.status(token, publish_id)
    assert known["status"] == "FAILED"
    assert known["publicaly_available_post_id"] == []
    return known["fail_reason"], poster.publish(publish_id)["fail_detail"]


def test_a_video_is_downloaded_and_posted(poster: Poster, shelf: Site) -> None:
    data = shelf.pages["/clips/rye.mp4"] = media.video()
    token = poster.token()
    publish_id = pull(poster, token, f"{CLIP}?signature=a%2Fb&expires=9")
    poster.advance(5)
    known = poster.status(token, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert known["downloaded_bytes"] == len(data)
    assert "uploaded_bytes" not in known
    assert poster.publish(publish_id)["digest"] == hashlib.sha256(data).hexdigest()
    (got,) = shelf.got
    assert got.target == "/clips/rye.mp4?signature=a%2Fb&expires=9"
    assert got.headers["host"] == HOST
    assert "authorization" not in got.headers


@pytest.mark.shows("posting.content_init")
def test_a_set_of_photos_is_downloaded_in_order(poster: Poster, shelf: Site) -> None:
    shelf.pages = {"/1.jpg": media.photo(), "/2.webp": media.photo(kind="webp")}
    token = poster.token()
    body = photos(
        f"https://{HOST}/1.jpg", f"https://{HOST}/2.webp", title="Rye", description="Two steps"
    )
    publish_id = poster.data(posting.CONTENT_INIT, token, body)["publish_id"]
    poster.advance(5)
    known = poster.status(token, publish_id)
    assert known["status"] == "PUBLISH_COMPLETE"
    assert known["downloaded_bytes"] == sum(len(page) for page in shelf.pages.values())
    seen = poster.publish(publish_id)
    assert [fact["format"] for fact in seen["facts"]] == ["jpeg", "webp"]
    wanted = [hashlib.sha256(page).hexdigest() for page in shelf.pages.values()]
    assert seen["digests"] == wanted
    post = poster.control("GET", f"phone/{PUBLIC_CREATOR}")["posts"][0]
    assert (post["photos"], post["title"]) == (2, "Rye Two steps")


def test_a_redirect_is_a_failed_pull(poster: Poster, shelf: Site) -> None:
    shelf.redirects["/clips/rye.mp4"] = f"{shelf.url}/elsewhere.mp4"
    shelf.pages["/elsewhere.mp4"] = media.video()
    token = poster.token()
    publish_id = pull(poster, token)
    poster.advance(5)
    reason, detail = failed(poster, token, publish_id)
    assert reason == "video_pull_failed"
    assert "302" in detail
    assert "redirect" in detail
    assert len(shelf.got) == 1


def test_a_missing_file_is_a_failed_pull_that_hides_the_query(poster: Poster, shelf: Site) -> None:
    token = poster.token()
    publish_id = pull(poster, token, f"{CLIP}?signature=secret")
    poster.advance(5)
    reason, detail = failed(poster, token, publish_id)
    assert reason == "video_pull_failed"
    assert "404" in detail
    assert "secret" not in detail


def test_a_server_that_is_not_there_is_a_failed_pull(poster: Poster, shelf: Site) -> None:
    poster.control("PUT", "hosts", {HOST: "http://127.0.0.1:9"})
    token = poster.token()
    publish_id = pull(poster, token)
    poster.advance(5)
    reason, detail = failed(poster, token, publish_id)
    assert reason == "video_pull_failed"
    assert "can't be downloaded" in detail


def test_a_host_outside_the_map_says_how_to_map_it(poster: Poster) -> None:
    token = poster.token()
    publish_id = pull(poster, token)
    body = photos(f"https://{HOST}/1.jpg")
    photo_id = poster.data(posting.CONTENT_INIT, token, body)["publish_id"]
    poster.advance(5)
    reason, detail = failed(poster, token, publish_id)
    assert reason == "video_pull_failed"
    assert HOST in detail
    assert "/_emulator/hosts" in detail
    reason, detail = failed(poster, token, photo_id)
    assert reason == "photo_pull_failed"
    assert detail.startswith("photo 1 of 1")


@pytest.mark.parametrize(
    ("second", "reason", "words"),
    [
        (media.photo(1200, 1200), "picture_size_check_failed", "1200x1200"),
        (media.photo(kind="png"), "file_format_check_failed", "png"),
        (media.photo()[:-500], "file_format_check_failed", "cut off"),
        (None, "photo_pull_failed", "404"),
    ],
)
def test_one_bad_photo_fails_the_set_and_is_named(
    poster: Poster, shelf: Site, second: bytes | None, reason: str, words: str
) -> None:
    shelf.pages = {"/1.jpg": media.photo(), "/3.jpg": media.photo()}
    if second is not None:
        shelf.pages["/2.jpg"] = second
    token = poster.token()
    body = photos(*(f"https://{HOST}/{number}.jpg" for number in (1, 2, 3)))
    publish_id = poster.data(posting.CONTENT_INIT, token, body)["publish_id"]
    poster.advance(5)
    found, detail = failed(poster, token, publish_id)
    assert found == reason
    assert detail.startswith("photo 2 of 3")
    assert words in detail


@pytest.mark.shows("posting.cancel")
def test_a_running_download_shows_progress_and_can_be_cancelled(
    poster: Poster, shelf: Site
) -> None:
    data = shelf.pages["/clips/rye.mp4"] = media.padded_video(400_000)
    shelf.hold = threading.Event()
    token = poster.token()
    publish_id = pull(poster, token)
    assert shelf.held.wait(10)
    half = len(data) // 2
    poster.until(publish_id, lambda seen: seen["bytes_received"] == half)
    known = poster.status(token, publish_id)
    assert known["downloaded_bytes"] == half
    assert known["status"] == "PROCESSING_DOWNLOAD"
    asked = {"publish_id": publish_id}
    answer = poster.call(posting.CANCEL, token, asked)
    assert answer.status_code == 200
    assert answer.json().keys() == {"error"}
    assert answer.json()["error"]["code"] == "ok"
    assert failed(poster, token, publish_id)[0] == "publish_cancelled"
    assert poster.error(posting.CANCEL, token, asked) == (400, "publish_not_cancellable")


def test_a_downloaded_post_is_too_far_along_to_be_cancelled(poster: Poster, shelf: Site) -> None:
    shelf.pages["/clips/rye.mp4"] = media.video()
    poster.settings(processing="manual")
    token = poster.token()
    publish_id = pull(poster, token)
    poster.advance(1)
    assert poster.status(token, publish_id)["status"] == "PROCESSING_DOWNLOAD"
    asked: dict[str, Any] = {"publish_id": publish_id}
    assert poster.error(posting.CANCEL, token, asked) == (400, "publish_not_cancellable")


def test_a_download_that_hangs_fails_after_an_hour(poster: Poster, shelf: Site) -> None:
    shelf.pages["/clips/rye.mp4"] = media.video()
    shelf.hold = threading.Event()
    token = poster.token()
    publish_id = pull(poster, token)
    assert shelf.held.wait(10)
    poster.advance(3_601)
    reason, detail = failed(poster, token, publish_id)
    assert reason == "video_pull_failed"
    assert "3600 s" in detail
