"""Media in an S3-compatible store: the same posts, and clear words when the store is gone."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from stagedoor.cli.demo.film import make_video
from stagedoor.cli.demo.processes import free_port
from stagedoor.connector.container import Container
from stagedoor.connector.installation import store
from stagedoor.connector.media.identity import KEY as IDENTITY
from tests.connector.conftest import Service
from tests.connector.publishing.conftest import CALL
from tests.support import media
from tests.support.local import Local

BUCKET = "stagedoor-media"
POST = {"title": "In a bucket", "privacyLevel": "SELF_ONLY"}


class S3:
    """A store on a port that a test may end and start again; it forgets everything then."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(400):
            try:
                httpx2.put(f"{self.url}/{BUCKET}").raise_for_status()
                return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError("the S3 store didn't start")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def keys(self) -> list[str]:
        listed = httpx2.get(f"{self.url}/{BUCKET}").text
        return [part.partition("</Key>")[0] for part in listed.split("<Key>")[1:]]


@pytest.fixture
def s3() -> Iterator[S3]:
    made = S3()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def in_s3(environment: dict[str, str], s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    environment["STAGEDOOR_MEDIA_URL"] = f"s3://{BUCKET}/media"
    for name, value in {
        "AWS_ENDPOINT_URL": s3.url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_post_whose_media_lies_in_s3(
    in_s3: None, service: Service, s3: S3, local: Local, tmp_path: Path
) -> None:
    film = make_video(
        tmp_path / "film.mp4", seconds=6, width=540, height=960, bit_rate=18_000_000
    ).read_bytes()
    half = len(film) // 2
    assert half > 5 << 20, "each piece takes more than one part of S3's"
    service.connect()
    begun = service.api("POST", f"{CALL}/init-video-upload", POST)
    for start, piece in ((0, film[:half]), (half, film[half:])):
        last = start + len(piece) - 1
        said = {"content-range": f"bytes {start}-{last}/{len(film)}"}
        answer = service.http.put(begun["uploadUrl"], content=piece, headers=said)
        assert answer.is_success, answer.text
    assert len(files_in(s3)) == 2
    post = begun["publishId"]
    service.api("POST", f"{CALL}/publish-video", {"publishId": post})
    shown = until(lambda: service.api("GET", f"/api/posts/{post}"), is_over)
    assert shown["state"] == "published", shown
    [sent] = local.publishes()
    assert sent["digest"] == hashlib.sha256(film).hexdigest()
    local.advance(4 * 86_400)
    assert until(lambda: files_in(s3), lambda keys: not keys) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_store_that_is_gone_refuses_and_loses_nothing(
    in_s3: None, service_without_worker: Service, s3: S3
) -> None:
    service = service_without_worker
    film = media.video()
    service.connect()
    url = service.api("POST", f"{CALL}/init-video-upload", POST)["uploadUrl"]
    s3.stop()
    refused = service.http.put(url, content=film)
    assert refused.status_code == 503, refused.text
    assert refused.json()["error"]["retryable"] is True
    assert "media store" in refused.json()["error"]["message"]
    assert "doesn't answer" in service.services.readiness.media()
    assert service.http.head(url).headers["upload-offset"] == "0"
    s3.start()
    assert service.http.put(url, content=film).status_code == 201


def files_in(s3: S3) -> list[str]:
    """Keys of media: the store's identity stays for good."""
    stored = s3.keys()
    return [key for key in stored if not key.endswith(IDENTITY)]


def is_over(shown: Any) -> bool:
    return shown["state"] in ("published", "failed")


def until(look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
    """The value that is seen at last, after 20 s at most."""
    end = time.monotonic() + 20
    while not enough(seen := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_witness_is_in_the_store_too_and_vouches_where_the_home_is_new(
    in_s3: None, services: Container, s3: S3
) -> None:
    with services.database.begin() as connection:
        store.count_effect(connection)
        store.change(connection, begins=True)
    assert services.make_witness().look(at_start=True) == []
    [key] = s3.keys()
    assert key.startswith("media/witness/")
    for file in (services.settings.home / "witness").rglob("*.json"):
        file.unlink()
    assert services.make_witness().look(at_start=True) == [], "the store has it"
    with services.database.begin() as connection:
        store.count_effect(connection)
    services.make_witness().look(last=True)
    [newer] = s3.keys()
    assert newer != key, "one text stays"

    for file in (services.settings.home / "witness").rglob("*.json"):
        file.unlink()
    with services.database.begin() as connection:
        store.change(connection, effects=1)
    [reason] = services.make_witness().look(at_start=True)
    assert "2 publishing effects were witnessed" in reason
    assert services.pauses.whole().reason == "restored"
