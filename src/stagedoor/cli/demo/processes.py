"""Child processes of the demo: the app's receiver, the emulator and the service."""

from __future__ import annotations

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .. import parent
from ..settings import EMULATOR_KEY, EMULATOR_SECRET

_START_SECONDS = 120.0
_PORTS = range(20_000, 32_000)
_TRIES = 200
_PYTHON = (sys.executable, "-m")


class DemoFailed(Exception):
    """The demo can't go on; the message says why."""


class _Process:
    """A child process whose output is read line by line as it arrives.

    It ends when this process does, however that ends.
    """

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self._name = name
        self._lines: list[str] = []
        self._more = threading.Condition()
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | environment | parent.ENVIRONMENT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._child.stdout or ():
            with self._more:
                self._lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def lines(self) -> list[str]:
        with self._more:
            return list(self._lines)

    def first(self, pattern: str, seconds: float = _START_SECONDS) -> re.Match[str]:
        """The first line that matches; `DemoFailed` with the last output if none does in time."""
        end = time.monotonic() + seconds
        with self._more:
            while True:
                for line in self._lines:
                    if match := re.search(pattern, line):
                        return match
                left = end - time.monotonic()
                if left <= 0 or self._child.poll() is not None:
                    said = "\n".join(self._lines[-15:])
                    self._child.kill()
                    self._child.wait()
                    raise DemoFailed(f"{self._name} didn't start:\n{said}")
                self._more.wait(min(left, 0.2))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._reader.join(5)
        # the child ends when its standard input is closed, so that comes last
        for stream in (self._child.stdin, self._child.stdout):
            if stream is not None:
                stream.close()


class Receiver(_Process):
    """The app's backend: receives webhooks, serves the photos of `folder`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "the receiver",
            [*_PYTHON, "stagedoor.cli.demo.receiver", str(folder)],
            {"TIKTOK_CLIENT_SECRET": EMULATOR_SECRET},
        )
        self.url: str = json.loads(self.first(r'^{"ready".*').group())["ready"]

    def events(self) -> list[dict[str, Any]]:
        """The events received so far: {"event", "payload"} if verified, {"refused"} if not."""
        lines = [json.loads(line) for line in self.lines() if line.startswith("{")]
        return [line for line in lines if "ready" not in line]


class EmulatorProcess(_Process):
    """`stagedoor emulator`, by default on a free loopback port; its webhooks go to `webhook`.

    Its state is kept in the file `state`, if one is given.
    """

    def __init__(
        self,
        webhook: str,
        port: int = 0,
        state: Path | None = None,
        allow_scripts: bool = False,
    ) -> None:
        options = ["--port", str(port), "--webhook", webhook]
        if state is not None:
            options += ["--state", str(state)]
        if allow_scripts:
            options.append("--allow-scripts")
        super().__init__(
            "the emulator",
            [*_PYTHON, "stagedoor.cli", "emulator", *options],
            {"PYTHONUNBUFFERED": "1"},
        )
        self.url = self.first(r"emulator on (http://\S+)")[1]

    def map_host(self, host: str, address: str) -> None:
        """Make the emulator fetch https://`host` from `address`."""
        import httpx2

        hosts = httpx2.get(f"{self.url}/_emulator/hosts", trust_env=False).json()
        httpx2.put(
            f"{self.url}/_emulator/hosts", json=hosts | {host: address}, trust_env=False
        ).raise_for_status()


class ServiceProcess(_Process):
    """`stagedoor serve` on `port`, with its data in `folder`, using the emulator as TikTok."""

    def __init__(self, folder: Path, port: int, tiktok_url: str, pull_url: str) -> None:
        self._environment = {
            "PYTHONUNBUFFERED": "1",
            "STAGEDOOR_HOME": str(folder / "home"),
            "STAGEDOOR_DATA": str(folder / "data"),
            "STAGEDOOR_DATABASE_URL": "",
            "STAGEDOOR_TIKTOK_URL": tiktok_url,
            "STAGEDOOR_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "STAGEDOOR_PULL_URL": pull_url,
            "TIKTOK_CLIENT_KEY": EMULATOR_KEY,
            "TIKTOK_CLIENT_SECRET": EMULATOR_SECRET,
        }
        super().__init__(
            "the service",
            [*_PYTHON, "stagedoor.cli", "serve", "--port", str(port)],
            self._environment,
        )
        self.url = self.first(r"Stagedoor on (http://\S+)")[1]

    def token(self, org: str) -> str:
        """A JWT created by the service's own command."""
        command = [*_PYTHON, "stagedoor.cli", "token", "--org", org]
        environment = os.environ | self._environment
        made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise DemoFailed(made.stderr)
        return made.stdout.strip()


def free_port() -> int:
    """A free port below those that systems give to connections and to servers that ask for any
    port: one of those may be taken before the process that it is meant for binds it."""
    for port in random.SystemRandom().sample(_PORTS, _TRIES):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise DemoFailed(f"there is no free port from {_PORTS[0]} to {_PORTS[-1]}")
