"""The organisation that works as always: it calls, posts, and uses its stop switch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx2

from tests.support import media

from .stage import POSTING, READING, Agent, Stage

BRIEF = 0.01
"""Seconds between two rounds of calls that are to be as many as one client makes."""
_PROXIED_EVERY = 0.15
"""Seconds between two calls of user info, of which TikTok takes 600 a minute for an account."""
_POST_EVERY = 11.0
"""Seconds between two posts: of more than 6 a minute, the service makes some wait."""
_SWITCH_PAUSE = 1.0
"""Seconds between two uses of the stop switch, each with two calls of user info."""
_MCP = {
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2025-11-25",
}
_PATIENCE = 60.0


@dataclass
class Neighbour:
    """`seconds` holds how long each call took, `wrong` what wasn't answered as it should."""

    stage: Stage
    agent: Agent
    switched: Agent
    http: httpx2.Client
    pause: float
    """Seconds between two rounds of calls."""
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    posts: int = 0
    switches: int = 0
    _proxied_next: float = 0.0

    def calls(self, until: threading.Event | None = None, count: int = 0) -> None:
        """Call by every application in turn: `count` rounds, or until it is stopped."""
        done = 0
        while not (until.is_set() if until else done >= count):
            for one in (self._proxied, self._tool, self._route, self._health):
                begun = time.perf_counter()
                if one == self._proxied:
                    if begun < self._proxied_next:
                        continue
                    self._proxied_next = begun + _PROXIED_EVERY
                try:
                    answer = one()
                except httpx2.HTTPError as error:
                    self.wrong.append(f"{one.__name__}: {type(error).__name__}")
                    continue
                finally:
                    self.seconds.append(time.perf_counter() - begun)
                if answer.status_code != 200 or b'"isError":true' in answer.content:
                    self.wrong.append(f"{one.__name__}: {answer.status_code} {answer.text[:300]}")
            done += 1
            time.sleep(self.pause)

    def _proxied(self) -> httpx2.Response:
        path = f"/agents/proxy/@{self.stage.quiet.handle}/v2/user/info/?fields=open_id"
        return self.http.get(path, headers={"authorization": f"Bearer {self.agent.key}"})

    def _tool(self) -> httpx2.Response:
        message = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "list_accounts", "arguments": {}},
        }
        headers = _MCP | {"authorization": f"Bearer {self.agent.key}"}
        return self.http.post("/mcp", json=message, headers=headers)

    def _route(self) -> httpx2.Response:
        return self.http.get("/api/posts?limit=5", headers=self._admin)

    def _health(self) -> httpx2.Response:
        return self.http.get("/readyz")

    @property
    def _admin(self) -> dict[str, str]:
        tenant = self.stage.quiet
        return {"orgid": tenant.org, "authorization": f"Bearer {tenant.token}"}

    def post(self) -> None:
        """One whole post: upload, publish, wait until it is published."""
        admin, clip = self.stage.quiet.admin, media.video()
        begun = admin.call("init-video-upload", title="Quiet", privacyLevel="SELF_ONLY")
        sent = admin.http.put(begun["uploadUrl"], content=clip)
        assert sent.is_success, sent.text
        admin.call("publish-video", publishId=begun["publishId"])
        post = admin.final(begun["publishId"], seconds=_PATIENCE)
        if post["state"] != "published":
            self.wrong.append(f"the post is {post['state']}: {post['failure']}")
        self.posts += 1

    def switch(self) -> None:
        """Stop an agent, see it refused, and let it go on."""
        send, path = self.stage.quiet.admin.send, f"/api/agents/{self.switched.id}"
        send("POST", f"{path}/stop")
        refused = self._asked(self.switched)
        send("PATCH", path, {"stopped": False})
        answered = self._asked(self.switched)
        if refused.status_code == 200 or answered.status_code != 200:
            self.wrong.append(f"stopped: {refused.status_code}, let on: {answered.status_code}")
        self.switches += 1

    def _asked(self, agent: Agent) -> httpx2.Response:
        path = f"/agents/proxy/@{self.stage.quiet.handle}/v2/user/info/?fields=open_id"
        return self.http.get(path, headers={"authorization": f"Bearer {agent.key}"})

    def work(self, seconds: float) -> None:
        """Make calls, posts and switches at the same time for so long, and at least one of each.

        The calls go on until the last post is published.
        """
        over = threading.Event()
        thread = threading.Thread(target=self.calls, args=(over,))
        thread.start()
        begun = time.monotonic()
        next_post = begun
        try:
            while True:
                if time.monotonic() >= next_post:
                    next_post += _POST_EVERY
                    self.post()
                self.switch()
                if time.monotonic() > begun + seconds:
                    return
                time.sleep(_SWITCH_PAUSE)
        finally:
            over.set()
            thread.join()


def p99(seconds: list[float]) -> float:
    """The time that 99 of 100 calls didn't need."""
    ranked = sorted(seconds)
    return ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))]


@contextmanager
def neighbour(stage: Stage, pause: float = BRIEF) -> Iterator[Neighbour]:
    """The quiet organisation, with agents of its own."""
    agent = stage.quiet.agent("Quiet Agent", READING, POSTING)
    switched = stage.quiet.agent("Switched Agent", READING)
    with httpx2.Client(base_url=stage.url, timeout=30) as http:
        yield Neighbour(stage, agent, switched, http, pause)
