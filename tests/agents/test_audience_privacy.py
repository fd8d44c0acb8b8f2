"""Raw identifiers of audiences' members are nowhere after a request: neither in the database, which
holds the audit and kept answers too, nor in files, logs, errors or reprs."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from stagedoor.client.identifiers import Identifiers
from stagedoor.connector.audiences import service as audiences_service
from stagedoor.connector.audiences.schemas import MembersChange
from stagedoor.connector.database.metadata import metadata
from tests.connector.conftest import Service
from tests.support.business_connecting import ADVERTISER, connect_business
from tests.support.quiet_sync import without_sync

AUDIENCES = "/api/ads/audiences"
EMAIL, PHONE = "wilhelmina.quandt@example.com", "+442071838750"
SECRETS = (EMAIL, "wilhelmina", PHONE, PHONE[1:])
MEMBERS = [{"email": EMAIL, "phone": PHONE}]
CSV = f"email,phone\n{EMAIL},{PHONE}\n"


def holds(data: bytes | str) -> list[str]:
    """The raw identifiers in some data."""
    raw = data.encode() if isinstance(data, str) else data
    return [one for one in SECRETS if one.encode() in raw]


def dumped(service: Service) -> str:
    """Every row of every table."""
    rows: list[Any] = []
    with service.services.database.read() as connection:
        for table in metadata.sorted_tables:
            rows += [(table.name, tuple(row)) for row in connection.execute(select(table))]
    return repr(rows)


def send(service: Service, path: str, **body: Any) -> httpx2.Response:
    headers = {
        "orgid": "acme",
        "authorization": f"Bearer {service.token()}",
        "idempotency-key": f"key {len(str(body))} {path[-4:]}",
        **body.pop("headers", {}),
    }
    answer: httpx2.Response = service.http.post(path, headers=headers, **body)
    return answer


@pytest.fixture
def audience(service: Service) -> str:
    without_sync(service.services)
    connect_business(service)
    body = {"accountId": ADVERTISER, "name": "Customers"}
    return str(service.api("POST", AUDIENCES, body)["audienceId"])


def test_raw_identifiers_are_nowhere(
    service: Service,
    audience: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    path, csv = f"{AUDIENCES}/{audience}/members", {"content-type": "text/csv"}
    answers = [
        send(service, path, json={"members": MEMBERS}),
        send(service, path, content=CSV, headers=csv),
        send(service, path, files={"file": ("customers.csv", CSV)}),
        send(service, path, json={"members": [*MEMBERS, {"email": EMAIL[:-12]}]}),
        send(service, path, content=f"{CSV}{EMAIL},{PHONE},x\n", headers=csv),
        send(service, path, json={"members": [{"emial": EMAIL}]}),
        send(service, path, json={"members": MEMBERS, "action": EMAIL}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200, 400, 400, 400, 400]

    def fails(*_: Any) -> Any:
        raise RuntimeError("the vault broke")

    with monkeypatch.context() as patched:
        patched.setattr(audiences_service, "cell_of", fails)
        close = {"connection": "close"}  # as the service does after an error of its own
        broken = [
            send(service, path, json={"members": MEMBERS, "more": True}, headers=close),
            send(service, path, content=f"{CSV}\n", headers=csv | close),
        ]
    assert [one.status_code for one in broken] == [500, 500]
    assert "the vault broke" in caplog.text

    kept = send(service, path, json={"members": MEMBERS})
    assert kept.json() == answers[0].json()
    for answer in (*answers, *broken, kept):
        assert not holds(answer.content), answer.text
    assert not holds(dumped(service))
    assert not holds(caplog.text)
    assert not holds(repr([record.__dict__ for record in caplog.records]))
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert files
    for file in files:
        assert not holds(file.read_bytes()), file
    audited = service.api("GET", "/api/audit", by="people")
    assert path in repr(audited)
    assert not holds(repr(audited))

    # the same looks find what is there: the audience's name, and its account
    assert "Customers" in dumped(service)
    assert audience in caplog.text or audience in dumped(service)


def test_hashes_wait_encrypted(service: Service, audience: str) -> None:
    service.api("POST", f"{AUDIENCES}/{audience}/members", {"members": MEMBERS})
    digest = hashlib.sha256(EMAIL.encode()).hexdigest()
    assert digest not in dumped(service)
    assert "ad_audience_parts" in dumped(service)


def test_members_hide_in_reprs() -> None:
    body = MembersChange.model_validate({"members": MEMBERS})
    assert not holds(repr(body))
    assert not holds(repr(Identifiers.people(MEMBERS)))
