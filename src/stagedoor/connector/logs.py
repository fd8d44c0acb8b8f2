"""Structured logs without secrets; every line about a post has the post's id."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog

from stagedoor.platform.characters import spelled_out
from stagedoor.platform.masking import FittingArguments, masked


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last filter of all log lines: masks secrets that got into a text, and escapes control
    characters that could steer the terminal."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own
            event[key] = _shown(value)
    return event


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(name): _shown(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(part) for part in value]
    return spelled_out(masked(str(value)), keep="\n\t")


class Repetitions(logging.Filter):
    """Lets `most` warnings of a kind through in `seconds`; the next one has the number of those
    held back. A kind is a logger, a message without its numbers, an exception's type and the
    subject of the line, so an outage is a few lines, and each post keeps its own."""

    def __init__(
        self,
        most: int = 3,
        seconds: float = 60.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._most = most
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[object, ...], _Seen] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING and record.name not in _FREQUENT:
            return True
        kind = _kind(record)
        with self._lock:
            now = self._now()
            seen = self._seen.get(kind)
            if seen is None or now - seen.since >= self._seconds:
                held = 0 if seen is None else seen.count - self._most
                self._seen[kind] = _Seen(now)
                self._seen.move_to_end(kind)
                while len(self._seen) > _KINDS:
                    self._seen.popitem(last=False)
                if held > 0:
                    record.held_back = held
                return True
            seen.count += 1
            return seen.count <= self._most


@dataclass(slots=True)
class _Seen:
    """How many of a kind there were in this window, and when it began."""

    since: float
    count: int = 1


_FREQUENT = frozenset({"stagedoor.connections"})
"""Requests of anybody cause these log lines, so they are limited although they are no warnings."""
_KINDS = 1_000
_VARYING = re.compile(r"[0-9a-f]{8,}|\d+")


_SUBJECTS = ("post", "org", "grant", "agent", "approval", "receipt")
"""The possible subjects of a log line, by the names of its extras."""


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    text = str(record.msg) if record.name in _FREQUENT else record.getMessage()
    raised = record.exc_info[0] if record.exc_info else None
    about = [record.__dict__.get(name) for name in _SUBJECTS]
    return record.name, record.levelno, _VARYING.sub("#", text[:300]), raised, *map(str, about)


def configure(as_json: bool | None = None, level: str = "INFO") -> None:
    """Log to standard error: JSON lines for machines, coloured ones on a terminal."""
    machine = not sys.stderr.isatty() if as_json is None else as_json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    shown: Any = structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
        )
    )
    handler.addFilter(FittingArguments())
    handler.addFilter(Repetitions())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING")
    # the workflow engine adds a handler to its logger if it has none
    engine = logging.getLogger("dbos")
    engine.handlers[:] = [handler]
    engine.propagate = False
    logging.getLogger("stagedoor").setLevel(level)
