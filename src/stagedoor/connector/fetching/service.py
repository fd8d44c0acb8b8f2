"""Fetching a file by its URL into the media store."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import httpx2

from stagedoor import __version__
from stagedoor.platform.media import MAX_FILE, PHOTO

from ..cancellation import Cancellation, current
from ..database import Database, TenantConnection
from ..errors import ApiError, RequestTooLarge, ServiceUnavailable
from ..media.disk_space import Reservation
from ..media.probe import is_media
from ..media.ranges import WholeBody
from ..media.service import MediaKind, MediaService, Medium
from ..media.storage import ObjectWriter
from .errors import FetchFailed, FetchTooSlow, UrlRefused
from .guard import GuardedTransport, check, parse

AT_ONCE = 32
"""The number of threads; the caller limits the fetches of one organisation."""
_KEEP_SECONDS = 86_400.0
"""How long a fetched file is kept without a post."""
_ENDING = "This process is about to end, and fetches nothing more: try again."
_HEAD = 16
_BLOCK = 1 << 16
_WAITS = httpx2.Timeout(30.0, connect=10.0)
_SENT = {"user-agent": f"stagedoor/{__version__}", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Limits of one file: bytes, and seconds from the first packet to the last byte. The response's
    headers, and each `step` bytes, must come within `step_seconds`, or the host is too slow."""

    size: int
    seconds: float
    step: int = 256 << 10
    step_seconds: float = 15.0


