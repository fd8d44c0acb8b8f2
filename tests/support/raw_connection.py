"""A bare HTTP connection: what a test writes is what goes out, well-formed or not."""

from __future__ import annotations

import io
import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, Self
from urllib.parse import urlsplit

_BLOCK = 1 << 16
_OTHERWISE = {"transfer-encoding", "connection"}
"""Headers with which the end of an answer isn't told by its length alone, or the connection's
end."""

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class RawConnection:
    """One connection to `url`, opened again when the server has closed it.

    An answer that takes longer than `patience` seconds is an error.
    """

    def __init__(self, url: str, patience: float = 5) -> None:
        parts = urlsplit(url)
        self.host = f"{parts.hostname}:{parts.port}".encode()
        self._address = (parts.hostname or "", parts.port or 0)
        self._patience = patience
        self._socket: socket.socket | None = None

    def ask(
        self, method: str, target: str | bytes, headers: Headers = (), body: bytes | None = None
    ) -> RawAnswer:
        """Host and Content-Length are added where `headers` don't name them."""
        named = {name.lower() for name, _ in headers}
        lines = [b"%b %b HTTP/1.1" % (method.encode(), _bytes(target))]
        if "host" not in named:
            lines.append(b"Host: " + self.host)
        lines += [b"%b: %b" % (name.encode(), value) for name, value in headers]
        if body is not None and not named & {"content-length", "transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(body))
        return self.send(b"\r\n".join([*lines, b"", b""]) + (body or b""), method)

    def send(self, request: bytes, method: str = "GET") -> RawAnswer:
        """The answer to exactly these bytes."""
        fresh = self._socket is None
        try:
            return self._send(request, method)
        except (ConnectionError, HTTPException):
            self.close()
            if fresh:
                raise
            return self._send(request, method)

    def _send(self, request: bytes, method: str) -> RawAnswer:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._patience)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(request)  # the answer may come before the end of the request
        got, answer = received_answer(self._socket, method)
        if answer is not None:
            return RawAnswer(answer.status, {n.lower(): v for n, v in answer.headers}, answer.body)
        with HTTPResponse(Replayed(self._socket, got), method=method) as response:  # type: ignore[arg-type]
            response.begin()
            body = response.read()
            headers = {name.lower(): value for name, value in response.getheaders()}
            if response.will_close:
                self.close()
            return RawAnswer(response.status, headers, body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class LengthDelimitedAnswer:
    """An answer with a Content-Length; the connection stays open after it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def received_answer(
    connection: socket.socket, method: str
) -> tuple[bytes, LengthDelimitedAnswer | None]:
    """The answer, if it has a Content-Length and simple headers; otherwise the bytes that were
    read, for `http.client`, whose parsing of headers takes longer than a server's work for many
    answers."""
    got = connection.recv(_BLOCK)
    while got and b"\r\n\r\n" not in got and len(got) < _BLOCK:
        more = connection.recv(_BLOCK)
        if not more:
            return got, None
        got += more
    head, end, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not end or version != "HTTP/1.1" or not rest[:3].isdecimal() or method == "HEAD":
        return got, None
    headers: list[tuple[str, str]] = []
    length = None
    for line in lines:
        name, colon, value = line.partition(":")
        told, value = name.lower(), value.strip()
        if not colon or name != name.strip() or told in _OTHERWISE:
            return got, None
        if told == "content-length":
            if length is not None or not value.isdecimal():
                return got, None
            length = int(value)
        headers.append((name, value))
    if length is None or not len(body) <= length <= _BLOCK:
        return got, None
    while len(body) < length:
        more = connection.recv(length - len(body))
        if not more:
            return got, None
        got, body = got + more, body + more
    return got, LengthDelimitedAnswer(int(rest[:3]), headers, body)


class Replayed(io.RawIOBase):
    """A connection of which something was read already, as `http.client` asks for it."""

    def __init__(self, connection: socket.socket, got: bytes) -> None:
        self._connection, self._got = connection, got

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if not self._got:
            return self._connection.recv_into(into)
        part, self._got = self._got[: len(into)], self._got[len(into) :]
        into[: len(part)] = part
        return len(part)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
