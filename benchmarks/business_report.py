"""The emulator's daily report, whole calls in memory, against `json.dumps` of the same page."""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from stagedoor.emulator.app import Emulator
from stagedoor.emulator.products.business.seed import APP_ID, PERSON_ID
from stagedoor.emulator.products.business.tokens import issue_token
from stagedoor.platform.products.business_reports import MAX_ROWS, REPORT_INTEGRATED_GET

from .ad_tree import ADVERTISER_ID, plant
from .row import Benchmark, Length, Row

TARGET, GROWTH = 5.0, 1.5
FEW, MANY, DAYS = 1_000, 10_000, 30
METRICS = (
    *("spend", "impressions", "clicks", "ctr", "cpc", "cpm", "reach", "frequency"),
    *("conversion", "cost_per_conversion", "video_play_actions", "video_watched_2s"),
    *("video_watched_6s", "video_views_p100", "likes", "comments", "shares", "follows"),
)
"""The connector's default columns (`business-reporting.yaml`, connector_defaults)."""


class Account:
    """An emulator with so many ads, and the calls that read its report."""

    def __init__(self, ads: int) -> None:
        self.emulator = Emulator()
        self.world: Any = self.emulator.world
        self.world.settings.rate_limits = False
        self.world.clock.freeze()
        plant(self.world, ads, DAYS + 1)
        app = self.world.apps[APP_ID]
        self.token = issue_token(self.world, app, PERSON_ID, (ADVERTISER_ID,)).value
        today = datetime.fromtimestamp(self.world.now(), UTC).date()
        self.asked = {
            "advertiser_id": ADVERTISER_ID,
            "report_type": "BASIC",
            "data_level": "AUCTION_AD",
            "dimensions": json.dumps(["ad_id", "stat_time_day"]),
            "metrics": json.dumps(METRICS),
            "start_date": str(today - timedelta(days=DAYS)),
            "end_date": str(today - timedelta(days=1)),
            "page_size": MAX_ROWS,
        }

    async def page(self, number: int) -> bytes:
        """A whole call to the emulator: routing, checks, and the answer's bytes."""
        sent: list[bytes] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": REPORT_INTEGRATED_GET.path,
            "query_string": urlencode(self.asked | {"page": number}).encode(),
            "headers": [(b"host", b"127.0.0.1"), (b"access-token", self.token.encode())],
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
            "root_path": "",
            "raw_path": b"",
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                sent.append(message.get("body", b""))

        await self.emulator.asgi(scope, receive, send)
        return b"".join(sent)

    async def measured(self, pages: int) -> tuple[float, float]:
        """Seconds a page, and seconds of `json.dumps` of it; every page is read once."""
        first = json.loads(await self.page(1))
        assert first["code"] == 0, first["message"]
        ours, bare = [], []
        last = first["data"]["page_info"]["total_page"]
        step = max(1, last // pages)
        for number in range(2, last, step):
            begun = time.perf_counter()
            body = await self.page(number)
            ours.append(time.perf_counter() - begun)
            answer = json.loads(body)
            assert len(answer["data"]["list"]) == MAX_ROWS
            begun = time.perf_counter()
            json.dumps(answer)
            bare.append(time.perf_counter() - begun)
        return statistics.median(ours), statistics.median(bare)


def run(length: Length) -> list[Row]:
    pages = 28 if length is Length.SHORT else 200
    times = {}
    for ads in (FEW, MANY):
        account = Account(ads)
        gc.collect()
        gc.freeze()
        try:
            times[ads] = asyncio.run(account.measured(pages))
        finally:
            gc.unfreeze()
        del account
    (few, bare), (many, _) = times[FEW], times[MANY]
    told = f"{few * 1e3:.2f} ms a page of {MAX_ROWS} rows, json.dumps {bare * 1e3:.2f} ms"
    grown = f"{many * 1e3:.2f} ms a page with {MANY:,} ads, {few * 1e3:.2f} ms with {FEW:,}"
    return [
        Row("daily report of the emulator, a page", few / bare, TARGET, told),
        Row("daily report, ten times the ads", many / few, GROWTH, grown),
    ]


BENCHMARK = Benchmark("business-report", run)
