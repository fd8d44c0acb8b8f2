"""Webhooks that the emulator really sends, received as an app's backend does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from stagedoor import PrivacyLevel, RecentEvents, TikTok, WebhookEvent, verify_webhook
from stagedoor.client.errors import WebhookInvalid
from stagedoor.platform import signature
from tests.support.local import KEY, SECRET, Local


class Backend:
    """Verifies what comes with the client; keeps events, raw requests and refusals apart."""

    def __init__(self) -> None:
        self.events: queue.Queue[WebhookEvent] = queue.Queue()
        self.raw: list[tuple[bytes, str]] = []
        self.repeats = 0
        self.recent = RecentEvents()
        self.now: float | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                header = self.headers.get(signature.HEADER)
                self.send_response(outer.receive(body, header))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def receive(self, body: bytes, header: str | None) -> int:
        try:
            event = verify_webhook(body, header, [SECRET], now=self.now)
        except WebhookInvalid:
            return 401
        self.raw.append((body, header or ""))
        if self.recent.first(event):
            self.events.put(event)
        else:
            self.repeats += 1
        return 200

    def wait_for(self, name: str) -> WebhookEvent:
        while (event := self.events.get(timeout=10)).name != name:
            pass
        return event


@pytest.fixture
def backend(local: Local) -> Iterator[Backend]:
    backend = Backend()
    thread = threading.Thread(target=backend.server.serve_forever)
    thread.start()
    local.control("PATCH", f"apps/{KEY}", {"webhook_url": backend.url})
    yield backend
    backend.server.shutdown()
    backend.server.server_close()
    thread.join()


def test_a_post_is_told_by_signed_typed_events(
    backend: Backend, tiktok: TikTok, clip: Path
) -> None:
    post = tiktok.posts.publish_video(
        clip, privacy_level=PrivacyLevel.PUBLIC_TO_EVERYONE, wait_until_public=True
    )
    complete = backend.wait_for("post.publish.complete")
    assert complete.payload.publish_id == post.publish_id
    public = backend.wait_for("post.publish.publicly_available")
    assert public.payload.post_id == post.post_ids[0]
    assert public.payload.publish_type == "DIRECT_PUBLISH"
    assert public.open_id


@pytest.mark.parametrize("reason", range(6))
def test_a_removed_authorization_is_told_with_its_reason(
    local: Local, backend: Backend, tiktok: TikTok, reason: int
) -> None:
    tiktok.user.info()
    local.phone("POST", "disconnect", {"client_key": KEY, "reason": reason})
    assert backend.wait_for("authorization.removed").payload.reason == reason


def test_deliveries_that_repeat_are_recognised(
    local: Local, backend: Backend, tiktok: TikTok, clip: Path
) -> None:
    local.settings(duplicate_webhooks=True)
    tiktok.posts.publish_video(clip, privacy_level=PrivacyLevel.SELF_ONLY)
    backend.wait_for("post.publish.complete")
    local.control("POST", f"apps/{KEY}/ping")
    backend.wait_for("tiktok.ping")
    for delivery in local.control("GET", "deliveries")["deliveries"]:
        local.control("POST", f"deliveries/{delivery['id']}/repeat")
    assert backend.repeats > 0
    assert backend.events.empty()


def test_an_event_is_retried_until_it_is_taken_even_days_later(
    local: Local, backend: Backend, tiktok: TikTok
) -> None:
    tiktok.user.info()
    local.control("PATCH", f"apps/{KEY}", {"webhook_url": "http://127.0.0.1:9/down"})
    local.phone("POST", "disconnect", {"client_key": KEY, "reason": 1})
    local.advance(40 * 3600)
    [delivery] = local.control("GET", "deliveries")["deliveries"]
    assert delivery["state"] == "waiting"
    assert len(delivery["attempts"]) > 5


def test_forged_changed_and_old_requests_are_refused(
    local: Local, backend: Backend, tiktok: TikTok
) -> None:
    local.control("POST", f"apps/{KEY}/ping")
    backend.wait_for("tiktok.ping")
    body, header = backend.raw[0]
    with httpx2.Client() as http:

        def post(body: bytes, header: str | None) -> int:
            headers = {signature.HEADER: header} if header is not None else {}
            return http.post(backend.url, content=body, headers=headers).status_code

        assert post(body, header) == 200
        assert post(body + b" ", header) == 401
        assert post(body.replace(b"ping", b"pong"), header) == 401
        assert post(body, None) == 401
        assert post(body, "t=1,s=zz") == 401
        assert post(body, signature.header("another-secret", 1_800_000_000, body)) == 401
        backend.now = float(header.split(",")[0][2:]) + 74 * 3600
        assert post(body, header) == 401
        backend.now -= 2 * 3600
        assert post(body, header) == 200
