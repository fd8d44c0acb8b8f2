"""Found by Python through PYTHONPATH: in drills alone, a process that dies at a chosen point.

Points lie before and after every commit that wrote something, every request to TikTok, and every
answer to a request that changes something or fetches media. `STAGEDOOR_DRILL` is a folder:
`armed` in it starts the counting and says where to die (`<name>#<how often>`, `#<number>`, or
nothing), `points` lists what was passed. `STAGEDOOR_DRILL_VERSION` makes the process a newer one.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

_WROTE = re.compile(
    r'\b(?:INSERT INTO|(?<!FOR )UPDATE(?! SET)|DELETE FROM)\s+((?:"?\w+"?\.)?"?\w+"?)', re.I
)
_SECRET = re.compile(r"^(/(?:upload|media)/).*")
_QUIET = ("workers", "application_versions", "workflow_status")
"""A commit of one of these alone comes as time passes, not because of a post."""


class Points:
    """Counts the points that a process passes, and ends it at one of them."""

    def __init__(self, folder: Path) -> None:
        self._armed = folder / "armed"
        self._log = folder / "points"
        self._lock = threading.Lock()
        self._order = ""
        self._passed: Counter[str] = Counter()

    def passed(self, name: str) -> None:
        try:
            order = self._armed.read_text()
        except FileNotFoundError:
            return
        with self._lock:
            if order != self._order:
                self._order = order
                self._passed.clear()
            self._passed[name] += 1
            point = f"{name}#{self._passed[name]}"
            with self._log.open("a") as log:
                log.write(f"{point}\n")
            wanted = order.partition("\n")[2]
            if wanted in (point, f"#{self._passed.total()}"):
                os.kill(os.getpid(), signal.SIGKILL)


def _watch_requests(points: Points) -> None:
    import httpx2

    send = httpx2.HTTPTransport.handle_request

    def handle_request(self: Any, request: Any) -> Any:
        path = request.url.path
        if path.startswith("/_emulator"):
            return send(self, request)
        points.passed(f"before {request.method} {path}")
        response = send(self, request)
        points.passed(f"after {request.method} {path}")
        return response

    httpx2.HTTPTransport.handle_request = handle_request  # type: ignore[method-assign]


def _watch_commits(points: Points) -> None:
    from sqlalchemy import event
    from sqlalchemy.engine import Engine
    from sqlalchemy.engine.default import DefaultDialect

    from stagedoor.connector.database.prepared import Prepared

    # these go around SQLAlchemy's events
    sent, known = Prepared._sent, Prepared._known

    def noted(self: Any, connection: Any, values: Any) -> Any:
        wrote(connection, None, known(self, connection.dialect).text)
        return sent(self, connection, values)

    Prepared._sent = noted  # type: ignore[method-assign]

    def wrote(connection: Any, _: Any, statement: str, *__: Any) -> None:
        found = {name.replace('"', "").rpartition(".")[2] for name in _WROTE.findall(statement)}
        connection.info.setdefault("wrote", set()).update(found)

    def forget(connection: Any) -> None:
        connection.info.pop("wrote", None)

    event.listen(Engine, "before_cursor_execute", wrote)
    event.listen(Engine, "rollback", forget)
    commit: Any = DefaultDialect.do_commit

    def do_commit(self: Any, connection: Any) -> None:
        tables = "+".join(sorted(connection.info.pop("wrote", ())))
        if not tables or tables in _QUIET:
            commit(self, connection)
            return
        points.passed(f"before commit {tables}")
        commit(self, connection)
        points.passed(f"after commit {tables}")

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]


def _watch_answers(points: Points) -> None:
    from starlette.responses import Response, StreamingResponse

    def watched(kind: Any) -> None:
        answer = kind.__call__

        async def call(self: Any, scope: Any, receive: Any, send: Any) -> None:
            path = _SECRET.sub(r"\1*", scope["path"])
            if scope["method"] == "GET" and not path.startswith("/media/"):
                await answer(self, scope, receive, send)
                return
            points.passed(f"before answer {scope['method']} {path}")
            await answer(self, scope, receive, send)
            points.passed(f"after answer {scope['method']} {path}")

        kind.__call__ = call

    watched(Response)
    watched(StreamingResponse)


def _be_newer(version: str) -> None:
    from stagedoor.connector import jobs

    jobs.VERSION = version


if os.environ.get("STAGEDOOR_DRILL") and "serve" in sys.orig_argv:
    _points = Points(Path(os.environ["STAGEDOOR_DRILL"]))
    _watch_requests(_points)
    _watch_commits(_points)
    _watch_answers(_points)
    if os.environ.get("STAGEDOOR_DRILL_VERSION"):
        _be_newer(os.environ["STAGEDOOR_DRILL_VERSION"])
