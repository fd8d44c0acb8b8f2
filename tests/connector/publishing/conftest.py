"""Ways to make posts through the service, with the emulator's own log as the judge."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from stagedoor.connector.jobs import Batched, JobResult
from stagedoor.connector.schedule import store
from tests.connector.conftest import Service
from tests.support import media, time_passing
from tests.support.local import Local
from tests.support.quiet_sync import without_sync

CALL = "/api/upstream/call/tiktok-provider"
PULLED = "https://media.example.com"
PUBLIC = "PUBLIC_TO_EVERYONE"
OVER = ("published", "failed", "cancelled", "unknown", "inInbox")


@dataclass
class Studio:
    """A service with one connected account, and what tests do with it."""

    service: Service
    local: Local
    account: str

    def call(self, operation: str, body: Any = None, **more: Any) -> Any:
        return self.service.api("POST", f"{CALL}/{operation}", body, **more)

    def refused(self, operation: str, body: Any = None, **more: Any) -> tuple[int, dict[str, Any]]:
        """Status and error of a call that must not succeed."""
        answer = self.service.send("POST", f"{CALL}/{operation}", body, **more)
        assert not answer.is_success, answer.text
        return answer.status_code, answer.json()["error"]

    def put(self, url: str, data: bytes, **headers: str) -> httpx2.Response:
        return self.service.http.put(url, content=data, headers=headers)

    def draft(self, data: bytes | None = None, **more: Any) -> str:
        """A video that is uploaded and not yet published."""
        begun = self.call("init-video-upload", {"privacyLevel": PUBLIC, "title": "A dish"} | more)
        if begun["uploadUrl"]:
            answer = self.put(begun["uploadUrl"], media.video() if data is None else data)
            assert answer.status_code == 201, answer.text
        return str(begun["publishId"])

    def post(self, data: bytes | None = None, **more: Any) -> str:
        publish_id = self.draft(data, **more)
        self.call("publish-video", {"publishId": publish_id})
        return publish_id

    def photo_post(self, photos: Sequence[bytes], **more: Any) -> dict[str, Any]:
        begun = self.call("init-photo-upload", {"count": len(photos)})
        for upload, photo in zip(begun["uploads"], photos, strict=True):
            assert self.put(upload["uploadUrl"], photo).status_code == 201
        ids = [upload["uploadId"] for upload in begun["uploads"]]
        asked = {"uploads": ids, "privacyLevel": PUBLIC, "title": "Two dishes"} | more
        return dict(self.call("publish-photos", asked))

    def get(self, publish_id: str) -> dict[str, Any]:
        return dict(self.service.api("GET", f"/api/posts/{publish_id}"))

    def until(
        self, publish_id: str, *states: str, hurry: bool = True, seconds: float = 20
    ) -> dict[str, Any]:
        """The post once it is in one of these states; `hurry` lets time pass meanwhile."""

        def there() -> dict[str, Any] | None:
            post = self.get(publish_id)
            if post["state"] in (states or OVER):
                return post
            if hurry:
                self.local.advance(1.0)
            return None

        found: dict[str, Any] = self.service.until(
            there, seconds, f"{publish_id} {states} {self.get(publish_id)}"
        )
        return found

    def made(self) -> list[dict[str, Any]]:
        """The emulator's posts that were published or left as drafts."""
        done = ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX")
        return [one for one in self.local.publishes() if one["status"] in done]

    def steps(self, post: dict[str, Any]) -> list[tuple[str, str | None]]:
        return [(step["step"], step["outcome"]) for step in post["history"]]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return environment | {"STAGEDOOR_PULL_URL": PULLED}


class PumpedStudio(Studio):
    """A studio without an engine: due rows are handled when a test calls `pump`."""

    def pump(self, seconds: float = 0.0, rounds: int = 60) -> None:
        """Let `seconds` pass, then do what is due until nothing is."""
        services = self.service.services
        if seconds:
            self.advance(seconds)
        found = {
            kind: given.handler if isinstance(given, Batched) else given
            for kind, given in services.job_handlers().items()
        }
        for _ in range(rounds):
            rows = store.take(services.database, "pump", services.clock.now(), time.time(), 30, 16)
            if not rows:
                return
            store.done(services.database, [row.id for row in rows])
            for row in rows:
                while found[row.kind](row.ref) is JobResult.AGAIN:
                    pass
        raise AssertionError(f"there is always something due: {rows}")

    def advance(self, seconds: float) -> None:
        """Let time pass, and the service know it."""
        time_passing.advance(self.local, self.service.services.clock, seconds)

    def run(self, publish_id: str, *states: str, steps: int = 40) -> dict[str, Any]:
        """Work on with growing pauses until the post is in one of these states."""
        for step in range(steps):
            self.pump(2.0 * 1.3**step)
            post = self.get(publish_id)
            if post["state"] in (states or OVER):
                return post
        raise AssertionError(post)


@pytest.fixture
def pumped(service_without_worker: Service, local: Local) -> PumpedStudio:
    return PumpedStudio(service_without_worker, local, _publisher(service_without_worker, local))


@pytest.fixture
def studio(service: Service, local: Local) -> Studio:
    return Studio(service, local, _publisher(service, local))


def _publisher(service: Service, local: Local) -> str:
    """Connect an account that publishes, and isn't synchronised."""
    local.control("PUT", "hosts", {"media.example.com": service.url})
    without_sync(service.services)
    return service.connect()
