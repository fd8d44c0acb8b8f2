"""Copies of creators' data: asked for once, followed, downloaded without being kept."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import update

from stagedoor.connector.portability import download
from stagedoor.connector.portability.models import portability_requests
from stagedoor.platform.vocabulary import Category, DataFormat
from tests.connector.conftest import SCOPES, Service
from tests.connector.publishing.conftest import PumpedStudio
from tests.support.local import KEY, Local
from tests.support.simulated_kills import DEAD, Killed, killed_at
from tests.support.webhooks import PATH

REQUESTS = "/api/portability/requests"
ONGOING, SINGLE = "portability.all.ongoing", "portability.activity.single"
HOUR, DAY = 3_600.0, 86_400.0
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Exporter(PumpedStudio):
    """A creator whose data may be copied."""

    def ask(self, **body: Any) -> dict[str, Any]:
        return dict(self.service.api("POST", REQUESTS, body))

    def request(self, request_id: str, **more: Any) -> dict[str, Any]:
        return dict(self.service.api("GET", f"{REQUESTS}/{request_id}", **more))

    def exports(self) -> list[dict[str, Any]]:
        """The requests as TikTok has them."""
        return list(self.local.control("GET", "exports")["exports"])

    def finish(self, request: dict[str, Any]) -> None:
        """TikTok ends its collection."""
        self.local.control("POST", f"exports/{request['tiktokRequestId']}/finish", {})

    def error(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str]:
        answer = self.service.send(method, f"{REQUESTS}{path}", body, **more)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    scopes = ",".join((*SCOPES, ONGOING, SINGLE))
    return environment | {"TIKTOK_SCOPES": scopes, "STAGEDOOR_FETCH_PRIVATE": "1"}


def exporter_of(service: Service, local: Local, *scopes: str) -> Exporter:
    local.settings(export_seconds=7_200)
    exporter = Exporter(service, local, service.connect(scopes=(*SCOPES, *scopes)))
    exporter.pump()
    return exporter


@pytest.fixture
def exporter(service_without_worker: Service, local: Local) -> Exporter:
    return exporter_of(service_without_worker, local, ONGOING)


def test_data_is_asked_for_followed_and_downloaded(exporter: Exporter) -> None:
    hook = {"url": "http://127.0.0.1:9/x", "events": ["portability.*"]}
    webhook = exporter.service.api("POST", "/api/webhooks", hook)["webhook"]["id"]
    made = exporter.ask(categories=["video", "profile"])
    assert (made["state"], made["integrationId"]) == ("collecting", exporter.account)
    [export] = exporter.exports()
    assert export["request_id"] == made["tiktokRequestId"]
    assert exporter.error("GET", f"/{made['id']}/download") == (409, "wrong_state")
    exporter.pump(60.0)
    assert exporter.request(made["id"])["state"] == "collecting"
    for _ in range(4):
        exporter.pump(HOUR)
    ready = exporter.request(made["id"], role="viewer")
    assert ready["state"] == "ready"
    assert ready["expiresAt"] > ready["readyAt"]
    answer = exporter.service.send("GET", f"{REQUESTS}/{made['id']}/download")
    assert answer.headers["content-type"] == "application/octet-stream"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    [name] = archive.namelist()
    assert "Profile" in json.loads(archive.read(name))
    assert [one["id"] for one in exporter.service.api("GET", REQUESTS)["requests"]] == [made["id"]]
    for _ in range(5):
        exporter.pump(DAY)
    assert exporter.request(made["id"])["state"] == "expired"
    assert exporter.error("GET", f"/{made['id']}/download") == (409, "wrong_state")
    path = f"/api/webhooks/{webhook}/deliveries"
    told = {one["type"] for one in exporter.service.api("GET", path)["deliveries"]}
    assert told == {"portability.collecting", "portability.ready", "portability.expired"}


@sqlite_only
def test_tiktoks_event_wakes_the_job(exporter: Exporter) -> None:
    exporter.local.control("PATCH", f"apps/{KEY}", {"webhook_url": exporter.service.url + PATH})
    made = exporter.ask()
    exporter.finish(made)
    exporter.pump()
    assert exporter.request(made["id"])["state"] == "collecting"
    dispatch = exporter.service.services.dispatch
    exporter.service.until(lambda: dispatch.batch() > 0, what="the event")
    exporter.pump()
    assert exporter.request(made["id"])["state"] == "ready"


@sqlite_only
def test_a_missing_scope_is_told_in_words(service_without_worker: Service, local: Local) -> None:
    exporter = exporter_of(service_without_worker, local, SINGLE)
    answer = exporter.service.send("POST", REQUESTS, {"categories": ["profile"]})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "scope_missing")
    assert "portability.postsandprofile.single" in error["message"]
    assert "connect again" in error["message"]
    assert exporter.exports() == []
    first = exporter.ask(categories=["activity"])
    assert first["state"] == "collecting"
    # the scope was for one request; TikTok says so
    assert exporter.error("POST", "", {"categories": ["activity"]}) == (403, "scope_not_authorized")
    assert len(exporter.exports()) == 1
    exporter.finish(first)
    exporter.pump(600.0)
    assert exporter.request(first["id"])["state"] == "ready"


@sqlite_only
def test_a_request_whose_answer_was_lost_is_never_repeated(exporter: Exporter) -> None:
    exporter.local.fault("portability.data_add", "lost")
    made = exporter.ask()
    assert (made["state"], made["error"]["code"]) == ("unknown", "outcome_unknown")
    exporter.pump(DAY)
    assert len(exporter.exports()) == 1
    assert exporter.request(made["id"])["state"] == "unknown"
    notices = exporter.service.api("GET", "/api/notices")["notices"]
    assert "portability.outcomeUnknown" in {one["kind"] for one in notices}
    assert exporter.error("POST", f"/{made['id']}/cancel") == (409, "wrong_state")


@sqlite_only
def test_no_kill_asks_for_the_data_twice(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, states, number = exporter.service.services, set(), 0
    categories = (Category.PROFILE,)
    while True:
        number += 1
        before, asked = len(exporter.exports()), f"request{number}"
        values = ("acme", "u1", asked, exporter.account, categories, DataFormat.JSON)
        with killed_at(number, monkeypatch):
            try:
                services.portability.begin(*values)
                break
            except Killed:
                pass
        with services.database.begin() as connection:
            held = portability_requests.c.held_by.is_not(None)
            connection.execute(update(portability_requests).where(held).values(held_by=DEAD))
        if number % 2:
            exporter.pump(120.0)  # the worker settles it, or the repeated request does
        again = services.portability.begin(*values)
        assert len(exporter.exports()) - before <= 1
        assert services.portability.begin(*values).state is again.state
        states.add(again.state.value)
        if again.state.value == "collecting":
            assert again.tiktok_id == exporter.exports()[-1]["request_id"]
    assert states == {"unknown", "collecting"}
    assert number > 5


@sqlite_only
def test_a_request_is_made_once_for_its_key_and_by_admins_alone(exporter: Exporter) -> None:
    key = {"idempotency-key": "once"}
    first = exporter.service.api("POST", REQUESTS, {}, headers=key)
    assert exporter.service.api("POST", REQUESTS, {}, headers=key) == first
    assert len(exporter.exports()) == 1
    assert exporter.error("POST", "", {}, role="member") == (403, "forbidden")
    path = f"/{first['id']}"
    assert exporter.error("GET", f"{path}/download", role="member") == (403, "forbidden")
    assert exporter.error("POST", f"{path}/cancel", role="member") == (403, "forbidden")
    assert exporter.error("GET", path, org="other") == (404, "not_found")
    cancelled = exporter.service.api("POST", f"{REQUESTS}{path}/cancel")
    assert cancelled["state"] == "cancelled"
    assert [one["status"] for one in exporter.exports()] == ["cancelled"]
    assert exporter.service.api("POST", f"{REQUESTS}{path}/cancel") == cancelled


@sqlite_only
def test_what_was_cancelled_elsewhere_is_noticed(exporter: Exporter) -> None:
    made = exporter.ask()
    with exporter.local.client(tokens=exporter.local.tokens(scopes=[ONGOING])) as tiktok:
        tiktok.portability.cancel(request_id=made["tiktokRequestId"])
    exporter.pump(600.0)
    assert exporter.request(made["id"])["state"] == "cancelled"


@sqlite_only
def test_a_lost_connection_ends_the_following(exporter: Exporter) -> None:
    made = exporter.ask()
    exporter.service.api("DELETE", f"/api/integrations/{exporter.account}")
    exporter.pump(600.0)
    ended = exporter.request(made["id"])
    assert (ended["state"], ended["error"]["code"]) == ("failed", "not_found")


@sqlite_only
def test_a_large_archive_passes_through_a_bounded_queue(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter.local.control("PUT", "creators/maracooks/padding", {"bytes": 12 << 20})
    made = exporter.ask()
    exporter.finish(made)
    exporter.pump(600.0)
    waiting: list[int] = []
    put = download._Pipe.write

    def write(self: Any, block: Any) -> int:
        waiting.append(self._blocks.qsize())
        return put(self, block)

    monkeypatch.setattr(download._Pipe, "write", write)
    headers = {
        "orgid": "acme",
        "authorization": f"Bearer {exporter.service.token()}",
    }
    path = f"{REQUESTS}/{made['id']}/download"
    spool = io.BytesIO()
    with exporter.service.http.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        for block in answer.iter_bytes():
            spool.write(block)
    assert max(waiting) <= download._BLOCKS
    spool.seek(0)
    assert zipfile.ZipFile(spool).testzip() is None


@sqlite_only
def test_a_download_that_tiktok_refuses_is_an_error_and_not_a_file(exporter: Exporter) -> None:
    made = exporter.ask()
    exporter.finish(made)
    exporter.pump(600.0)
    path = f"/{made['id']}/download"
    exporter.local.fault("portability.data_download", "status", times=None)
    assert exporter.error("GET", path) == (502, "internal_error")
    exporter.local.control("DELETE", "faults")
    assert exporter.service.send("GET", f"{REQUESTS}{path}").status_code == 200
