"""A process that sees another media store does nothing with media, and says so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stagedoor.connector.container import Container
from stagedoor.connector.media.errors import StoreForeign
from stagedoor.connector.media.identity import KEY
from stagedoor.connector.publishing.transitions import PUBLISH
from stagedoor.connector.schedule.store import wait
from stagedoor.connector.serving import make_worker
from stagedoor.connector.settings import Settings
from tests.connector.media.conftest import Uploader


@pytest.fixture
def elsewhere(settings: Settings, tmp_path: Path) -> Iterator[Container]:
    """A process with the same database and another data folder."""
    services = Container.build(replace(settings, data=tmp_path / "elsewhere"))
    yield services
    services.close()


def again(settings: Settings) -> Container:
    """Another process with the same settings."""
    return Container.build(settings)


def identity(settings: Settings) -> Path:
    return settings.data / "media" / KEY


def test_the_first_start_writes_it_and_others_with_the_same_store_agree(
    services: Container, settings: Settings
) -> None:
    assert services.media.identity.problem() == ""
    written = identity(settings).read_text()
    assert len(written) == 32
    other = again(settings)
    assert other.media.identity.problem() == ""
    assert identity(settings).read_text() == written
    other.close()


def test_a_process_with_another_folder_refuses_and_writes_nothing_there(
    services: Container, elsewhere: Container
) -> None:
    services.media.identity.check()
    problem = elsewhere.media.identity.problem()
    assert str(elsewhere.settings.data) in problem
    assert "STAGEDOOR_DATA" in problem
    with pytest.raises(StoreForeign, match="Nothing was lost"):
        elsewhere.media.identity.check()
    assert not identity(elsewhere.settings).exists()
    assert services.media.identity.problem() == ""


def test_a_store_of_another_installation_is_told_apart(
    services: Container, settings: Settings
) -> None:
    services.media.identity.check()
    identity(settings).write_text("another")
    other = again(settings)
    assert "of another installation" in other.media.identity.problem()
    other.close()


def test_an_installation_that_had_none_is_recognised_by_its_files(
    uploader: Uploader, settings: Settings, elsewhere: Container
) -> None:
    _, url = uploader.place()
    services = uploader.service.services
    # as before this version: files and rows, no identity anywhere
    services.media.identity._until = float("inf")
    assert uploader.put(url, b"some bytes").status_code == 201
    assert not identity(settings).exists()
    assert "holds none of the files" in elsewhere.media.identity.problem()
    upgraded = again(settings)
    assert upgraded.media.identity.problem() == ""
    assert identity(settings).exists()
    upgraded.close()


def test_a_store_whose_folder_was_lost_is_not_taken_for_a_new_one(
    uploader: Uploader, settings: Settings
) -> None:
    _, url = uploader.place()
    assert uploader.put(url, b"some bytes").status_code == 201
    written = identity(settings).read_text()
    shutil.rmtree(settings.data / "media")
    other = again(settings)
    problem = other.media.identity.problem()
    assert f"make that object with this text in it: {written}" in problem
    (settings.data / "media").mkdir()
    identity(settings).write_text(f"{written}\n")
    other.media.identity._until = 0.0
    assert other.media.identity.problem() == ""
    other.close()


class Recorder:
    """In the place of the engine: what it would have begun."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, Sequence[str]]] = []

    def most(self, kind: str) -> int:
        return 1

    def start(self, kind: str, refs: Sequence[str], key: str) -> None:
        self.begun.append((kind, refs))


def test_a_worker_leaves_work_with_media_to_one_that_sees_them(
    services: Container, elsewhere: Container
) -> None:
    services.media.identity.check()
    now = services.clock.now()
    with services.database.begin() as connection:
        for kind in (PUBLISH, "media", "webhooks.something"):
            wait(connection, kind, "acme/1", now - 1)

    def work(of: Container) -> set[str]:
        worker: Any = make_worker(of)
        worker._jobs = recorder = Recorder()
        worker.dispatch()
        return {kind for kind, _ in recorder.begun}

    assert work(elsewhere) == {"webhooks.something"}
    assert work(services) == {PUBLISH, "media"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_uploads_are_refused_and_readiness_says_why(uploader: Uploader, settings: Settings) -> None:
    http = uploader.service.http
    _, url = uploader.place()
    assert http.get("/readyz").json()["checks"]["media"] == "ok"
    identity(settings).write_text("another")
    uploader.service.services.media.identity._until = 0.0
    refused = uploader.put(url, b"some bytes")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "storage_foreign")
    assert str(settings.data) not in refused.text
    told = uploader.service.until(
        lambda: (body := http.get("/readyz").json())["checks"]["media"] == "failing" and body
    )
    reasons = {one["check"]: one["reason"] for one in told["reasons"]}
    assert reasons["media"] == "The media store isn't the one that the database knows."
    assert http.get("/readyz").status_code == 200
