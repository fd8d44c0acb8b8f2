"""Load by wrk: webhooks that are all different, signed beforehand."""

from __future__ import annotations

import json
import time
from pathlib import Path

from stagedoor.platform import signature

from .wrk import Load, Wrk

PATH = "/connect/webhook/tiktok"
CONNECTIONS = 64
KEY, SECRET = "emulator-client-key", "emulator-client-secret"

_SCRIPT = """
local requests, at = {{}}, 0
function init(args)
    for line in io.lines("{events}") do
        local header, body = line:match("^([^\\t]+)\\t(.*)$")
        requests[#requests + 1] = wrk.format("POST", nil, {{
            ["Content-Type"] = "application/json",
            ["{header}"] = header,
        }}, body)
    end
end
function request()
    at = at + 1
    if at > #requests then
        io.stderr:write("there were too few events\\n")
        os.exit(1)
    end
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


class Webhooks:
    """Each trial sends events that no trial before it sent."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / "events.txt"
        script = folder / "webhooks.lua"
        script.write_text(_SCRIPT.format(events=self._events, header=signature.HEADER))
        self._wrk = Wrk(script, CONNECTIONS)
        self._sent = 0

    def run(self, port: int, seconds: int, most: int) -> Load:
        """At most `most` events; wrk fails when they don't last."""
        now = int(time.time())
        with self._events.open("wb") as file:
            for number in range(self._sent, self._sent + most):
                body = _event(number, now)
                file.write(signature.header(SECRET, now, body).encode() + b"\t" + body + b"\n")
        self._sent += most
        return self._wrk.run(f"http://127.0.0.1:{port}{PATH}", seconds)


def _event(number: int, now: int) -> bytes:
    content = {"publish_id": f"v_pub_file~v2-1.{number:019d}", "publish_type": "DIRECT_PUBLISH"}
    told = {
        "client_key": KEY,
        "event": "post.publish.complete",
        "create_time": now,
        "user_openid": "-000Example_0pEnIdExample-Example0001",
        "content": json.dumps(content, separators=(",", ":")),
    }
    return json.dumps(told, separators=(",", ":")).encode()
