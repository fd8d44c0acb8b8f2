"""Webhooks as a bad week brings them, to a receiver that is killed again and again.

Every event comes at least once and is brought again until it is acknowledged, as TikTok does.
Duplicates, forgeries, late retries and the order come from the seed.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from sqlalchemy import func, select

from stagedoor.connector.database import Database
from stagedoor.connector.notices.models import notices
from stagedoor.connector.webhooks.models import events, inbox
from stagedoor.platform import signature
from tests.support import quick
from tests.support.local import SECRET
from tests.support.serving import Serving
from tests.support.webhooks import PATH, envelope, moved

HOUR = 3600.0
SENDERS = 8
_PATIENCE = 900.0
_LEASE = "dispatch.LEASE_SECONDS = 2.0"


@dataclass(frozen=True, slots=True)
class Sent:
    """One request. A forged one has to be refused."""

    body: bytes
    header: str
    forged: bool


@dataclass
class Traffic:
    """The deliveries, in their order; `genuine` are the different events in them."""

    genuine: list[bytes]
    sent: list[Sent]

    @classmethod
    def plan(cls, seed: int, events: int, now: float, open_id: str) -> Traffic:
        """`open_id`: whose events half of them are; the others are of nobody here."""
        chance = random.Random(seed)
        genuine, sent = [], []
        for number in range(events):
            late = 70 * HOUR if chance.random() < 0.1 else 0.0
            created = now - late - chance.uniform(0, 600)
            whose = open_id if chance.random() < 0.5 else "-000somebody-else"
            body = _event(chance, number, created, whose)
            genuine.append(body)
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                at = created if chance.random() < 0.5 else now
                sent.append(Sent(body, signature.header(SECRET, int(at), body), forged=False))
            if chance.random() < 0.1:
                sent.append(_forged(chance, body, now))
        removed = envelope("authorization.removed", {"reason": 1}, created=now, open_id=open_id)
        genuine.append(removed)
        sent += 5 * [Sent(removed, signature.header(SECRET, int(now), removed), forged=False)]
        chance.shuffle(sent)
        return cls(genuine, sent)


def _event(chance: random.Random, number: int, created: float, open_id: str) -> bytes:
    kind = chance.choice(("moved", "public", "old", "unknown"))
    if kind == "moved":
        return moved(number, created, open_id)
    publish_id = f"v_pub_file~v2-1.{number:019d}"
    told: dict[str, tuple[str, dict[str, Any]]] = {
        "public": (
            chance.choice(
                (
                    "post.publish.publicly_available",
                    "post.publish.no_longer_publicaly_available",
                    "post.publish.no_longer_publicly_available",
                )
            ),
            {"publish_id": publish_id, "post_id": str(number), "publish_type": "DIRECT_PUBLISH"},
        ),
        "old": ("video.publish.completed", {"share_id": f"video.{number}.abc"}),
        "unknown": ("something.of.tomorrow", {"number": number}),
    }
    event, content = told[kind]
    return envelope(event, content, created=created, open_id=open_id)


def _forged(chance: random.Random, body: bytes, now: float) -> Sent:
    """An event that nobody sent, with a signature that doesn't fit it."""
    other = body.replace(b'"create_time":1', b'"create_time":2', 1)
    return chance.choice(
        (
            Sent(other, signature.header(SECRET, int(now), body), forged=True),
            Sent(other, signature.header("not-the-secret", int(now), other), forged=True),
            Sent(body, signature.header(SECRET, int(now - 80 * HOUR), body), forged=True),
        )
    )


