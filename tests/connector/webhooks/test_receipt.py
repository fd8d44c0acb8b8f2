"""TikTok's deliveries: proven, kept, and only then acknowledged."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import select

from stagedoor.connector.container import Container
from stagedoor.connector.webhooks import endpoint, secrets
from stagedoor.connector.webhooks.models import inbox
from stagedoor.platform import signature
from tests.connector.conftest import Service
from tests.support.local import KEY, SECRET, Local
from tests.support.serving import Serving
from tests.support.webhooks import PATH, Sender, envelope, moved

HOUR = 3600.0


@pytest.fixture
def tiktok(service_without_worker: Service) -> Iterator[Sender]:
    sender = Sender(service_without_worker.url)
    yield sender
    sender.http.close()


@pytest.fixture
def now(services: Container) -> float:
    return services.clock.now()


def kept(services: Container) -> list[str]:
    """The bodies in the inbox, in the order of their arrival."""
    with services.database.read() as connection:
        rows = connection.scalars(select(inbox.c.body).order_by(inbox.c.received, inbox.c.id))
        return list(rows)


def test_kept_before_acknowledged(tiktok: Sender, services: Container, now: float) -> None:
    body = moved(1, now)
    answer = tiktok.send(body, now)
    assert (answer.status_code, answer.content) == (200, b"")
    assert kept(services) == [body.decode()]


def test_repeats_are_acknowledged_and_kept_once(
    tiktok: Sender, services: Container, now: float
) -> None:
    body = moved(1, now)
    again = json.dumps(json.loads(body), indent=2).encode()
    for sent, at in ((body, now), (body, now + 60), (again, now)):
        assert tiktok.send(sent, at).status_code == 200
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: tiktok.send(body, now).status_code, range(40)))
    assert answers == [200] * 40
    assert kept(services) == [body.decode()]


def test_same_facts_at_another_time_are_another_event(
    tiktok: Sender, services: Container, now: float
) -> None:
    """A draft can be published more than once."""
    for body in (moved(1, now), moved(1, now - 1)):
        tiktok.send(body, now)
    assert len(kept(services)) == 2


def test_late_deliveries(tiktok: Sender, services: Container, now: float) -> None:
    """TikTok retries for 72 hours, and perhaps with the first signature."""
    created = now - 70 * HOUR
    assert tiktok.send(moved(1, created), created).status_code == 200
    assert tiktok.send(moved(2, created), now).status_code == 200
    assert tiktok.send(moved(3, now), now - 74 * HOUR).status_code == 401
    assert tiktok.send(moved(4, now), now + 600).status_code == 401
    assert len(kept(services)) == 2


def forgeries(now: float) -> dict[str, tuple[bytes, str | None]]:
    """Bodies and signatures that are not TikTok's."""
    body = moved(1, now)
    good = signature.header(SECRET, int(now), body)
    digest = good.rpartition("=")[2]
    elsewhere = envelope("tiktok.ping", {}, created=now, client_key="unknown-client-key")
    twice = body[:-1] + b',"client_key":"emulator-unaudited-key"}'
    return {
        "no signature": (body, None),
        "empty": (body, ""),
        "no time": (body, f"s={digest}"),
        "no digest": (body, f"t={int(now)}"),
        "another digest": (body, f"t={int(now)},s={'0' * 64}"),
        "another time": (body, f"t={int(now) + 1},s={digest}"),
        "a time that is none": (body, f"t=٣,s={digest}"),
        "another body": (body.replace(b"complete", b"failed"), good),
        "another secret": (body, signature.header("another", int(now), body)),
        "an empty secret": (body, signature.header("", int(now), body)),
        "an unknown app": (elsewhere, signature.header(SECRET, int(now), elsewhere)),
        "two apps": (twice, signature.header(SECRET, int(now), twice)),
        "the key as the secret": (body, signature.header(KEY, int(now), body)),
    }


