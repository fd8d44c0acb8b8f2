"""HTTP client for the service's API, as a backend would call it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2

from stagedoor.client import OnProgress, Progress, Stage
from stagedoor.client.errors import (
    ConfigurationError,
    InvalidRequest,
    MediaUnreadable,
    StagedoorError,
)
from stagedoor.client.proxies import between
from stagedoor.client.transport import opened
from stagedoor.platform.media import SAFE_MIN_CHUNK
from stagedoor.platform.products.display import Video

from .post_words import waits_for_approval
from .route_names import as_commands

CALL = "/api/upstream/call/tiktok-provider"
FINAL = frozenset({"published", "inInbox", "failed", "cancelled", "unknown"})
_PAUSE = 0.2
_CAPITAL = re.compile("[A-Z]")


_ABOUT_THE_REQUEST = (400, 404, 409, 410, 422)
"""Statuses that concern the request, not the caller or the service."""


class ServiceRefused(StagedoorError):
    """The service answered with an error; the message, `code` and `detail` are its own."""

    def __init__(self, message: str, detail: Any = None, code: str | None = None) -> None:
        self.detail = detail
        self.code = code
        super().__init__(message)


class RequestRefused(ServiceRefused):
    """The service refused this request, not the caller: another request may succeed."""


class Remote:
    """One organisation's access to the service at `url`."""

    def __init__(self, url: str, token: str, org_claim: str = "orgid") -> None:
        self.url = url.rstrip("/")
        self._headers = {
            "orgid": _organisation(token, org_claim),
            "authorization": f"Bearer {token}",
        }
        self.http = opened(httpx2.Client, 60, reaches=(self.url,))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def send(self, method: str, path: str, body: object = None) -> Any:
        """Send a request and return the JSON response.

        Raises `ServiceRefused` with the service's own message, or if the service isn't reached.
        """
        return _checked(self._answer(method, path, body))

    def text(self, path: str) -> str:
        """Send a GET request and return the response as text. Raises as `send` does."""
        answer = self._answer("GET", path)
        if answer.status_code >= 400:
            _checked(answer)
        return answer.text

    def save(self, path: str, file: Path) -> None:
        """Send a GET request and write the response to a file, which is never in memory as a
        whole. Raises as `send` does; what was written is incomplete then."""
        with (
            self._reached(),
            self.http.stream("GET", self.url + path, headers=self._headers) as got,
        ):
            if got.status_code >= 400:
                got.read()
                _checked(got)
            try:
                with file.open("wb") as saved:
                    for block in got.iter_bytes():
                        saved.write(block)
            except OSError as error:
                raise ServiceRefused(f"can't write {file}: {error.strerror}") from error

    def _answer(self, method: str, path: str, body: object = None) -> httpx2.Response:
        with self._reached():
            return self.http.request(method, self.url + path, json=body, headers=self._headers)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except httpx2.HTTPError as error:
            raise ServiceRefused(
                f"the service at {self.url} isn't reached ({type(error).__name__})"
                f"{between(self.url)}: "
                "see that it runs, and that STAGEDOOR_SERVICE_URL is right"
            ) from error

    def call(self, operation: str, **body: object) -> Any:
        """Call one of the service's TikTok operations."""
        return self.send("POST", f"{CALL}/{operation}", body)

    def integration(self, name: str | None, *, kind: str | None = None) -> dict[str, Any]:
        """The organisation's account of that name (@handle, display name or id).

        Without a name, the organisation's only account, of those with a credential of `kind` if
        there is one. Raises `ConfigurationError` if there is none, or more than one.
        """
        listed = list(self.integrations())
        if name is None and kind is not None:
            listed = [one for one in listed if _has(one, kind)] or listed
        names = ", ".join(map(handle, listed))
        if not listed:
            raise ConfigurationError(
                "the organisation has no account connected to the service: 'stagedoor connect' "
                "connects one"
            )
        if name is None:
            if len(listed) > 1:
                raise ConfigurationError(f"choose one with --account: {names}")
            return listed[0]
        wanted = name.removeprefix("@")
        for item in listed:
            if wanted in (item["username"], item["accountName"], item["id"]):
                return item
        raise ConfigurationError(f"@{wanted} is not connected to the service; these are: {names}")

    def integrations(self) -> Iterator[dict[str, Any]]:
        """The organisation's accounts; pages are fetched on demand."""
        cursor: str | None = None
        while True:
            path = "/api/integrations" if cursor is None else f"/api/integrations?cursor={cursor}"
            page = self.send("GET", path)
            yield from page["integrations"]
            cursor = page["nextCursor"]
            if cursor is None:
                return

    def upload(self, url: str, file: Path, progress: OnProgress | None = None) -> None:
        """Upload a file in chunks; the service checks the file when it publishes it."""
        try:
            size = file.stat().st_size
            with file.open("rb") as opened:
                offset = 0
                while piece := opened.read(SAFE_MIN_CHUNK):
                    last = offset + len(piece) - 1
                    headers = {"content-range": f"bytes {offset}-{last}/{size}"}
                    _checked(self.http.put(url, content=piece, headers=headers))
                    offset = last + 1
                    if progress is not None:
                        progress(Progress(Stage.UPLOADING, offset, size))
        except OSError as error:
            raise MediaUnreadable(f"can't read {file}: {error.strerror}") from error

    def final(
        self,
        publish_id: str,
        *,
        until_public: bool = False,
        seconds: float = 600.0,
        on_state: Callable[[str], None] = lambda _: None,
    ) -> dict[str, Any]:
        """Poll the post until its state is final, or it waits for an admin; after `seconds`, return
        it as it is."""
        end = time.monotonic() + seconds
        while True:
            post: dict[str, Any] = self.send("GET", f"/api/posts/{publish_id}")
            on_state(post["state"])
            waits = until_public and post["state"] == "published" and not post["publicIds"]
            settled = (post["state"] in FINAL and not waits) or waits_for_approval(post)
            if settled or time.monotonic() > end:
                return post
            time.sleep(_PAUSE)

    def videos(self, integration_id: str) -> Iterator[Video]:
        """The account's public videos, newest first; pages are fetched on demand."""
        cursor: int | None = None
        while True:
            wanted: dict[str, object] = {"integrationId": integration_id, "maxCount": 20}
            if cursor is not None:
                wanted["cursor"] = cursor
            page = self.call("list-videos", **wanted)
            for item in page["videos"]:
                yield Video.model_validate(snaked(item))
            cursor = page.get("cursor")
            if not page.get("hasMore") or cursor is None:
                return