@dataclass
class Record:
    """The answers that the senders saw; shared by their threads."""

    acknowledged: set[bytes] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Drill:
    """Sends all of it through `kills` deaths of the receiver, then looks at what is there."""

    def __init__(
        self, environment: Mapping[str, str], traffic: Traffic, seed: int, kills: int
    ) -> None:
        self._environment = environment
        self._traffic = traffic
        self._chance = random.Random(seed + 1)
        self._kills = kills
        self._record = Record()
        self._waiting: queue.Queue[Sent] = queue.Queue()
        self._stop = threading.Event()
        self._database = Database(environment["STAGEDOOR_DATABASE_URL"])

    def run(self, port: int) -> None:
        for sent in self._traffic.sent:
            self._waiting.put(sent)
        senders = [
            threading.Thread(target=self._send, args=(port,), daemon=True) for _ in range(SENDERS)
        ]
        try:
            for sender in senders:
                sender.start()
            self._live(port)
        finally:
            self._stop.set()
            for sender in senders:
                sender.join(30)
            self._database.close()

    def _live(self, port: int) -> None:
        """The receiver's lives; all but the last end by kill -9 under load."""
        share = len(self._traffic.sent) / (self._kills + 1)
        for life in range(self._kills):
            with self._serving(port) as service:
                goal = share * (life + self._chance.uniform(0.3, 1.0))
                while self._answers() < goal:
                    time.sleep(0.002)
                    assert service.process.poll() is None, "the receiver ended by itself"
                service.kill()
            self._nothing_lost()
        with self._serving(port):
            end = time.monotonic() + _PATIENCE
            while self._waiting.unfinished_tasks or self._unfinished():
                assert time.monotonic() < end, f"{self._unfinished()} events are still waiting"
                time.sleep(0.05)
        self._nothing_lost()

    def _serving(self, port: int) -> Serving:
        """The leases of a dead process are waited for, so they are shorter than a service's."""
        first = f"from stagedoor.connector.webhooks import dispatch; {_LEASE}"
        return Serving(self._environment, port=port, with_worker=True, first=first)

    def _answers(self) -> int:
        with self._record.lock:
            return self._record.answers

    def _send(self, port: int) -> None:
        """One of TikTok's couriers: what isn't acknowledged is brought again."""
        with quick.client(f"http://127.0.0.1:{port}") as http:
            while not self._stop.is_set():
                try:
                    sent = self._waiting.get(timeout=0.1)
                except queue.Empty:
                    continue
                status = _post(http, sent)
                if status is None or status == 503:
                    time.sleep(0.05)  # it starts
                    self._waiting.put(sent)
                else:
                    self._saw(sent, status)
                self._waiting.task_done()

    def _saw(self, sent: Sent, status: int) -> None:
        with self._record.lock:
            self._record.answers += 1
            if status != (401 if sent.forged else 200):
                self._record.wrong.append(f"{status} for {sent}")
            if status == 200:
                self._record.acknowledged.add(sent.body)

    def _nothing_lost(self) -> None:
        """Everything that was acknowledged is there."""
        with self._record.lock:
            acknowledged = set(self._record.acknowledged)
        with self._database.read() as connection:
            there = {body.encode() for body in connection.scalars(select(inbox.c.body))}
        assert acknowledged <= there, f"{len(acknowledged - there)} acknowledged events are lost"

    def _unfinished(self) -> int:
        with self._database.read() as connection:
            return connection.scalars(
                select(func.count()).select_from(inbox).where(inbox.c.state != "done")
            ).one()

    def judge(self, holders: Mapping[str, str], open_id: str) -> None:
        """`holders`: organisations that hold the account, with their integrations."""
        assert self._record.wrong == []
        database = Database(self._environment["STAGEDOOR_DATABASE_URL"])
        genuine = sorted(self._traffic.genuine)
        with database.read() as connection:
            kept = sorted(body.encode() for body in connection.scalars(select(inbox.c.body)))
            rows = connection.execute(select(events.c.org, events.c.integration_id, events.c.key))
            told = sorted(tuple(row) for row in rows)
            keys = connection.scalars(select(inbox.c.key).where(inbox.c.open_id == open_id))
            mine = sorted(keys)
            ended = connection.scalars(
                select(notices.c.org).where(notices.c.kind == "integration.revoked")
            )
            revoked = sorted(ended)
        database.close()
        assert kept == genuine, "every event once, and nothing else"
        expected = sorted((org, one, key) for org, one in holders.items() for key in mine)
        assert told == expected, "every organisation heard of each event once"
        assert revoked == sorted(holders), "the removal was acted on once"


def _post(http: httpx2.Client, sent: Sent) -> int | None:
    """The status; None when no answer came."""
    try:
        return http.post(
            PATH,
            content=sent.body,
            headers={"content-type": "application/json", signature.HEADER: sent.header},
        ).status_code
    except httpx2.TransportError:
        return None
