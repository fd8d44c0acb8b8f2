"""A bare HTTP connection: what a test writes is what goes out, well-formed or not."""

from __future__ import annotations

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
class Answer:
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Line:
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
    ) -> Answer:
        """Host and Content-Length are added where `headers` don't name them."""
        named = {name.lower() for name, _ in headers}
        lines = [b"%b %b HTTP/1.1" % (method.encode(), _bytes(target))]
        if "host" not in named:
            lines.append(b"Host: " + self.host)
        lines += [b"%b: %b" % (name.encode(), value) for name, value in headers]
        if body is not None and not named & {"content-length", "transfer-encoding"}:
            lines.append(b"Content-Length: %d" % len(body))
        return self.send(b"\r\n".join([*lines, b"", b""]) + (body or b""), method)

    def send(self, request: bytes, method: str = "GET") -> Answer:
        """The answer to exactly these bytes."""
        fresh = self._socket is None
        try:
            return self._send(request, method)
        except (ConnectionError, HTTPException):
            self.close()
            if fresh:
                raise
            return self._send(request, method)

    def _send(self, request: bytes, method: str) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._patience)
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(request)  # the answer may come before the end of the request
        got = self._socket.recv(_BLOCK, socket.MSG_PEEK)
        answer = _plain(got, method)
        if answer is not None:
            self._socket.recv(len(got))
            return answer
        with HTTPResponse(self._socket, method=method) as response:
            response.begin()
            body = response.read()
            headers = {name.lower(): value for name, value in response.getheaders()}
            if response.will_close:
                self.close()
            return Answer(response.status, headers, body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _plain(got: bytes, method: str) -> Answer | None:
    """The answer, if these bytes are the whole of one as most are: that spares `http.client` its
    work of headers, which takes longer than the server's for the answer."""
    head, end, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not end or version != "HTTP/1.1" or not rest[:3].isdecimal() or method == "HEAD":
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or (name := name.lower()) in headers:
            return None
        headers[name] = value.strip()
    if headers.get("content-length") != str(len(body)) or headers.keys() & _OTHERWISE:
        return None
    return Answer(int(rest[:3]), headers, body)


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
