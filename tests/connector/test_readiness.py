"""Readiness writes: a process whose database takes no writes can't serve, and says so."""

from __future__ import annotations

import shutil

import pytest

from tests.connector.conftest import Service
from tests.connector.media.test_full_disk import full_beyond
from tests.connector.test_health import reasons


def test_a_database_that_can_be_read_and_not_written(service_without_worker: Service) -> None:
    http = service_without_worker.http
    assert http.get("/readyz").json()["checks"]["database"] == "ok"
    services = service_without_worker.services
    if services.database.sqlite:
        with full_beyond(1):
            told = service_without_worker.until(
                lambda: (answer := http.get("/readyz")).status_code == 503 and answer
            )
    else:
        name = services.database.engine.url.database
        with services.database.begin() as connection:
            connection.exec_driver_sql(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only TO on'
            )
        services.database.engine.dispose()
        told = service_without_worker.until(
            lambda: (answer := http.get("/readyz")).status_code == 503 and answer
        )
    assert told.json()["checks"]["database"] == "failing"
    assert "takes no writes" in reasons(told.json())["database"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_media_store_that_takes_no_writes_is_degraded(service_without_worker: Service) -> None:
    http = service_without_worker.http
    assert http.get("/readyz").json()["checks"]["media"] == "ok"
    services = service_without_worker.services
    services.media.identity._until = float("inf")
    folder = services.settings.data / "media"
    shutil.rmtree(folder)
    folder.write_text("no folder any more")
    told = service_without_worker.until(
        lambda: (body := http.get("/readyz").json())["checks"]["media"] == "failing" and body
    )
    assert told["status"] == "degraded"
    assert "media store" in reasons(told)["media"]
    assert told["checks"]["database"] == "ok"
