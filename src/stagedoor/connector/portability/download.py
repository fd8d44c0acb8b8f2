"""Downloads of archives: passed on from TikTok block by block, never in memory as a whole."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from stagedoor.client.errors import StagedoorError

from ..errors import ApiError
from ..fair_pool import FairPool
from ..fair_queue import Owner, Shares
from ..integrations.tiktok_errors import api_error_of
from ..media.blocking_slots import Busy
from ..publishing.accounts import PostingAccounts
from .errors import WrongExportState
from .request import ExportStateName
from .service import PortabilityService

_SHARES = Shares(total=8, org=2, agent=2, waiting=4)
_BLOCKS = 4
"""Blocks of 256 KiB that wait for the caller."""
_BEGIN_SECONDS = 30.0
_BLOCK_SECONDS = 60.0


class Downloads:
    """Downloads archives, a few at a time for each organisation. Thread-safe."""

    def __init__(self, portability: PortabilityService, accounts: PostingAccounts) -> None:
        self._portability = portability
        self._accounts = accounts
        self._pool = FairPool("stagedoor archive", _SHARES)

    def client_of(self, org: str, request_id: str) -> tuple[Any, str]:
        """The client and TikTok's id for the download of an archive. Raises `NoExport`,
        `WrongExportState`."""
        request = self._portability.get(org, request_id)
        if request.state is not ExportStateName.READY or request.tiktok_id is None:
            raise WrongExportState(
                f"The request is {request.state.value}: there is no archive to download."
            )
        account = self._accounts.chosen(org, request.integration)
        return self._accounts.client(account), request.tiktok_id

    async def open(self, org: str, request_id: str) -> AsyncIterator[bytes]:
        """The blocks of an archive; the first one is here before this returns.

        Raises `NoExport`, `WrongExportState`, `TooManyAtOnce`, `Busy`, and TikTok's refusal.
        """
        tiktok, tiktok_id = await asyncio.to_thread(self.client_of, org, request_id)
        pipe = _Pipe(asyncio.get_running_loop())

        def work() -> None:
            tiktok.portability.download(tiktok_id, pipe)

        pipe.follow(self._pool.submit(Owner(org), work))
        try:
            first = await asyncio.wait_for(pipe.next(), _BEGIN_SECONDS)
        except TimeoutError:
            pipe.abandon()
            raise Busy("No archive began within 30 s: try again later.") from None
        except StagedoorError as error:
            raise api_error_of(error) from error
        return pipe.rest(first)

    def close(self) -> None:
        self._pool.close()


class _Pipe(io.RawIOBase):
    """A stream that a thread writes, and a coroutine reads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._blocks: asyncio.Queue[bytes | BaseException | None] = asyncio.Queue(_BLOCKS)
        self._abandoned = threading.Event()

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        """Wait for room in the queue. Raises `OSError` when nobody reads any more."""
        self._put(bytes(block))
        return len(block)

    def follow(self, work: Future[None]) -> None:
        """End the stream when the work has ended."""
        work.add_done_callback(self._end)

    def _end(self, work: Future[None]) -> None:
        error = work.exception()
        if not self._abandoned.is_set():
            with suppress(RuntimeError):  # the loop has ended, and so has the caller
                self._loop.call_soon_threadsafe(self._finish, error)

    def _finish(self, error: BaseException | None) -> None:
        task = self._loop.create_task(self._blocks.put(error))
        self._last = task  # the loop itself keeps no reference

    def _put(self, block: bytes) -> None:
        if self._abandoned.is_set():
            raise BrokenPipeError("the caller has left")
        putting = asyncio.run_coroutine_threadsafe(self._blocks.put(block), self._loop)
        try:
            putting.result(_BLOCK_SECONDS)
        except TimeoutError:
            putting.cancel()
            raise BrokenPipeError("the caller reads too slowly") from None

    async def next(self) -> bytes:
        """The next block; empty at the end. Raises the error of the download."""
        block = await self._blocks.get()
        if isinstance(block, BaseException):
            raise block
        return block or b""

    async def rest(self, first: bytes) -> AsyncIterator[bytes]:
        """The first block and all others. Raises the error that broke the download off."""
        block = first
        try:
            while block:
                yield block
                block = await self.next()
        except StagedoorError as error:
            raise _Broken(str(error)) from error
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Nobody reads any more: the next write fails."""
        self._abandoned.set()
        while not self._blocks.empty():
            self._blocks.get_nowait()


class _Broken(ApiError):
    """The download broke off after its first block: the connection is closed without an end."""

    code, http = "tiktok_unreachable", 502
