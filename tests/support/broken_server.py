"""A server on loopback that answers every request with the same bytes, HTTP or not."""

from __future__ import annotations

import gzip
import json
import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

Says = Callable[[bytes], bytes]
"""From a request's bytes to the answer's."""


@dataclass
class Server:
    """Says `says`, closes the connection, and counts the requests that it got."""

    url: str = ""
    says: Says = field(default=lambda request: b"")
    got: int = 0


def http(body: bytes, status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """An answer; `length`: what its header says of the body, where that isn't true."""
    head = [f"HTTP/1.1 {status}", *headers, "Connection: close"]
    if length is None or length >= 0:
        head.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*head, "", ""]).encode() + body


@contextmanager
def saying(host: str = "127.0.0.1") -> Iterator[Server]:
    server = Server()

    class Handler(socketserver.BaseRequestHandler):
        request: socket.socket

        def handle(self) -> None:
            with suppress(OSError):
                got = self._whole()
                server.got += 1
                self.request.sendall(server.says(got))

        def _whole(self) -> bytes:
            got = b""
            while b"\r\n\r\n" not in got:
                block = self.request.recv(65_536)
                if not block:
                    return got
                got += block
            head, _, body = got.partition(b"\r\n\r\n")
            told = _LENGTH.search(head)
            left = int(told[1]) - len(body) if told else 0
            while left > 0 and (block := self.request.recv(65_536)):
                got, left = got + block, left - len(block)
            return got

    class Listening(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 64

    with Listening((host, 0), Handler) as listening:
        server.url = f"http://{host}:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()


def _always(answer: bytes) -> Says:
    return lambda request: answer


def _ok(**data: object) -> bytes:
    return json.dumps(
        {"data": data, "error": {"code": "ok", "message": "", "log_id": "l"}}
    ).encode()


def _error(**error: object) -> bytes:
    return json.dumps({"data": {}, "error": error}).encode()


_PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body>no</body></html>"
_GOOD = _ok(user={"open_id": "o"}, videos=[], publish_id="p")
_JSON = "Content-Type: application/json; charset=utf-8"

BROKEN: dict[str, Says] = {
    "cut JSON": _always(http(_GOOD[:-9])),
    "cut at once": _always(http(b"{")),
    "nothing": _always(b""),
    "an empty body": _always(http(b"")),
    "an empty 500": _always(http(b"", "500 Internal Server Error")),
    "204": _always(http(b"", "204 No Content")),
    "a gateway's page": _always(http(_PAGE, "502 Bad Gateway", "Content-Type: text/html")),
    "a page with 200": _always(http(_PAGE, "200 OK", "Content-Type: text/html")),
    "a page with 401": _always(http(_PAGE, "401 Unauthorized", "Content-Type: text/html")),
    "the gateway's text": _always(http(b"Unsupported path(Janus)", "404 Not Found")),
    "null": _always(http(b"null")),
    "a list": _always(http(b"[]")),
    "text": _always(http(b'"ok"')),
    "a number": _always(http(b"7")),
    "NaN": _always(http(b'{"data":{"a":NaN},"error":NaN}')),
    "deep": _always(http(b"[" * 50_000)),
    "deep data": _always(http(b'{"data":' * 20_000)),
    "no envelope": _always(http(b'{"user":{"open_id":"o"}}')),
    "no error": _always(http(b'{"data":{}}')),
    "a null error": _always(http(b'{"data":{},"error":null}')),
    "an error without code": _always(http(_error(message="no"))),
    "a null code": _always(http(_error(code=None, message=None))),
    "a number as code": _always(http(_error(code=7), "400 Bad Request")),
    "a list as error": _always(http(b'{"error":["a"]}', "400 Bad Request")),
    "an error with 200": _always(http(_error(code="invalid_params", message="no", log_id="l"))),
    "an error of tomorrow": _always(http(_error(code="brand_new", message=""), "418 Teapot")),
    "an error of the token route": _always(http(b'{"error":"invalid_grant"}', "400 Bad Request")),
    "too fast": _always(http(_error(code="rate_limit_exceeded"), "429 No", "Retry-After: soon")),
    "too fast in HTML": _always(http(_PAGE, "429 Too Many Requests")),
    "data of another type": _always(http(_ok().replace(b'"data": {}', b'"data": [1]'))),
    "UTF-16": _always(http(_error(code="internal_error").decode().encode("utf-16"))),
    "bytes": _always(http(b"\xff\xfe\xfd\x00" * 20)),
    "a byte that isn't UTF-8": _always(http(b'{"error":{"code":"a\xff"}}')),
    "a charset that isn't there": _always(
        http(_PAGE, "500 No", "Content-Type: text/html; charset=utf-99")
    ),
    "half a surrogate": _always(http(_error(code="\ud83d", message="\ud83d"), "400 No", _JSON)),
    "huge": _always(http(b'{"data":{"a":"' + b"x" * 3_000_000 + b'"}}')),
    "a huge message": _always(http(_error(code="x" * 100_000, message="y" * 100_000), "400 No")),
    "a redirect": _always(http(b"", "302 Found", "Location: https://evil.example.com/?a=b")),
    "a redirect to nowhere": _always(http(b"", "302 Found", "Location: http://[::")),
    "a redirect in a circle": _always(http(b"", "307 Temporary Redirect", "Location: /")),
    "another status": _always(http(_GOOD[:-9], "999 What")),
    "no gzip": _always(http(b"no gzip at all", "200 OK", "Content-Encoding: gzip")),
    "cut gzip": _always(http(gzip.compress(_GOOD)[:-9], "200 OK", "Content-Encoding: gzip")),
    "a body that ends early": _always(http(_GOOD, length=len(_GOOD) + 50)),
    "a length that is none": _always(http(_GOOD, "200 OK", "Content-Length: many", length=-1)),
    "a broken chunk": _always(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"
    ),
    "no HTTP": _always(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "half a head": _always(b"HTTP/1.1 200 OK\r\nContent-"),
    "a header with NUL": _always(b"HTTP/1.1 200 OK\r\nX-A: \x00\r\nContent-Length: 2\r\n\r\n{}"),
    "an odd log_id": _always(http(_PAGE, "502 No", "X-Tt-Logid: \x1b[31m" + "9" * 900)),
    "the request on a page": lambda request: http(b"<pre>" + request, "502 Bad Gateway"),
    "the request as it is": lambda request: http(request, "500 Internal Server Error"),
    "the last of the request": lambda request: http(request[-80:], "404 Not Found"),
    "the request with 200": lambda request: http(request, "200 OK"),
}
"""Answers that no caller expects, by their fault."""
