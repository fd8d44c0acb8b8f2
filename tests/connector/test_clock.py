"""The service's clock follows the local TikTok's, however slowly that answers."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stagedoor.connector.clock import FollowedClock

DAY = 86_400.0


class Told:
    """The time of the followed clock, and the delay of its answer."""

    ahead = DAY
    seconds = 0.0


@contextmanager
def serving(told: Told) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"now": time.time() + told.ahead}).encode()
            time.sleep(told.seconds)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def test_a_slow_answer_does_not_set_the_time_back() -> None:
    told = Told()
    with serving(told) as url:
        clock = FollowedClock(url, fresh=0.0)
        before = clock.now()
        told.seconds = 0.2
        assert clock.now() >= before + 0.2
        clock.close()


def test_it_goes_where_the_other_clock_goes() -> None:
    told = Told()
    with serving(told) as url:
        clock = FollowedClock(url, fresh=0.0)
        for ahead in (DAY, 30 * DAY, 0.0, -DAY):
            told.ahead = ahead
            assert abs(clock.now() - time.time() - ahead) < 60
        clock.close()
