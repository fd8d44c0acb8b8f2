"""The document of a process's application, encoded once."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import FastAPI

from . import PathItems

_documents: WeakKeyDictionary[FastAPI, dict[tuple[PathItems, ...], bytes]] = WeakKeyDictionary()
_lock = threading.Lock()


class Reference:
    """Gives the OpenAPI document. `others` are the paths of applications in front of the
    framework."""

    def __init__(self, others: Sequence[PathItems]) -> None:
        self._others = others

    def document(self, app: FastAPI) -> bytes:
        """The document as JSON. Anybody may ask for it, so it is built and encoded once for an
        application."""
        key = tuple(self._others)
        with _lock:
            built = _documents.setdefault(app, {})
            if key not in built:
                from .document import build  # only those who read the document pay for it

                made: dict[str, Any] = build(app, key)
                built[key] = json.dumps(made, separators=(",", ":")).encode()
            return built[key]
