"""A connection to SQLite that nobody closes is a warning, and so fails a test, on every Python.

From 3.13 on the interpreter warns by itself. In any case it happens when the garbage collector
comes by, mostly in another test: the warning names the one that opened the connection.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from sqlite3 import dbapi2
from typing import Any


class _Watched(sqlite3.Connection):
    def __init__(self, database: Any, *given: Any, **named: Any) -> None:
        self._origin = f"{database} in {os.environ.get('PYTEST_CURRENT_TEST', 'no test')}"
        super().__init__(database, *given, **named)

    def __del__(self) -> None:
        try:
            self.total_changes  # noqa: B018
        except sqlite3.ProgrammingError:  # it is closed, or couldn't be opened
            return
        self.close()
        warnings.warn(f"nobody closed {self._origin}", ResourceWarning, source=self, stacklevel=1)


def look_at_connections() -> None:
    """Have connections that aren't closed warn."""
    connect = sqlite3.connect

    def opened(*given: Any, **named: Any) -> Any:
        return connect(*given, **{"factory": _Watched} | named)

    for module in (sqlite3, dbapi2):
        setattr(module, "connect", opened)  # noqa: B010
