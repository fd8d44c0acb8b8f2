"""The emulator's video list with all of its checks, against a bare route with the same bytes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from stagedoor.platform.products.display import VIDEO_FIELDS, VIDEO_LIST
from stagedoor.platform.scopes import Scope

from .contest import contest, ratio, typical
from .page import VIDEOS
from .process import free_port, python, serving
from .row import Benchmark, Better, Length, Row
from .start import COMMAND
from .wrk import Load, Wrk, seconds_of

RATE = 0.4
P99 = 3.0
TOKENS = 100
"""Of one trial. TikTok's limit lets 100 tokens make 60,000 calls before the clock is moved on."""

APP = "emulator-client-key"
BODY = json.dumps({"max_count": VIDEOS})
QUERY = urlencode({"fields": ",".join(VIDEO_FIELDS)})
_SAME = ("content-type", "x-tt-logid")
"""Headers that the bare side sends as well; the server adds the rest itself."""


def _tokens(http: httpx2.Client) -> list[str]:
    username = _prolific(http)
    asked = {"client_key": APP, "creator": username, "scopes": [Scope.VIDEO_LIST]}
    given = [http.post("/_emulator/tokens", json=asked) for _ in range(TOKENS)]
    return [answer.raise_for_status().json()["access_token"] for answer in given]


def _prolific(http: httpx2.Client) -> str:
    """A creator with enough public videos for a full page."""
    for creator in http.get("/_emulator/creators").raise_for_status().json()["creators"]:
        username: str = creator["username"]
        asked = {"client_key": APP, "creator": username, "scopes": [Scope.VIDEO_LIST]}
        token = http.post("/_emulator/tokens", json=asked).raise_for_status().json()
        page = _list(http, token["access_token"]).json()["data"]["videos"]
        if len(page) == VIDEOS:
            return username
    raise RuntimeError(f"no creator of the emulator has {VIDEOS} public videos")


def _list(http: httpx2.Client, token: str) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = http.post(f"{VIDEO_LIST.path}?{QUERY}", content=BODY, headers=headers)
    return answer.raise_for_status()


def run(length: Length) -> list[Row]:
    rounds = 9 if length is Length.SHORT else 45
    seconds = seconds_of(length)
    mine, theirs = free_port(), free_port()
    with (
        tempfile.TemporaryDirectory(prefix="stagedoor-emulator-") as name,
        serving([COMMAND, "emulator", "--port", str(mine)], mine),
        httpx2.Client(base_url=f"http://127.0.0.1:{mine}") as http,
    ):
        tokens = _tokens(http)
        answer = _list(http, tokens[0])
        page = Path(name) / "page.json"
        page.write_bytes(answer.content)
        load = Wrk.write(Path(name) / "load.lua", tokens, BODY)
        headers = [part for key in _SAME for part in (key, answer.headers[key])]
        bare_side = python("-m", "benchmarks.bare", str(theirs), VIDEO_LIST.path, str(page))

        def ours() -> Load:
            http.post("/_emulator/clock", json={"advance": 61}).raise_for_status()
            return load.run(f"http://127.0.0.1:{mine}{VIDEO_LIST.path}?{QUERY}", seconds)

        def bare() -> Load:
            return load.run(f"http://127.0.0.1:{theirs}{VIDEO_LIST.path}?{QUERY}", seconds)

        with serving([*bare_side, *headers], theirs):
            loads = contest(ours, bare, rounds)
    return _rows(loads)


def _rows(loads: list[tuple[Load, Load]]) -> list[Row]:
    rates = [(ours.rate, bare.rate) for ours, bare in loads]
    slowest = [(ours.p99, bare.p99) for ours, bare in loads]
    failed = sum(one.refused + one.broken for pair in loads for one in pair)
    sent = sum(ours.requests for ours, _ in loads)
    mine, theirs = typical(rates)
    my_p99, their_p99 = (value / 1_000 for value in typical(slowest))
    return [
        Row(
            "emulator's video list, rate",
            ratio(rates),
            RATE,
            f"{mine:,.0f} requests/s, bare Starlette {theirs:,.0f}",
            Better.HIGHER,
        ),
        Row(
            "emulator's video list, p99",
            ratio(slowest),
            P99,
            f"{my_p99:.1f} ms, bare Starlette {their_p99:.1f} ms",
        ),
        Row("emulator's video list, not 200", failed, 0, f"of {sent:,} requests", unit="answers"),
    ]


BENCHMARK = Benchmark("emulator", run)
