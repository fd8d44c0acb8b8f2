"""Calls to an emulator over real HTTP, worded for tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from stagedoor.platform.operation import Operation
from stagedoor.platform.products import posting

READY = "emulator-client-key"
UNAUDITED = "emulator-unaudited-key"
SANDBOX = "emulator-sandbox-key"
SECRET = "emulator-client-secret"

PUBLIC_CREATOR = "maracooks"
PRIVATE_CREATOR = "jonas.behind.doors"


class Poster:
    """An emulator through an HTTP client whose base address it is."""

    def __init__(self, http: httpx2.Client) -> None:
        self.http = http

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"/_emulator/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def refusal(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = self.http.request(method, f"/_emulator/{path}", json=body)
        assert not answer.is_success
        return answer.status_code, answer.json()["error"]["message"]

    def settings(self, **changed: Any) -> None:
        self.control("PATCH", "settings", changed)

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def token(
        self,
        client_key: str = READY,
        creator: str = PUBLIC_CREATOR,
        scopes: list[str] | None = None,
    ) -> str:
        order = {"client_key": client_key, "creator": creator}
        if scopes is not None:
            order["scopes"] = scopes  # type: ignore[assignment]
        return str(self.control("POST", "tokens", order)["access_token"])

    def call(
        self, operation: Operation[..., Any], token: str, body: Mapping[str, Any] | None = None
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http.request(operation.method, operation.path, headers=headers, json=body or {})

    def data(
        self, operation: Operation[..., Any], token: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The answer of a call that succeeds."""
        answer = self.call(operation, token, body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["error"]["code"] == "ok", answer.text
        return dict(found["data"])

    def error(
        self, operation: Operation[..., Any], token: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, str]:
        """HTTP status and code of a call that fails."""
        answer = self.call(operation, token, body)
        found = answer.json()
        assert found["error"]["code"] != "ok", answer.text
        assert found["data"] == {}
        return answer.status_code, str(found["error"]["code"])

    def status(self, token: str, publish_id: str) -> dict[str, Any]:
        return self.data(posting.STATUS, token, {"publish_id": publish_id})

    def publish(self, publish_id: str) -> dict[str, Any]:
        """All that the emulator knows of a post."""
        return dict(self.control("GET", f"publishes/{publish_id}"))

    def until(self, publish_id: str, so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The post once it is so, in real time."""
        deadline = time.monotonic() + 10
        while not so(seen := self.publish(publish_id)):
            assert time.monotonic() < deadline, seen
            time.sleep(0.01)
        return seen

    def init_file(
        self,
        token: str,
        size: int,
        chunk_size: int | None = None,
        privacy: str | None = "PUBLIC_TO_EVERYONE",
        **info: Any,
    ) -> dict[str, Any]:
        body = {"post_info": post_info(privacy, info), "source_info": file_source(size, chunk_size)}
        return self.data(posting.VIDEO_INIT, token, body)

    def init_inbox(self, token: str, size: int) -> dict[str, Any]:
        body = {"source_info": file_source(size)}
        return self.data(posting.INBOX_VIDEO_INIT, token, body)

    def put(
        self,
        upload_url: str,
        data: bytes,
        first: int = 0,
        total: int | None = None,
        content_type: str = "video/mp4",
    ) -> httpx2.Response:
        """One chunk; without more, the whole file."""
        total = len(data) if total is None else total
        headers = {
            "Content-Type": content_type,
            "Content-Range": f"bytes {first}-{first + len(data) - 1}/{total}",
        }
        return self.http.put(upload_url, content=data, headers=headers)

    def post_video(self, token: str, data: bytes, **info: Any) -> str:
        """Init and upload in one; the publish_id."""
        begun = self.init_file(token, len(data), **info)
        assert self.put(begun["upload_url"], data).status_code == 201
        return str(begun["publish_id"])

    def leave_draft(self, token: str, data: bytes) -> str:
        begun = self.init_inbox(token, len(data))
        assert self.put(begun["upload_url"], data).status_code == 201
        return str(begun["publish_id"])


def post_info(privacy: str | None = "PUBLIC_TO_EVERYONE", more: Any = None) -> dict[str, Any]:
    chosen = {} if privacy is None else {"privacy_level": privacy}
    return {**chosen, **(more or {})}


def file_source(size: int, chunk_size: int | None = None) -> dict[str, Any]:
    chunk = chunk_size or size
    return {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk,
        "total_chunk_count": size // chunk,
    }


def pull_source(url: str) -> dict[str, Any]:
    return {"source": "PULL_FROM_URL", "video_url": url}


def photos(*urls: str, mode: str = "DIRECT_POST", cover: int = 0, **info: Any) -> dict[str, Any]:
    shown = {"privacy_level": "PUBLIC_TO_EVERYONE"} if mode == "DIRECT_POST" else {}
    return {
        "media_type": "PHOTO",
        "post_mode": mode,
        "post_info": {**shown, **info},
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_images": list(urls),
            "photo_cover_index": cover,
        },
    }
