"""Load by wrk: one POST, sent with one token after the other, and its results."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .process import tool
from .row import Length

CONNECTIONS = 32
_SECONDS = {Length.SHORT: 1, Length.FULL: 2}


def seconds_of(length: Length) -> int:
    """How long one load lasts: many short rounds tell more than few long ones."""
    return _SECONDS[length]


_SCRIPT = """
local requests, at = {{}}, 0
function init(args)
    wrk.method = "POST"
    wrk.body = [==[{body}]==]
    for index, token in ipairs({{ {tokens} }}) do
        requests[index] = wrk.format(nil, nil, {{
            ["Authorization"] = "Bearer " .. token,
            ["Content-Type"] = "application/json; charset=UTF-8",
            {headers}
        }})
    end
end
function request()
    at = at % #requests + 1
    return requests[at]
end
function done(summary, latency, requests)
    local errors = summary.errors
    io.write("result ", string.format(
        '{{"requests": %d, "microseconds": %d, "p99": %d, "refused": %d, "broken": %d}}',
        summary.requests, summary.duration, latency:percentile(99), errors.status,
        errors.connect + errors.read + errors.write + errors.timeout), "\\n")
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """`rate` is requests a second, `p99` microseconds; `refused` counts what wasn't a 2xx."""

    rate: float
    p99: float
    requests: int
    refused: int
    broken: int


@dataclass(frozen=True, slots=True)
class Wrk:
    """The same load, any number of times."""

    script: Path
    connections: int = CONNECTIONS

    @classmethod
    def write(
        cls,
        script: Path,
        tokens: Sequence[str],
        body: str,
        headers: Mapping[str, str] | None = None,
    ) -> Wrk:
        """`headers` go with each request, besides the token and the type of the body."""
        listed = ", ".join(json.dumps(token) for token in tokens)
        more = "".join(f'["{name}"] = "{value}", ' for name, value in (headers or {}).items())
        script.write_text(_SCRIPT.format(body=body, tokens=listed, headers=more))
        return cls(script)

    def run(self, url: str, seconds: int) -> Load:
        command = [tool("wrk"), "--threads", "1", "--connections", str(self.connections)]
        command += ["--duration", f"{seconds}s", "--script", str(self.script), url]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(done.stdout.rpartition("result ")[2])
        return Load(
            rate=told["requests"] / told["microseconds"] * 1e6,
            p99=told["p99"],
            requests=told["requests"],
            refused=told["refused"],
            broken=told["broken"],
        )
