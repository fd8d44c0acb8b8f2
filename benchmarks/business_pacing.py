"""Calls to TikTok API for Business as fast as pacing lets them go, on the emulator's clock.

Nothing waits for real: the clock stands still, and moves by what the pacer asks the client to wait.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx2

from stagedoor import AsyncTikTokBusiness, Hosts, Pacer
from stagedoor.business import Tier
from stagedoor.client.driver_async import AsyncDriver
from stagedoor.client.effects import Acquire, Effect, Sleep
from stagedoor.client.errors import RateLimited
from stagedoor.client.retry import NO_RETRY
from stagedoor.client.tokens import MemoryTokens, Tokens
from stagedoor.emulator import Emulator
from stagedoor.emulator.products.business import seed, tokens
from stagedoor.emulator.world import WorldClock
from stagedoor.platform.products.business.limits import DEFAULT

from .row import Benchmark, Better, Length, Row

TARGET = 95
"""Percent of the allowed calls."""


class VirtualDriver(AsyncDriver):
    """Waits on the emulator's clock."""

    def __init__(self, http: httpx2.AsyncClient, tokens: MemoryTokens, clock: WorldClock) -> None:
        super().__init__(http, None, tokens)
        self.clock = clock
        self.paced = Pacer(clock.now)

    async def perform(self, effect: Effect) -> Any:
        match effect:
            case Acquire(key, limit):
                await self.clock.advance(self.paced.reserve(key, limit))
                return None
            case Sleep(seconds):
                await self.clock.advance(seconds)
                return None
        return await super().perform(effect)


@dataclass(frozen=True, slots=True)
class Paced:
    """The results of calls for `seconds` on the clock."""

    calls: int
    throttled: int
    allowed: float

    @property
    def percent(self) -> float:
        return 100 * self.calls / self.allowed


async def paced(tier: Tier, seconds: float) -> Paced:
    """Call without a pause for this long, as an app of this tier."""
    emulator = Emulator()
    world = emulator.world
    try:
        async with (
            emulator,
            httpx2.AsyncClient(transport=httpx2.ASGITransport(emulator.asgi)) as http,
        ):
            world.clock.freeze()
            app = world.apps[seed.APP_ID]
            app.tier = tier
            token = tokens.issue_token(world, app, seed.PERSON_ID, seed.ADVERTISER_IDS)
            store = MemoryTokens(Tokens(access_token=token.value))
            plain = AsyncTikTokBusiness(
                hosts=Hosts.at("http://emulator.test"), tier=tier, retry=NO_RETRY, http=http
            )
            client = plain._derived(driver=VirtualDriver(http, store, world.clock))
            begun = world.now()
            calls = throttled = 0
            while world.now() - begun < seconds:
                try:
                    await client.advertisers.user()
                    calls += 1
                except RateLimited:
                    throttled += 1
            allowed = DEFAULT[0].at(tier).requests * (world.now() - begun)
        return Paced(calls, throttled, allowed)
    finally:
        emulator.close()


def run(length: Length) -> list[Row]:
    seconds = 120 if length is Length.SHORT else 1_200
    rows = []
    for tier in (Tier.BASIC, Tier.ULTIMATE):
        found = asyncio.run(paced(tier, seconds))
        detail = (
            f"{found.calls:,} calls in {seconds:,} s on the clock, {found.allowed:,.0f} allowed"
        )
        name = f"pacing of TikTok API for Business, {tier}"
        rows += [
            Row(name, found.percent, TARGET, detail, Better.HIGHER, "%"),
            Row(f"{name}: throttle answers", found.throttled, 0, detail, unit="answers"),
        ]
    return rows


BENCHMARK = Benchmark("business-pacing", run)
