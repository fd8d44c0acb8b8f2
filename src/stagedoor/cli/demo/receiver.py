"""A minimal backend of an app: receives webhooks, serves photos.

It runs as a separate process: `python -m stagedoor.cli.demo.receiver FOLDER`. It serves the files
of FOLDER, verifies every webhook with the client, and prints one JSON line for each. The app's
secret comes from the environment (TIKTOK_CLIENT_SECRET).
"""

from __future__ import annotations

import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from stagedoor.client import RecentEvents, verify_webhook
from stagedoor.client.errors import WebhookInvalid
from stagedoor.platform import signature

from .. import parent
from ..terminal import print_json_line

_LARGEST = 1 << 20


class _Backend(SimpleHTTPRequestHandler):
    secret = ""
    recent = RecentEvents()

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(length, _LARGEST))
        try:
            event = verify_webhook(body, self.headers.get(signature.HEADER), self.secret)
        except WebhookInvalid as error:
            _tell(refused=str(error))
            self._answer(401)
            return
        if self.recent.first(event):
            _tell(event=event.name, payload=event.payload.model_dump(mode="json"))
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """No logging: standard output carries only the lines that the demo reads."""


def _tell(**line: object) -> None:
    """Print one line in a single write, since several webhooks may arrive at once."""
    print_json_line(line)


def main() -> None:
    parent.watch()
    _Backend.secret = os.environ["TIKTOK_CLIENT_SECRET"]
    handler = partial(_Backend, directory=sys.argv[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        _tell(ready=f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()


if __name__ == "__main__":
    main()
