"""An HTTP proxy on loopback that loses answers: the service has done a call, and the client never
hears of it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_SECONDS = 60
_ONE_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


@dataclass
class LossyProxy:
    """Each of the next `to_lose` answers to a request with `about` in its body is lost."""

    url: str
    about: bytes = b"\0"
    to_lose: int = 0
    lost: int = 0
    """How many answers were lost so far."""

    def lose(self, about: str, count: int = 1) -> None:
        self.about, self.to_lose = about.encode(), count


@contextmanager
def losing_answers(service: str) -> Iterator[LossyProxy]:
    """In front of a service."""
    proxy = LossyProxy("")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            upstream = http.client.HTTPConnection(urlsplit(service).netloc, timeout=_SECONDS)
            headers = {name: value for name, value in self.headers.items()}
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            data = answer.read()
            upstream.close()
            with lock:
                lost = proxy.to_lose > 0 and proxy.about in body
                if lost:
                    proxy.to_lose -= 1
                    proxy.lost += 1
            if lost:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _ONE_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _pass

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is part of the tests."""

    server = Server(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