LIMITS: Final = {
    MediaKind.VIDEO: FetchLimits(MAX_FILE, 900.0),
    MediaKind.PHOTO: FetchLimits(PHOTO.max_bytes, 60.0),
}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched and stored; `digest` is the SHA-256 of its bytes."""

    medium: Medium
    digest: str


class Fetching:
    """Fetches files. Thread-safe. Don't call its methods inside a transaction."""

    def __init__(
        self,
        private: bool,
        database: Database,
        media: MediaService,
        make_guard: Callable[[bool], GuardedTransport] = GuardedTransport,
    ) -> None:
        self._private = private
        self._database = database
        self._media = media
        self._make_guard = make_guard
        # a small pool of its own, since the caller may be in an event loop
        self._pool = ThreadPoolExecutor(AT_ONCE, "stagedoor fetch")
        self._lock = threading.Lock()
        self._running: set[Callable[[], object]] = set()

    def fetch(
        self, org: str, urls: Sequence[str], kind: MediaKind, limits: FetchLimits | None = None
    ) -> list[Fetched]:
        """Fetch the files at `urls`, all or none. Raises `UrlRefused`, `FetchFailed`,
        `RequestTooLarge`, and `Interrupted` where the caller's work is cancelled."""
        within = limits or LIMITS[kind]
        addresses = [parse(url) for url in urls]
        for address in addresses:
            check(address, self._private)
        fetched: list[Fetched] = []
        cancellation = current()
        try:
            for address in addresses:
                cancellation.check()
                run = self._pool.submit(self._run, org, address, kind, within, cancellation)
                fetched.append(run.result())
        except BaseException as error:
            for one in fetched:
                self._media.discard(org, one.medium.id)
            if isinstance(error, CancelledError | asyncio.CancelledError):
                cancellation.check()
                raise ServiceUnavailable(_ENDING, retry_after=5) from None
            raise
        return fetched

    def close(self) -> None:
        """Cancel running fetches."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for stop in self._running:
                stop()

    def _run(
        self,
        org: str,
        url: httpx2.URL,
        kind: MediaKind,
        limits: FetchLimits,
        cancellation: Cancellation,
    ) -> Fetched:
        return asyncio.run(self._stoppable(self._one(org, url, kind, limits), cancellation))

    async def _stoppable(
        self, work: Coroutine[None, None, Fetched], cancellation: Cancellation
    ) -> Fetched:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def stop() -> None:
            with suppress(RuntimeError):  # the fetch has ended, and its loop with it
                loop.call_soon_threadsafe(task.cancel)

        with self._lock:
            self._running.add(stop)
        try:
            with cancellation.stopping(stop):
                return await task
        finally:
            with self._lock:
                self._running.discard(stop)

    async def _one(
        self, org: str, url: httpx2.URL, kind: MediaKind, limits: FetchLimits
    ) -> Fetched:
        self._media.identity.check()
        with self._database.begin() as connection:
            medium = self._media.add_medium(
                TenantConnection(connection, org), kind, keep_seconds=_KEEP_SECONDS
            )
        try:
            async with asyncio.timeout(limits.seconds):
                writer, digest = await self._taken(medium, url, limits)
            kept = self._media.keep(medium, WholeBody(None), writer.key, writer.size, ended=True)
            self._media.know_sha256(kept, digest)
        except BaseException as error:
            self._media.discard(org, medium.id)
            if isinstance(error, TimeoutError | httpx2.TimeoutException):
                raise FetchTooSlow(
                    f"{url.host} didn't send the file in {limits.seconds:.0f} s, or sent less than "
                    f"{limits.step} bytes in {limits.step_seconds:.0f} s: try again, or from a "
                    "host that is quicker."
                ) from None
            if isinstance(error, httpx2.HTTPError):
                # whose message may contain the whole URL
                raise FetchFailed(
                    f"The connection to {url.host} failed ({type(error).__name__}).",
                    retryable=True,
                ) from None
            raise
        return Fetched(kept, digest)

    async def _taken(
        self, medium: Medium, url: httpx2.URL, limits: FetchLimits
    ) -> tuple[ObjectWriter, str]:
        guard = self._make_guard(self._private)
        async with (
            asyncio.timeout(limits.step_seconds) as patience,
            httpx2.AsyncClient(
                transport=guard, timeout=_WAITS, trust_env=False, follow_redirects=False
            ) as http,
            http.stream("GET", url, headers=_SENT) as answer,
        ):
            size = self._check(answer, url, limits)
            with self._media.room.reserve(medium.org, size) as room:
                return await self._copied(medium, answer, limits, room, patience)

    def _check(self, answer: httpx2.Response, url: httpx2.URL, limits: FetchLimits) -> int:
        """The size that the response announces, or 0."""
        if 300 <= answer.status_code < 400:
            raise UrlRefused(
                f"{url.host} sends on to another address, which isn't followed: give the one "
                "where the file is."
            )
        if answer.status_code != 200:
            raise FetchFailed(
                f"{url.host} answered HTTP {answer.status_code} instead of the file.",
                retryable=answer.status_code >= 500,
            )
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise FetchFailed(f"{url.host} sends the file packed, though it wasn't asked to.")
        length = answer.headers.get("content-length", "0")
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > limits.size:
            raise _too_large(limits)
        return size

    async def _copied(
        self,
        medium: Medium,
        answer: httpx2.Response,
        limits: FetchLimits,
        room: Reservation,
        patience: asyncio.Timeout,
    ) -> tuple[ObjectWriter, str]:
        """Copy the response into a medium. `patience` is reset with each step of bytes."""
        writer, digest, head = self._media.storage.writer(medium.id), hashlib.sha256(), b""
        now, at = asyncio.get_running_loop().time, 0
        patience.reschedule(now() + limits.step_seconds)
        async for block in answer.aiter_raw(_BLOCK):
            if writer.size + len(block) > limits.size:
                raise _too_large(limits)
            if len(head) < _HEAD:
                head += block[:_HEAD]
                if len(head) >= _HEAD and not is_media(head, medium.kind.value):
                    raise _no_media(medium)
            digest.update(block)
            await room.take(len(block))
            await writer.write(block)
            if writer.size - at >= limits.step:
                at = writer.size
                patience.reschedule(now() + limits.step_seconds)
        patience.reschedule(None)
        if len(head) < _HEAD:
            raise _no_media(medium)
        await writer.finish()
        return writer, digest.hexdigest()


def _too_large(limits: FetchLimits) -> ApiError:
    return RequestTooLarge(f"The file is larger than TikTok takes: {limits.size} bytes at most.")


def _no_media(medium: Medium) -> ApiError:
    return FetchFailed(f"What is at that address is no {medium.kind.value}.")
