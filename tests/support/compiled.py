"""A cache of compiled statements that all engines of a process share.

SQLAlchemy keeps the compiled form of a statement in the engine. Nearly every test has a database
of its own, and so an engine of its own, for which each statement would be compiled again: about a
tenth of the time of such a test.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

_MOST = 4_000


class _Compiled(LRUCache[Any, Any]):
    """The statements of all engines of one kind of database; keys leave out the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key[1:], value)


_caches: dict[tuple[str, str, str], _Compiled] = {}


def share() -> None:
    """Let all engines that this process makes from now on share compiled statements."""
    made = Engine.__init__

    def make(self: Engine, pool: Any, dialect: Any, *given: Any, **more: Any) -> None:
        made(self, pool, dialect, *given, **more)
        kind = dialect.name, dialect.driver, dialect.paramstyle
        if self._compiled_cache is not None:
            self._compiled_cache = _caches.setdefault(kind, _Compiled(_MOST))

    Engine.__init__ = make  # type: ignore[method-assign]
