"""A cache of the client secrets that webhooks are verified with, refreshed soon."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence

from ..errors import ApiError, ServiceUnavailable

FRESH_SECONDS = 5.0
"""A removed secret is accepted no longer than this."""
AGAIN_SECONDS = 1.0
"""A delivery that can't be verified makes the app's secrets be read again, but no more often than
this."""
_AT_ONCE = 2
"""Concurrent reads: forgers must not keep the database busy."""
_REMEMBERED = 1024
_MOST = 2
"""An app has up to two live secrets."""

logger = logging.getLogger("stagedoor.webhooks")


class Secrets:
    """Secrets by client key, in one event loop. `load` runs in threads and returns none for an
    unknown key.

    An unknown app takes as long as a known one: the same number of signatures is tried, and as much
    is read.
    """

    def __init__(self, load: Callable[[str], Sequence[str]]) -> None:
        self._load = load
        self._known: dict[str, tuple[float, Sequence[str]]] = {}
        self._nobodys = [secrets.token_hex(16) for _ in range(_MOST)]
        self._looked: dict[str, float] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._loading: dict[str, asyncio.Task[None]] = {}

    async def of(self, client_key: str) -> list[str]:
        """The app's live secrets, padded with random ones. Raises `ServiceUnavailable`."""
        known = self._known.get(client_key)
        if known is not None and time.monotonic() - known[0] > FRESH_SECONDS:
            await self._refresh(client_key)
            known = self._known.get(client_key)
        live = [] if known is None else list(known[1])
        return live + self._nobodys[len(live) :]

    async def knows(self, client_key: str) -> bool:
        """Whether the service has this app. Raises `ServiceUnavailable`."""
        known = self._known.get(client_key)
        if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
            await self.renewed(client_key)
        return client_key in self._known

    async def renewed(self, client_key: str) -> bool:
        """Read the app's secrets again; False when they were read a moment ago. Raises
        `ServiceUnavailable`."""
        looked = self._looked.get(client_key, float("-inf"))
        if time.monotonic() - looked < AGAIN_SECONDS and client_key not in self._loading:
            return False
        await self._refresh(client_key)
        return True

    async def _refresh(self, client_key: str) -> None:
        task = self._loading.get(client_key)
        if task is None:
            task = self._loading[client_key] = asyncio.create_task(self._read(client_key))
            task.add_done_callback(lambda done: self._read_over(client_key, done))
        try:
            await asyncio.shield(task)
        except ApiError as error:
            logger.error("the secrets that verify webhooks can't be read: %s", error)
            raise ServiceUnavailable("Deliveries can't be verified now. Try again.") from None

    def _read_over(self, client_key: str, done: asyncio.Task[None]) -> None:
        self._loading.pop(client_key, None)
        if not done.cancelled():
            done.exception()  # retrieves the exception, even if every task that waited has gone

    async def _read(self, client_key: str) -> None:
        async with self._room:
            live = await asyncio.to_thread(self._load, client_key)
        if len(self._looked) >= _REMEMBERED:
            self._looked.clear()
        self._looked[client_key] = time.monotonic()
        if live:
            self._known[client_key] = (time.monotonic(), live)
        else:
            self._known.pop(client_key, None)
