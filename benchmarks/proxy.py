"""The agents' proxy, with its policy and its audit, against a plain reverse proxy."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from stagedoor.platform.products.display import VIDEO_LIST
from stagedoor.platform.scopes import Scope

from .contest import contest, ratio, typical
from .emulator import APP, BODY, QUERY
from .process import free_port, python, serving
from .row import Benchmark, Better, Length, Row
from .service import Stage, running
from .wrk import Load, Wrk, seconds_of

RATE = 0.5
AGENTS = 20
_MINUTE = 6_000
"""Calls that an agent may make: the most there is, so that nothing waits for it."""


def run(length: Length) -> list[Row]:
    rounds = 7 if length is Length.SHORT else 15
    seconds = seconds_of(length)
    theirs = free_port()
    with running() as stage:
        keys = agents(stage, {"resource": "videos", "level": "read"})
        load = Wrk.write(stage.folder / "load.lua", keys, BODY)
        bare_side = python("-m", "benchmarks.forward", str(theirs), stage.tiktok_url, _token(stage))
        path = f"{VIDEO_LIST.path}?{QUERY}"

        def ours() -> Load:
            return load.run(f"{stage.url}/agents/proxy{path}", seconds)

        def bare() -> Load:
            return load.run(f"http://127.0.0.1:{theirs}{path}", seconds)

        with serving(bare_side, theirs):
            loads = contest(ours, bare, rounds)
        check(stage, loads)
    mine, theirs_rate = typical([(one.rate, other.rate) for one, other in loads])
    detail = f"{mine:,.0f} requests/s, a plain reverse proxy {theirs_rate:,.0f}"
    failed = sum(load.refused + load.broken for pair in loads for load in pair)
    sent = sum(one.requests for one, _ in loads)
    rate = ratio([(one.rate, other.rate) for one, other in loads])
    return [
        Row("calls through the agents' proxy", rate, RATE, detail, Better.HIGHER),
        Row("agents' proxy, not 200", failed, 0, f"of {sent:,} requests", unit="answers"),
    ]


def agents(stage: Stage, *grants: dict[str, Any]) -> list[str]:
    """Keys of agents that were given this."""
    keys = []
    for number in range(AGENTS):
        made = stage.org.send(
            "POST", "/api/agents", {"name": f"Agent {number}", "callsPerMinute": _MINUTE}
        )
        stage.org.send("PUT", f"/api/agents/{made['id']}/grants", {"grants": list(grants)})
        keys.append(str(made["key"]))
    return keys


def _token(stage: Stage) -> str:
    asked = {"client_key": APP, "creator": "creator.0", "scopes": [Scope.VIDEO_LIST]}
    answer = httpx2.post(f"{stage.tiktok_url}/_emulator/tokens", json=asked)
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def check(stage: Stage, loads: list[tuple[Load, Load]]) -> None:
    """Check that every answered call is in the audit as allowed, with its outcome, and that the
    audit is intact."""
    report = stage.org.send("GET", "/api/audit/verify")
    made = sum(one.requests for one, _ in loads)
    if report["problems"] or report["entries"] < 2 * made:
        raise RuntimeError(f"the audit doesn't hold {made} calls: {json.dumps(report)[:500]}")
    denied = stage.org.send("GET", "/api/audit?decision=denied&limit=1")["rows"]
    if denied:
        raise RuntimeError(f"a call was denied: {denied[0]['sentence']}")


BENCHMARK = Benchmark("proxy", run)
