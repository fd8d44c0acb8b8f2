"""A minimal web server on this machine that receives TikTok's redirect of the browser."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from stagedoor.client.errors import ConfigurationError

PATH = "/callback/"
_STOP_SECONDS = 0.05
"""How often the server looks whether it is to stop; a command ends so much later at most."""
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Stagedoor</title>
<body style="font:18px/1.5 system-ui;max-width:34em;margin:15vh auto;padding:0 1em">
<h1 style="font-size:1.4em">{title}</h1><p>{text}</p></body></html>"""


class Loopback:
    """Use it with `with`; `redirect_uri` is known at once, `wait` returns the redirect's URL."""

    def __init__(self, port: int = 0) -> None:
        self._came = threading.Event()
        self._url = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """No logging: the request line holds an authorization code."""

        try:
            self._server = HTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise ConfigurationError(
                f"can't wait for the browser on port {port}: {error.strerror}. "
                "Leave out --port to take a free one."
            ) from error
        self.redirect_uri = f"http://127.0.0.1:{self._server.server_port}{PATH}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_SECONDS,), daemon=True
        )

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, seconds: float) -> str | None:
        """The URL that the browser requested, or None after `seconds`."""
        return self._url if self._came.wait(seconds) else None

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        if urlsplit(request.path).path != PATH:
            request.send_error(404)
            return
        first = not self._came.is_set()
        if first:
            self._url = self.redirect_uri.removesuffix(PATH) + request.path
        title = "Back at Stagedoor" if first else "This link was used already"
        text = "You can close this page; the terminal says how it went."
        body = _PAGE.format(title=title, text=text).encode()
        request.send_response(200)
        request.send_header("content-type", "text/html; charset=utf-8")
        request.send_header("content-length", str(len(body)))
        request.send_header("referrer-policy", "no-referrer")
        request.end_headers()
        request.wfile.write(body)
        self._came.set()
