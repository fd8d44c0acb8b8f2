"""The in-process fixture of pytest against its own requests: ready, and reset."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from stagedoor import Hosts, TikTok
from stagedoor.testing import TikTokEmulator, in_process

from .row import Benchmark, Length, Row

READY, RESET = 100.0, 10.0
_REQUESTS = 200


def run(length: Length) -> list[Row]:
    rounds = 9 if length is Length.SHORT else 41
    with in_process():
        pass  # the modules are loaded
    ready, reset, request = [], [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        with in_process() as emulator:
            ready.append(time.perf_counter() - begun)
            request.append(_request(emulator))
            reset.append(_seconds(emulator.reset))
    one = statistics.median(request)
    detail = f"a request {one * 1e3:.2f} ms"
    return [
        Row(
            "in-process fixture: ready",
            statistics.median(ready) / one,
            READY,
            detail,
            unit="requests",
        ),
        Row(
            "in-process fixture: reset",
            statistics.median(reset) / one,
            RESET,
            detail,
            unit="requests",
        ),
    ]


def _request(emulator: TikTokEmulator) -> float:
    """The seconds of one call of the client."""
    tokens, hosts = emulator.tokens.issue(), Hosts.at(emulator.url)
    with TikTok(tokens=tokens, hosts=hosts, transport=emulator.transport, pacer=None) as tiktok:
        tiktok.videos.list()
        begun = time.perf_counter()
        for _ in range(_REQUESTS):
            tiktok.videos.list()
        return (time.perf_counter() - begun) / _REQUESTS


def _seconds(call: Callable[[], None]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


BENCHMARK = Benchmark("fixture", run)
