"""A web server on loopback: it receives webhooks, and serves media, as a test tells it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Got:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


@dataclass
class Site:
    """`pages` holds what GET answers, by path; `statuses` what POSTs answer, one after another."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    then: int = 200
    """The status of POSTs when `statuses` is used up."""
    got: list[Got] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    """While it isn't set, answers stop before their last byte."""
    held: threading.Event = field(default_factory=threading.Event)
    """Set when an answer is held."""


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._keep()
            self._wait()
            status = site.statuses.pop(0) if site.statuses else site.then
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self._keep()
            path = self.path.partition("?")[0]
            if path in site.redirects:
                self.send_response(302)
                self.send_header("Location", site.redirects[path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            data = site.pages.get(path)
            self.send_response(200 if data is not None else 404)
            data = data or b""
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            half = len(data) // 2
            self.wfile.write(data[:half])
            self.wfile.flush()
            self._wait()
            self.wfile.write(data[half:])

        def _wait(self) -> None:
            if site.hold is not None:
                site.held.set()
                site.hold.wait(20)

        def _keep(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(length)
            site.got.append(Got(self.command, self.path, headers, body))

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 1024

        def handle_error(self, request: object, client_address: object) -> None:
            """A caller that hangs up is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        if site.hold is not None:
            site.hold.set()
        server.shutdown()
        thread.join()
        server.server_close()