def test_forgeries_are_refused_alike(tiktok: Sender, services: Container, now: float) -> None:
    told = {
        "code": "not_verified",
        "message": "The delivery could not be verified.",
        "detail": None,
        "logId": None,
        "retryable": False,
        "retryAfter": None,
    }
    for name, (body, header) in forgeries(now).items():
        answer = tiktok.post(body, header)
        assert (answer.status_code, answer.json()["error"]) == (401, told), name
    assert kept(services) == []


def signed(body: bytes, at: float) -> tuple[bytes, str]:
    return body, signature.header(SECRET, int(at), body)


NONSENSE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"client_key":"emulator-client-key"}',
    b'{"client_key":"emulator-client-key","event":5,"create_time":1}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":"soon"}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"content":"{"}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"content":"[]"}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"content":"{\\"a\\":1e999}"}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"content":"{\\"a\\":NaN}"}',
    b'{"client_key":"emulator-client-key","event":"\xff","create_time":1}',
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"x":' + b"[" * 100_000,
    b'{"client_key":"emulator-client-key","event":"a","create_time":1,"content":"'
    + b"[" * 100_000
    + b'"}',
]


def test_signed_nonsense_is_refused(tiktok: Sender, services: Container, now: float) -> None:
    for body in NONSENSE:
        assert tiktok.post(*signed(body, now)).status_code == 401, body[:80]
    assert kept(services) == []
    assert tiktok.send(moved(1, now), now).status_code == 200


EARLY = b'{"client_key":"emulator-client-key","event":"a","create_time":-1}'
LATE = b'{"client_key":"emulator-client-key","event":"a","create_time":%d}' % 10**400
UNKEEPABLE = [
    ("event", b'{"client_key":"emulator-client-key","event":"a\\u0000","create_time":1}'),
    (
        "user_openid",
        b'{"client_key":"emulator-client-key","event":"a","create_time":1,"user_openid":"\\u0000"}',
    ),
    ("create_time", EARLY),
    ("create_time", LATE),
]


@pytest.mark.parametrize(("path", "body"), UNKEEPABLE)
def test_a_proven_event_that_can_not_be_kept_is_refused_by_its_field(
    tiktok: Sender, services: Container, now: float, path: str, body: bytes
) -> None:
    answer = tiktok.post(*signed(body, now))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "invalid_request")
    assert [one["path"] for one in error["detail"]["problems"]] == [path]
    # only TikTok is told which field it is
    forged = tiktok.post(body, signature.header("another secret", int(now), body))
    assert (forged.status_code, forged.json()["error"]["code"]) == (401, "not_verified")
    assert kept(services) == []


def test_unknown_events_are_kept_whatever_they_say(
    tiktok: Sender, services: Container, now: float
) -> None:
    told: tuple[dict[str, object], ...] = (
        {"deep": "\0\U0001f3ad"},
        {"number": 10**300},
        {"text": "x" * 100_000},
        {},
    )
    bodies = [envelope("something.of.tomorrow", content, created=now) for content in told]
    for body in bodies:
        assert tiktok.send(body, now).status_code == 200
    assert kept(services) == [body.decode() for body in bodies]


def test_huge_bodies_are_refused_as_they_come(
    tiktok: Sender, services: Container, now: float
) -> None:
    huge = moved(1, now) + b" " * endpoint.MAX_BODY
    answer = tiktok.post(*signed(huge, now))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")

    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 65_536

    try:
        assert tiktok.http.post(tiktok.url + PATH, content=endless()).status_code == 413
    except httpx2.TransportError:  # refused, and hung up on while it was still sending
        return
    assert kept(services) == []


