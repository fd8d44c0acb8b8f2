"""/readyz: what keeps a process from serving, what only degrades the service, and who is told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import Any

import httpx2
import pytest
from sqlalchemy import update

from stagedoor.connector.container import Container
from stagedoor.connector.health import service as health
from stagedoor.connector.health.watch import HealthWatch
from stagedoor.connector.keys import Keys
from stagedoor.connector.schedule.models import workers
from tests.connector.conftest import Service
from tests.support.prepared import Prepared

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ready(service: Service) -> tuple[int, dict[str, Any]]:
    answer = service.http.get("/readyz")
    return answer.status_code, answer.json()


def reasons(body: dict[str, Any]) -> dict[str, str]:
    return {one["check"]: one["reason"] for one in body["reasons"]}


def watch_of(services: Container) -> HealthWatch:
    """The watch of a process that starts now."""
    return HealthWatch(services.make_health(), services.database, services.clock, services.notices)


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)


def test_all_is_well(service: Service) -> None:
    assert ready(service) == (
        200,
        {
            "status": "ok",
            "checks": dict.fromkeys((*health.BLOCKING, *health.DEGRADING), "ok"),
            "reasons": [],
        },
    )


def test_degraded_while_no_worker_has_lived_for_a_while(service: Service) -> None:
    assert service.worker is not None
    service.worker.stop()
    status, body = ready(service)
    assert (status, body["status"]) == (200, "degraded")
    assert "stagedoor worker" in reasons(body)["worker"]
    with service.services.database.begin() as connection:
        connection.execute(update(workers).values(alive_until=time.time() - 50))
    assert ready(service)[1]["status"] == "ok"


def test_degraded_while_uploads_are_refused_for_room(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.services.media.storage, "free", lambda: 0)
    status, body = ready(service)
    assert (status, body["status"]) == (200, "degraded")
    assert "make room" in reasons(body)["room"]


def test_failing_where_the_vault_is_closed(
    service_without_worker: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = service_without_worker
    services = service.services
    services.vault.seal("org:acme", "t", "r", "f", "secret")
    assert ready(service)[0] == 200
    foreign = Keys({"k1": os.urandom(32)}, services.keys.jwt)
    monkeypatch.setattr(services.health, "_keys", foreign)
    status, body = ready(service)
    assert (status, body["status"]) == (503, "failing")
    assert "keys.json" in reasons(body)["vault"]


def test_degraded_while_publishing_is_paused(service_without_worker: Service) -> None:
    service = service_without_worker
    service.services.pauses.pause_all("moving")
    status, body = ready(service)
    assert (status, body["status"]) == (200, "degraded")
    assert "Publishing is paused (moving): `stagedoor resume`" in reasons(body)["publishing"]


def test_admins_are_told_once_a_day_when_it_stays_so(service_without_worker: Service) -> None:
    service = service_without_worker
    service.api("GET", "/api/posts", org="other")
    watches = [watch_of(service.services) for _ in range(2)]
    told: list[dict[str, Any]] = []
    for _ in range(3):
        for watch in watches:
            watch.look()
        told = service.api("GET", "/api/notices")["notices"]
    [notice] = told
    assert (notice["kind"], notice["subject"]) == ("service.degraded", "worker")
    assert "No worker is at work" in notice["message"]
    assert len(service.api("GET", "/api/notices", org="other")["notices"]) == 1


def test_what_passes_at_once_is_not_told(service_without_worker: Service) -> None:
    service = service_without_worker
    service.api("GET", "/api/posts")
    watch_of(service.services).look()
    assert service.api("GET", "/api/notices")["notices"] == []


def test_a_worker_answers_on_a_port_of_its_own(environment: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "stagedoor.cli", "worker", "--health-port", str(port)]
    worker = Prepared(command, env=os.environ | environment, stdout=subprocess.PIPE)
    try:
        assert worker.stdout is not None
        assert b"is at work" in worker.stdout.readline()
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            assert http.get("/healthz").json() == {"status": "ok"}
            report = http.get("/readyz")
            assert (report.status_code, report.json()["status"]) == (200, "ok")
        taken = Prepared(command, env=os.environ | environment, stderr=subprocess.PIPE, text=True)
        _, told = taken.communicate(timeout=120)
        assert taken.returncode == 1
        assert "can't be used for --health-port" in told
        assert "Traceback" not in told
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
