"""Tool calls through the gateway, with policy and audit, against the MCP SDK alone."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from stagedoor.cli.demo.film import make_video

from .contest import contest, ratio, typical
from .posts import publish
from .process import free_port, python, serving
from .proxy import agents, check
from .row import Benchmark, Better, Length, Row
from .service import Stage, running
from .wrk import Load, Wrk, seconds_of

RATE = 0.5
TOOL = "check_post"
"""A tool whose answer comes from the service's own database: neither side calls TikTok."""
_HEADERS = {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
}


def run(length: Length) -> list[Row]:
    rounds = 7 if length is Length.SHORT else 15
    seconds = seconds_of(length)
    theirs = free_port()
    with running() as stage:
        keys = agents(stage, {"resource": "posting", "level": "read"})
        body = _body(stage)
        answer = _asked(f"{stage.url}/mcp", keys[0], body)
        bare_side = python("-m", "benchmarks.bare_mcp", str(theirs), TOOL, json.dumps(answer))
        load = Wrk.write(stage.folder / "load.lua", keys, body, _HEADERS)

        def ours() -> Load:
            return load.run(f"{stage.url}/mcp", seconds)

        def bare() -> Load:
            return load.run(f"http://127.0.0.1:{theirs}/mcp/", seconds)

        with serving(bare_side, theirs):
            assert _asked(f"http://127.0.0.1:{theirs}/mcp/", keys[0], body) == answer
            loads = contest(ours, bare, rounds)
        check(stage, loads)
    mine, theirs_rate = typical([(one.rate, other.rate) for one, other in loads])
    failed = sum(load.refused + load.broken for pair in loads for load in pair)
    sent = sum(one.requests for one, _ in loads)
    detail = f"{mine:,.0f} calls/s, the MCP SDK alone {theirs_rate:,.0f}"
    rate = ratio([(one.rate, other.rate) for one, other in loads])
    return [
        Row("tool calls through the gateway", rate, RATE, detail, Better.HIGHER),
        Row("tool calls, not 200", failed, 0, f"of {sent:,} calls", unit="answers"),
    ]


def _body(stage: Stage) -> str:
    """A call about a post that has ended."""
    film = make_video(stage.folder / "film.mp4", seconds=3, width=360, height=640, bit_rate=400_000)
    publish(stage, film, 1)
    post = stage.org.send("GET", "/api/posts?limit=1")["posts"][0]
    arguments = {"publish_id": post["publishId"], "account": "@creator.0"}
    params = {"name": TOOL, "arguments": arguments}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})


def _asked(url: str, key: str, body: str) -> dict[str, Any]:
    headers = _HEADERS | {"authorization": f"Bearer {key}", "content-type": "application/json"}
    answer = httpx2.post(url, content=body, headers=headers).raise_for_status().json()
    told: dict[str, Any] = answer["result"]["structuredContent"]
    return told


BENCHMARK = Benchmark("mcp", run)