def test_a_body_that_never_ends_holds_nothing_up(
    tiktok: Sender, services: Container, now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "BODY_SECONDS", 0.3)
    at = urlsplit(tiktok.url)
    with socket.create_connection((at.hostname or "", at.port or 0), timeout=10) as slow:
        slow.sendall(f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{".encode())
        assert tiktok.send(moved(1, now), now).status_code == 200
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_hanging_up_leaves_nothing(tiktok: Sender, services: Container, now: float) -> None:
    at = urlsplit(tiktok.url)
    for _ in range(5):
        with socket.create_connection((at.hostname or "", at.port or 0), timeout=10) as gone:
            gone.sendall(f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{".encode())
    assert tiktok.send(moved(1, now), now).status_code == 200
    assert len(kept(services)) == 1


def test_only_post(tiktok: Sender) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
        assert tiktok.http.request(method, tiktok.url + PATH).status_code == 405, method


def own_app(local: Local, key: str, secret: str) -> None:
    local.control("POST", "apps", {"client_key": key, "client_secret": secret, "name": key})


def test_each_app_has_its_own_secret(
    tiktok: Sender, service_without_worker: Service, local: Local, services: Container, now: float
) -> None:
    own_app(local, "aw-theirs", "their-secret")
    body = {"clientKey": "aw-theirs", "clientSecret": "their-secret"}
    theirs = envelope("tiktok.ping", {}, created=now, client_key="aw-theirs")
    assert tiktok.send(theirs, now, "their-secret").status_code == 401, "not brought yet"
    service_without_worker.api("PUT", "/api/apps/tiktok", body, org="theirs")
    ours = moved(1, now)

    def answered(body: bytes, secret: str, status: int) -> bool:
        return tiktok.send(body, now, secret).status_code == status

    for sent, secret, status in (
        (theirs, SECRET, 401),
        (ours, "their-secret", 401),
        (theirs, "their-secret", 200),
        (ours, SECRET, 200),
    ):
        service_without_worker.until(partial(answered, sent, secret, status))
    assert kept(services) == [theirs.decode(), ours.decode()]


def test_both_secrets_hold_while_they_rotate(
    tiktok: Sender,
    service_without_worker: Service,
    local: Local,
    now: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "FRESH_SECONDS", 0.5)
    own_app(local, "aw-theirs", "first-secret")
    body = {"clientKey": "aw-theirs", "clientSecret": "first-secret"}
    api = service_without_worker.api

    def ping(number: int, secret: str) -> int:
        sent = envelope("tiktok.ping", {"n": number}, created=now, client_key="aw-theirs")
        return tiktok.send(sent, now, secret).status_code

    api("PUT", "/api/apps/tiktok", body)
    service_without_worker.until(lambda: ping(1, "first-secret") == 200)
    assert ping(2, "second-secret") == 401
    api("PUT", "/api/apps/tiktok", body | {"secondSecret": "second-secret"})
    service_without_worker.until(lambda: ping(3, "second-secret") == 200)
    assert ping(4, "first-secret") == 200
    api("PUT", "/api/apps/tiktok", body | {"secondSecret": None})
    service_without_worker.until(lambda: ping(5, "second-secret") == 401)
    assert ping(6, "first-secret") == 200


def test_a_crowd_is_kept_whole(tiktok: Sender, services: Container, now: float) -> None:
    """Many at once share their commits."""
    bodies = [moved(number, now) for number in range(300)]
    gate = threading.Barrier(16)

    def send(part: int) -> set[int]:
        gate.wait()
        with httpx2.Client(timeout=30) as http:
            mine = Sender(tiktok.url, http=http)
            return {mine.send(body, now).status_code for body in bodies[part::16]}

    with ThreadPoolExecutor(16) as pool:
        assert set().union(*pool.map(send, range(16))) == {200}
    assert sorted(kept(services)) == sorted(body.decode() for body in bodies)


def test_two_processes_keep_the_same_events_once(
    tiktok: Sender, services: Container, environment: dict[str, str], now: float
) -> None:
    """In any order, without one waiting for the other for ever."""
    alone = {name: value for name, value in environment.items() if name != "STAGEDOOR_CLOCK"}
    bodies = [moved(number, now) for number in range(200)]
    with Serving(alone) as other:

        def send(part: int) -> set[int]:
            mine = bodies[:] if part % 2 else bodies[::-1]
            with httpx2.Client(timeout=30) as http:
                there = Sender(tiktok.url if part % 4 < 2 else other.url, http=http)
                return {there.send(body, now).status_code for body in mine}

        with ThreadPoolExecutor(8) as pool:
            assert set().union(*pool.map(send, range(8))) == {200}
    assert sorted(kept(services)) == sorted(body.decode() for body in bodies)