def _has(record: dict[str, Any], kind: str) -> bool:
    return any(one["kind"] == kind for one in record["credentials"])


def check_readable(file: Path) -> bool:
    """Check that a file can be read; returns whether it has bytes. Raises `MediaUnreadable`."""
    try:
        with file.open("rb") as opened:
            return bool(opened.read(1))
    except OSError as error:
        raise MediaUnreadable(f"can't read {file}: {error.strerror}") from error


def check_filled(file: Path) -> None:
    """Check, before the service makes anything for it, that a file has bytes that can be read.

    Raises `MediaUnreadable`, `InvalidRequest`.
    """
    if not check_readable(file):
        raise InvalidRequest("the file", [("", "is empty")])


def handle(record: dict[str, Any]) -> str:
    """The account's @handle, else its display name, else its id."""
    if record["username"]:
        return f"@{record['username']}"
    return str(record["accountName"] or record["id"])


def _organisation(token: str, claim: str) -> str:
    """The organisation that the token claims; unverified here, the service verifies it."""
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        org = json.loads(base64.urlsafe_b64decode(padded))[claim]
    except (IndexError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            "STAGEDOOR_TOKEN is no token of the service: make one with 'stagedoor token'"
        ) from None
    return str(org)


def _checked(answer: httpx2.Response) -> Any:
    if answer.status_code < 400:
        return answer.json() if answer.content else None
    try:
        error = answer.json()["error"]
        # a person at a terminal wrote an option, and no parameter of a query
        message = as_commands(str(error["message"]).removeprefix("query."))
        detail, code = error.get("detail"), error.get("code")
    except (ValueError, KeyError, TypeError):
        message = f"the service answered HTTP {answer.status_code}"
        detail = code = None
    kind = RequestRefused if answer.status_code in _ABOUT_THE_REQUEST else ServiceRefused
    raise kind(message, detail, code)


def snaked(value: Any) -> Any:
    """The service's response with its names in snake_case, as commands print all JSON."""
    if isinstance(value, dict):
        return {_CAPITAL.sub(_underscored, name): snaked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [snaked(part) for part in value]
    return value


def _underscored(capital: re.Match[str]) -> str:
    return f"_{capital.group().lower()}"
