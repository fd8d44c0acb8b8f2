"""Raw bytes on a kept connection, as no HTTP client would send them, and the answers."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

_SECONDS = 20.0
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `status` 0: there was none."""

    status: int
    head: bytes = b""
    body: bytes = b""

    @property
    def whole(self) -> bytes:
        return self.head + self.body


NOTHING = Answer(0)


def request(
    method: str,
    target: str,
    headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
    body: bytes = b"",
) -> bytes:
    """Return the bytes of a request, with a Content-Length unless the headers declare a length."""
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers or ())
    names = {name.lower() for name, _ in pairs}
    if "host" not in names:
        pairs.insert(0, ("Host", "localhost"))
    if body and not names & {"content-length", "transfer-encoding"}:
        pairs.append(("Content-Length", str(len(body))))
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in pairs)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def passed(answer: Answer) -> bool:
    """Whether the call was allowed. Through stdio a refusal of the application is a JSON-RPC error,
    since there is no status."""
    body = answer.body.replace(b" ", b"")
    refused = b'"isError":true' in body or is_error(answer.body) or is_refusal(answer.body)
    return answer.status == 200 and not refused


def is_refusal(body: bytes) -> bool:
    """Whether the body is a refusal of TikTok API for Business, whose HTTP status is always 200."""
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return isinstance(found, dict) and "request_id" in found and found.get("code") not in (0, 20001)


def is_error(body: bytes) -> bool:
    try:
        found = json.loads(body)
    except ValueError:
        return False
    return isinstance(found, dict) and "jsonrpc" in found and "error" in found


class Line:
    """A connection to the service, which is reopened when it was closed."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._where = where.hostname or "", where.port or 0
        self._socket: socket.socket | None = None
        self._rest = b""

    def ask(self, data: bytes) -> Answer:
        """Send a request and return its answer. A connection that was closed meanwhile is
        reopened."""
        kept = self._socket is not None
        answer = self._asked(data)
        if answer is NOTHING and kept:
            answer = self._asked(data)
        return answer

    def _asked(self, data: bytes) -> Answer:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._where, _SECONDS)
                self._rest = b""
            self._socket.sendall(data)
        except OSError:
            # it may have been refused while it was still sent: its answer stands there
            pass
        try:
            answer = self._answer(head=data.startswith(b"HEAD "))
        except OSError:
            answer = NOTHING
        if answer is NOTHING or b"\r\nconnection: close" in answer.head.lower():
            self.close()
        return answer

    def ask_on_new_connection(self, data: bytes) -> Answer:
        """Send bytes that may be several requests, or none, on a new connection, and return all
        that comes back until it closes."""
        found = b""
        with socket.create_connection(self._where, _SECONDS) as wire, suppress(OSError):
            wire.sendall(data)
            while block := wire.recv(_BLOCK):
                found += block
        if not found:
            return NOTHING
        head, gap, body = found.partition(b"\r\n\r\n")
        return Answer(int(found.split(b" ", 2)[1]), head + gap, body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, head: bool) -> Answer:
        start = self._until(b"\r\n\r\n")
        if start is None:
            return NOTHING
        status = int(start.split(b" ", 2)[1])
        said = dict(
            line.lower().split(b": ", 1) for line in start.split(b"\r\n")[1:] if b": " in line
        )
        if head or status in (204, 304):
            return Answer(status, start)
        if said.get(b"transfer-encoding") == b"chunked":
            return Answer(status, start, self._chunks())
        length = int(said.get(b"content-length", b"0"))
        while len(self._rest) < length and self._more():
            pass
        body, self._rest = self._rest[:length], self._rest[length:]
        return Answer(status, start, body)

    def _chunks(self) -> bytes:
        found = b""
        while line := self._until(b"\r\n"):
            size = int(line, 16)
            while len(self._rest) < size + 2 and self._more():
                pass
            found += self._rest[:size]
            self._rest = self._rest[size + 2 :]
            if size == 0:
                break
        return found

    def _until(self, mark: bytes) -> bytes | None:
        while mark not in self._rest:
            if not self._more():
                return None
        found, _, self._rest = self._rest.partition(mark)
        return found + mark

    def _more(self) -> bool:
        block = b"" if self._socket is None else self._socket.recv(_BLOCK)
        self._rest += block
        return bool(block)
