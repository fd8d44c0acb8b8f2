"""Structured logs that tell one post's story by its id, and no secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from stagedoor.platform.characters import spelled_out

_SECRET = re.compile(
    r"(act\.|rft\.|clt\.)[^\s\"'&]+"
    r"|\bsd[aor]_[\w-]+"
    r"|(?<=Bearer )[^\s\"']+"
    r"|(?<=/upload/)[^\s\"'/?]+"
    r"|(?<=/media/)[^\s\"'/?]+"
    r"|(?<=/approve/)[^\s\"'/?]+"
    r"|(?<=upload_token=)[^\s\"'&]+"
    r"|(?<=[?&]code=)[^\s\"'&]+"
    r"|(?<=[?&]state=)[^\s\"'&]+"
)
MASK = "***"


def masked(text: str) -> str:
    """`text` without tokens, codes and capabilities."""
    return _SECRET.sub(MASK, text)


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The net under all log lines: what slipped into a text is masked here, and foreign text
    can't steer the terminal that shows it."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = spelled_out(masked(value), keep="\n\t")
    return event


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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING")
    logging.getLogger("stagedoor").setLevel(level)
