"""TikTok's webhooks as it would send them: made, signed, posted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import httpx2

from stagedoor.platform import signature
from tests.support.local import KEY, SECRET

PATH = "/connect/webhook/tiktok"


def envelope(
    event: str,
    content: Any,
    *,
    created: float,
    open_id: str = "someone",
    client_key: str = KEY,
) -> bytes:
    """An event's bytes; `content` becomes JSON text inside the JSON."""
    told = {
        "client_key": client_key,
        "event": event,
        "create_time": int(created),
        "user_openid": open_id,
        "content": json.dumps(content, separators=(",", ":")),
    }
    return json.dumps(told, separators=(",", ":")).encode()


def moved(number: int, created: float, open_id: str = "someone") -> bytes:
    """One of many events that are all different."""
    content = {"publish_id": f"v_pub_file~v2-1.{number:019d}", "publish_type": "DIRECT_PUBLISH"}
    return envelope("post.publish.complete", content, created=created, open_id=open_id)


@dataclass
class Sender:
    """TikTok, as far as a receiver can tell."""

    url: str
    secret: str = SECRET
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=30))

    def send(self, body: bytes, at: float, secret: str | None = None) -> httpx2.Response:
        """Signed at that time."""
        return self.post(body, signature.header(secret or self.secret, int(at), body))

    def post(self, body: bytes, header: str | None) -> httpx2.Response:
        """With that for a signature."""
        headers = [(b"content-type", b"application/json")]
        if header is not None:
            headers.append((signature.HEADER.encode(), header.encode()))
        return self.http.post(self.url + PATH, content=body, headers=headers)
