"""`stagedoor agents stdio` as a process, spoken to line by line."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from typing import Any

from tests.support.prepared import Prepared

from .wire import NOTHING, Answer

_SECONDS = 20.0
_GRACE = 0.3
"""Seconds by which an answer may come after the next request's answer."""
_COMMAND = (sys.executable, "-m", "stagedoor.cli", "agents", "stdio", "--url")


class Bridge:
    """The stdio process of one agent."""

    def __init__(self, url: str, key: str) -> None:
        kept = {name: one for name, one in os.environ.items() if not name.startswith("STAGEDOOR_")}
        self._process = Prepared(
            [*_COMMAND, url],
            env=kept | {"STAGEDOOR_AGENT_KEY": key},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        self.said = b""
        """The process's standard error."""
        self._readers = [
            threading.Thread(target=one, daemon=True) for one in (self._listen, self._worry)
        ]
        for one in self._readers:
            one.start()
        self._number = 0

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _worry(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said += line

    def ask(self, line: bytes, sure: bool = True) -> Answer:
        """Send a line and return its answers; the answer to a ping after it marks their end.
        `sure`: an answer to its id is expected."""
        asked = _id(line)
        self._number += 1
        ping = f"ping {self._number}"
        said = json.dumps({"jsonrpc": "2.0", "id": ping, "method": "ping"}).encode()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + b"\n" + said + b"\n")
            self._process.stdin.flush()
        except OSError:
            return NOTHING
        found: list[bytes] = []
        missing = {ping} if asked is None else {ping, asked}
        while missing:
            late = not sure and ping not in missing
            try:
                heard = self._lines.get(timeout=_GRACE if late else _SECONDS)
            except queue.Empty:
                if late:
                    break
                raise
            if not heard:
                return NOTHING
            known = _id(heard)
            missing.discard(known)
            if known != ping:
                found.append(heard)
        return Answer(200 if found else 202, b"", b"".join(found))

    def close(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(_SECONDS)
        for one in self._readers:
            one.join(_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()


def _id(line: bytes) -> Any:
    """Return a message's id if it has a valid one."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    found = message.get("id") if isinstance(message, dict) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
