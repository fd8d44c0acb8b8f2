"""Performs effects with blocking calls."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any, TypeVar

import httpx2

from .effects import (
    Acquire,
    Blocking,
    Effect,
    Emit,
    Exclusive,
    Flow,
    Items,
    LoadTokens,
    Machine,
    Reply,
    Report,
    SaveTokens,
    Send,
    Sleep,
    TokensRefused,
)
from .pacing import Pacing
from .sink import BLOCK, Sink
from .source import Blocks
from .tokens import TokenStore
from .transport import parsed, translated

T = TypeVar("T")


class SyncDriver:
    """One HTTP client, one pacer, one account's tokens. Safe to share between threads."""

    is_async = False

    def __init__(self, http: httpx2.Client, pacer: Pacing | None, store: TokenStore) -> None:
        self.http = http
        self.pacer = pacer
        self.store = store
        self._refreshing = threading.Lock()

    def with_store(self, store: TokenStore) -> SyncDriver:
        """A driver for another account, with the same connections and pacing."""
        return SyncDriver(self.http, self.pacer, store)

    def run(self, flow: Flow[T]) -> T:
        with Machine(flow) as machine:
            while (effect := machine.next()) is not None:
                try:
                    machine.result = self.perform(effect)
                except Exception as error:
                    machine.error = error
            return machine.value

    def walk(self, flow: Items[T]) -> Iterator[T]:
        with Machine(flow) as machine:
            while (effect := machine.next()) is not None:
                if isinstance(effect, Emit):
                    yield effect.item
                    continue
                try:
                    machine.result = self.perform(effect)
                except Exception as error:
                    machine.error = error

    def perform(self, effect: Effect) -> Any:
        """Perform the effect and return its result; an exception is raised into the flow."""
        match effect:
            case Send():
                return self._send(effect)
            case LoadTokens():
                return self.store.load()
            case SaveTokens(tokens):
                return self.store.save(tokens)
            case TokensRefused(tokens, error):
                refused = getattr(self.store, "refused", None)
                return None if refused is None else refused(tokens, error)
            case Acquire(key, limit):
                if self.pacer is not None:
                    delay = self.pacer.reserve(key, limit)
                    if delay > 0:
                        time.sleep(delay)
                return None
            case Sleep(seconds):
                time.sleep(seconds)
                return None
            case Report(progress, to):
                if to is not None:
                    to(progress)
                return None
            case Blocking(call, args):
                return call(*args)
            case Exclusive(flow):
                exclusive = getattr(self.store, "exclusive", contextlib.nullcontext)
                with self._refreshing, exclusive():
                    return self.run(flow)
            case Emit():
                raise TypeError("only a walk emits items")

    def _send(self, send: Send) -> Reply:
        if send.into is not None:
            return self._receive(send, send.into)
        body = _blocks(send.body) if isinstance(send.body, Blocks) else send.body
        with translated(send.method, send.url, self.http):
            url = parsed(send.method, send.url)
            response = self.http.request(send.method, url, headers=send.headers, content=body)
        return Reply(response.status_code, response.headers, response.content)

    def _receive(self, send: Send, sink: Sink) -> Reply:
        body = _blocks(send.body) if isinstance(send.body, Blocks) else send.body
        with (
            translated(send.method, send.url, self.http),
            self.http.stream(send.method, send.url, headers=send.headers, content=body) as answer,
        ):
            sink.begin(length_of(answer.headers))
            for block in answer.iter_bytes(BLOCK):
                sink.take(block)
                sink.taken()
        return Reply(answer.status_code, answer.headers, sink.answer)


def length_of(headers: httpx2.Headers) -> int:
    """The length that Content-Length announces for the body as read; 0 if it isn't known."""
    told = headers.get("content-length", "")
    return int(told) if told.isdecimal() and "content-encoding" not in headers else 0


def _blocks(body: Blocks) -> Iterator[bytes]:
    while block := body.next():
        body.sending()
        yield block
        body.sent(len(block))
