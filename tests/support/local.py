"""The emulator as a process of its own, and short ways to its control routes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from stagedoor import AsyncTikTok, Hosts, RetryPolicy, TikTok, Tokens
from tests.support.prepared import Prepared

KEY, SECRET = "emulator-client-key", "emulator-client-secret"
UNAUDITED = "emulator-unaudited-key"
QUICK = RetryPolicy(first_delay=0.01, max_delay=0.05)


@dataclass
class Local:
    """The local TikTok and short ways to its control routes."""

    url: str
    http: httpx2.Client

    @property
    def hosts(self) -> Hosts:
        return Hosts.at(self.url)

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.http.request(method, f"/_emulator/{path}", json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def reset(self) -> None:
        """As new, and quick."""
        self.control("POST", "reset", {})
        self.settings(processing_seconds=0.05, moderation_seconds=0.05)

    def settings(self, **changed: Any) -> None:
        self.control("PATCH", "settings", changed)

    def fault(self, operation: str, kind: str, **more: Any) -> None:
        self.control("POST", "faults", {"operation": operation, "kind": kind} | more)

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def now(self) -> float:
        return float(self.control("GET", "clock")["now"])

    def tokens(self, client_key: str = KEY, **asked: Any) -> Tokens:
        """Tokens of the first creator for an app, without going through the consent page."""
        issued = self.control("POST", "tokens", {"client_key": client_key} | asked)
        return Tokens(
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            open_id=issued["open_id"],
        )

    def client(self, client_key: str = KEY, tokens: Tokens | None = None, **more: Any) -> TikTok:
        return TikTok(
            client_key,
            SECRET,
            tokens=tokens or self.tokens(client_key),
            hosts=self.hosts,
            **({"retry": QUICK} | more),
        )

    def async_client(self, tokens: Tokens | None = None, **more: Any) -> AsyncTikTok:
        return AsyncTikTok(
            KEY,
            SECRET,
            tokens=tokens or self.tokens(),
            hosts=self.hosts,
            **({"retry": QUICK} | more),
        )

    def calls(self, operation: str) -> list[dict[str, Any]]:
        """The requests of an operation as the emulator saw them."""
        seen: list[dict[str, Any]] = self.control("GET", "requests", operation=operation)[
            "requests"
        ]
        return seen

    def publishes(self) -> list[dict[str, Any]]:
        return list(self.control("GET", "publishes")["publishes"])

    def phone(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"phone/maracooks/{path}", body)


@contextmanager
def emulator() -> Iterator[str]:
    """`stagedoor emulator` on a free port; gives its address."""
    command = [sys.executable, "-m", "stagedoor.cli", "emulator", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with Prepared(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        match = re.search(r"on (http://\S+)", process.stdout.readline())
        assert match, "the emulator didn't start"
        try:
            yield match[1]
        finally:
            process.terminate()
