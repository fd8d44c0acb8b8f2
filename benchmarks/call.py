"""A typed call with all of the client's checks, against the same request with bare httpx2."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

import httpx2

from stagedoor import AsyncTikTok, Hosts, TikTok, Tokens
from stagedoor.platform.products.display import VIDEO_FIELDS, VIDEO_LIST

from .contest import Rounds, contest, ratio, typical
from .nginx import canned
from .page import PATH, VIDEOS, page
from .row import Benchmark, Length, Row

TARGET = 1.3
CALLS = 250
"""Calls of one trial."""


def _tokens(calls: int) -> list[str]:
    """Enough accounts that pacing counts every call, and makes none wait."""
    [limit] = VIDEO_LIST.limits
    return [f"act.benchmark.{index:04}" for index in range(2 * calls // limit.requests + 2)]


def _account(token: str) -> Tokens:
    # With a lifetime and a refresh token, as after a real login, so that both are looked at.
    return Tokens(
        access_token=token, refresh_token="rft.benchmark", expires_at=time.time() + 86_400
    )


def _bare(base: str, token: str) -> dict[str, Any]:
    return {
        "url": base + PATH,
        "params": {"fields": ",".join(VIDEO_FIELDS)},
        "json": {"max_count": VIDEOS},
        "headers": {"Authorization": f"Bearer {token}"},
    }


def _sync(base: str, rounds: int) -> Rounds[float]:
    tokens = _tokens(CALLS * (rounds + 1))
    with TikTok("key", "secret", hosts=Hosts.at(base)) as tiktok, httpx2.Client() as http:
        accounts = itertools.cycle([tiktok.for_account(_account(token)) for token in tokens])
        bearers = itertools.cycle(tokens)

        def ours() -> float:
            begun = time.perf_counter()
            for _ in range(CALLS):
                videos = next(accounts).videos.list(max_count=VIDEOS).videos
            return _checked(begun, len(videos))

        def bare() -> float:
            begun = time.perf_counter()
            for _ in range(CALLS):
                videos = http.post(**_bare(base, next(bearers))).json()["data"]["videos"]
            return _checked(begun, len(videos))

        return contest(ours, bare, rounds)


def _async(base: str, rounds: int) -> Rounds[float]:
    tokens = _tokens(CALLS * (rounds + 1))
    with asyncio.Runner() as runner:
        tiktok = AsyncTikTok("key", "secret", hosts=Hosts.at(base))
        http = httpx2.AsyncClient()
        accounts = itertools.cycle([tiktok.for_account(_account(token)) for token in tokens])
        bearers = itertools.cycle(tokens)

        async def ours() -> float:
            begun = time.perf_counter()
            for _ in range(CALLS):
                videos = (await next(accounts).videos.list(max_count=VIDEOS)).videos
            return _checked(begun, len(videos))

        async def bare() -> float:
            begun = time.perf_counter()
            for _ in range(CALLS):
                response = await http.post(**_bare(base, next(bearers)))
                videos = response.json()["data"]["videos"]
            return _checked(begun, len(videos))

        async def close() -> None:
            await tiktok.aclose()
            await http.aclose()

        try:
            return contest(lambda: runner.run(ours()), lambda: runner.run(bare()), rounds)
        finally:
            runner.run(close())


def _checked(begun: float, videos: int) -> float:
    taken = time.perf_counter() - begun
    assert videos == VIDEOS
    return taken


def _row(name: str, rounds: Rounds[float]) -> Row:
    ours, bare = (seconds / CALLS * 1e6 for seconds in typical(rounds))
    return Row(name, ratio(rounds), TARGET, f"{ours:,.0f} µs a call, bare httpx2 {bare:,.0f} µs")


def run(length: Length) -> list[Row]:
    rounds = 9 if length is Length.SHORT else 60
    with canned(lambda _: {PATH: page()}) as server:
        base = server.url
        return [
            _row("call, TikTok", _sync(base, rounds)),
            _row("call, AsyncTikTok", _async(base, rounds)),
        ]


BENCHMARK = Benchmark("call", run)
