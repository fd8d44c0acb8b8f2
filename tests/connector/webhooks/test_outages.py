"""A delivery that can't be stored isn't acknowledged, so TikTok sends it again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from stagedoor.connector import settings as settings_module
from stagedoor.connector.container import Container
from stagedoor.connector.database import Database
from stagedoor.connector.webhooks import ingest, writer
from stagedoor.connector.webhooks.models import inbox
from tests.connector.conftest import Service, fill
from tests.support import postgres
from tests.support.local import Local
from tests.support.postgres import Postgres
from tests.support.serving import Serving
from tests.support.webhooks import Sender, moved


def kept(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.scalars(select(inbox.c.body)))


def refused(answer: httpx2.Response) -> None:
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["retryable"]) == (503, "unavailable", True)
    assert int(answer.headers["retry-after"]) >= 0 if "retry-after" in answer.headers else True


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_database(
    service_without_worker: Service, services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "ACK_SECONDS", 0.3)
    tiktok = Sender(service_without_worker.url)
    now = services.clock.now()
    assert tiktok.send(moved(1, now), now).status_code == 200
    path = make_url(services.settings.database_url).database
    assert path is not None
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused(tiktok.send(moved(2, now), now))
    refused(tiktok.send(moved(3, now), now))
    holder.execute("ROLLBACK")

    def taken(body: bytes) -> bool:
        return tiktok.send(body, now).status_code == 200

    holder.close()
    for number in (2, 3, 4):
        service_without_worker.until(partial(taken, moved(number, now)))
    assert sorted(kept(services.database)) == [moved(n, now).decode() for n in (1, 2, 3, 4)]
    tiktok.http.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_more_than_can_wait(
    service_without_worker: Service, services: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MAX_WAITING", 0)
    tiktok = Sender(service_without_worker.url)
    now = services.clock.now()
    refused(tiktok.send(moved(1, now), now))
    monkeypatch.undo()
    assert tiktok.send(moved(1, now), now).status_code == 200
    tiktok.http.close()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server that the test may stop."""
    with postgres.running() as server:
        yield server


@pytest.fixture
def own_environment(own_postgres: Postgres, tmp_path: Path, local: Local) -> dict[str, str]:
    url = own_postgres.url(own_postgres.copy())
    fill(url)
    return {
        "STAGEDOOR_DATA": str(tmp_path / "data"),
        "STAGEDOOR_HOME": str(tmp_path / "home"),
        "STAGEDOOR_DATABASE_URL": url,
        "STAGEDOOR_TIKTOK_URL": local.url,
    }


def test_a_database_that_is_gone(
    own_postgres: Postgres, own_environment: dict[str, str], local: Local
) -> None:
    now = local.now()
    database = Database(own_environment["STAGEDOOR_DATABASE_URL"])
    with Serving(own_environment) as service:
        tiktok = Sender(service.url)
        assert tiktok.send(moved(1, now), now).status_code == 200
        own_postgres.stop()
        refused(tiktok.send(moved(2, now), now))
        assert tiktok.post(moved(2, now), None).status_code in (401, 503)
        assert tiktok.http.get(f"{service.url}/healthz").status_code == 200
        assert tiktok.http.get(f"{service.url}/readyz").status_code == 503
        own_postgres.start()
        for number in (2, 3):
            assert tiktok.send(moved(number, now), now).status_code == 200
        assert sorted(kept(database)) == [moved(n, now).decode() for n in (1, 2, 3)]
        tiktok.http.close()
    database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk(environment: dict[str, str], local: Local) -> None:
    del environment["STAGEDOOR_CLOCK"]
    now = local.now()
    settings = settings_module.load(environ=environment)
    database = Database(settings.database_url)
    acknowledged = []
    with Serving(environment, file_bytes=1 << 20) as service:
        tiktok = Sender(service.url)
        number = 0
        while True:
            number += 1
            body = moved(number, now, open_id="x" * 50_000)
            answer = tiktok.send(body, now)
            if answer.status_code != 200:
                break
            acknowledged.append(body.decode())
        refused(answer)
        assert tiktok.http.get(f"{service.url}/healthz").status_code == 200
        tiktok.http.close()
    assert sorted(kept(database)) == sorted(acknowledged)
    with Serving(environment) as service:
        tiktok = Sender(service.url)
        assert tiktok.send(body, now).status_code == 200
        tiktok.http.close()
    assert sorted(kept(database)) == sorted([*acknowledged, body.decode()])
    database.close()
