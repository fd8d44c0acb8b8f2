"""A large world against one with 1,000 videos: what an answer costs, and what the world holds."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2

from stagedoor.emulator.products.community.control_bodies import MAX_VIDEOS
from stagedoor.platform.operation import Operation
from stagedoor.platform.products.display import VIDEO_FIELDS, VIDEO_LIST
from stagedoor.platform.products.oauth import TOKEN_CLIENT
from stagedoor.platform.products.research import VIDEO_QUERY
from stagedoor.platform.scopes import Scope

from .contest import contest, ratio, typical
from .memory import Peak
from .page import VIDEOS
from .process import free_port, serving
from .row import Benchmark, Length, Row
from .start import COMMAND
from .wrk import Load, Wrk, seconds_of

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
P99 = 1.5
MEGABYTES = 1_500
"""Held by an emulator with a million videos, and so by a smaller one."""
PATIENCE = 300
CONNECTIONS = 8
TAGGED = VIDEOS
"""Videos with the tag that a query asks for, in both worlds: one page."""
RESEARCH_FIELDS = ("id", "create_time", "username", "view_count", "hashtag_names")
"""Few, so that finding the videos is most of what is measured."""
DAYS = 28
"""Over which the videos are spread; research shows them from the third day on."""

APP, SECRET = "emulator-client-key", "emulator-client-secret"
CREATOR, REGION, TAG = "ridewithrio", "IT", "fewhavethis"


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that is measured, with the same answer from both worlds but for the ids."""

    name: str
    operation: Operation[..., Any]
    fields: tuple[str, ...]
    body: dict[str, Any]
    listed: str
    size: int

    @property
    def path(self) -> str:
        return f"{self.operation.path}?{urlencode({'fields': ','.join(self.fields)})}"


def _calls() -> tuple[Asked, ...]:
    today = datetime.now(UTC).date()
    dates = {
        "start_date": f"{today - timedelta(days=29):%Y%m%d}",
        "end_date": f"{today:%Y%m%d}",
    }

    def query(field: str, value: str) -> dict[str, Any]:
        condition = {"operation": "EQ", "field_name": field, "field_values": [value]}
        return {"query": {"and": [condition]}, "max_count": TAGGED, **dates}

    return (
        Asked("video list", VIDEO_LIST, VIDEO_FIELDS, {"max_count": VIDEOS}, "videos", VIDEOS),
        Asked(
            "research by region",
            VIDEO_QUERY,
            RESEARCH_FIELDS,
            query("region_code", REGION),
            "videos",
            TAGGED,
        ),
        Asked(
            "research by hashtag",
            VIDEO_QUERY,
            RESEARCH_FIELDS,
            query("hashtag_name", TAG),
            "videos",
            TAGGED,
        ),
    )


class World:
    """An emulator with so many videos, and tokens for it."""

    def __init__(self, url: str, videos: int, peak: Peak) -> None:
        self.url, self.videos, self.peak = url, videos, peak
        self._http = httpx2.Client(base_url=url, timeout=PATIENCE)
        for begin in range(0, videos - TAGGED, MAX_VIDEOS):
            count = min(MAX_VIDEOS, videos - TAGGED - begin)
            self._post("/_emulator/videos/batch", self._batch(count, "Up and down"))
        # spread like the others, and old enough to be seen
        self._post("/_emulator/videos/batch", self._batch(TAGGED, f"Up #{TAG}"))
        self._post("/_emulator/clock", {"advance": 2 * 86_400 + 60})
        settings = self._http.patch("/_emulator/settings", json={"rate_limits": False})
        settings.raise_for_status()
        asked = {"client_key": APP, "creator": CREATOR, "scopes": [Scope.VIDEO_LIST]}
        self._user = self._post("/_emulator/tokens", asked)["access_token"]
        form = {"client_key": APP, "client_secret": SECRET, "grant_type": "client_credentials"}
        answer = self._http.post(TOKEN_CLIENT.path, data=form).raise_for_status()
        self._app = answer.json()["access_token"]

    def _batch(self, count: int, title: str) -> dict[str, Any]:
        return {"creator": CREATOR, "count": count, "days": DAYS - 2, "titles": [title]}

    def _post(self, path: str, body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def token(self, asked: Asked) -> str:
        token: str = self._user if asked.operation is VIDEO_LIST else self._app
        return token

    def check(self, asked: Asked) -> None:
        """The answer has the size that is to be compared."""
        headers = {"Authorization": f"Bearer {self.token(asked)}"}
        answer = self._http.post(asked.path, json=asked.body, headers=headers).raise_for_status()
        found = len(answer.json()["data"][asked.listed])
        if found != asked.size:
            raise RuntimeError(f"{asked.name}: {found} items instead of {asked.size}")

    def close(self) -> None:
        self._http.close()


@contextmanager
def _world(videos: int) -> Iterator[World]:
    port = free_port()
    command = [COMMAND, "emulator", "--port", str(port)]
    with serving(command, port) as server, Peak(server.pid) as peak:
        world = World(f"http://127.0.0.1:{port}", videos, peak)
        try:
            yield world
        finally:
            world.close()


def run(length: Length) -> list[Row]:
    rounds, videos = (7, MANY) if length is Length.SHORT else (31, MOST)
    with tempfile.TemporaryDirectory(prefix="stagedoor-emulator-") as name:
        with _world(videos) as large, _world(FEW) as small:
            rows = [
                row
                for asked in _calls()
                for row in _rows(Path(name), asked, large, small, rounds, seconds_of(length))
            ]
        held = large.peak.bytes / 1e6
    title = f"emulator with {videos:,} videos, memory"
    return [*rows, Row(title, held, MEGABYTES, "after all of these calls", unit="MB")]


def _rows(
    folder: Path, asked: Asked, large: World, small: World, rounds: int, seconds: int
) -> list[Row]:
    def side(world: World) -> Wrk:
        world.check(asked)
        script = folder / f"{world.url.rpartition(':')[2]}.lua"
        load = Wrk.write(script, [world.token(asked)], json.dumps(asked.body))
        return replace(load, connections=CONNECTIONS)

    ours, theirs = side(large), side(small)

    def of_large() -> Load:
        return ours.run(large.url + asked.path, seconds)

    def of_small() -> Load:
        return theirs.run(small.url + asked.path, seconds)

    loads = contest(of_large, of_small, rounds)
    slowest = [(one.p99, other.p99) for one, other in loads]
    mine, other = (value / 1_000 for value in typical(slowest))
    failed = sum(one.refused + one.broken for pair in loads for one in pair)
    sent = sum(one.requests for pair in loads for one in pair)
    title = f"emulator's {asked.name} with {large.videos:,} videos"
    detail = f"{mine:.1f} ms, with {FEW:,} videos {other:.1f} ms"
    return [
        Row(f"{title}, p99", ratio(slowest), P99, detail),
        Row(f"{title}, not 200", failed, 0, f"of {sent:,} requests", unit="answers"),
    ]


BENCHMARK = Benchmark("emulator-large", run)
