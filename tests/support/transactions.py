"""A check of every test: no thread opens a transaction, or the vault, inside a transaction.

The vault reads keys that it doesn't know yet in a transaction of its own. With as many threads as
a database has connections, each would hold one and wait for one more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection

from stagedoor.connector.database import Database
from stagedoor.connector.vault import Vault

Opens = Callable[[Database], AbstractContextManager[Connection]]

_open = threading.local()


def forbid_nesting() -> None:
    """From now on, in this process."""
    for name in ("begin", "read", "autocommit"):
        setattr(Database, name, _alone(name, getattr(Database, name)))
    for name in ("open", "seal"):
        setattr(Vault, name, _outside(getattr(Vault, name)))


def _databases() -> list[int]:
    found: list[int] = _open.__dict__.setdefault("databases", [])
    return found


def _reads_shared(database: Database) -> bool:
    """Whether this thread holds the connection of a shared read."""
    shared = getattr(database._local, "shared", None)
    return shared is not None and shared._connection is not None


def _alone(name: str, opens: Opens) -> Opens:
    @contextmanager
    def opened(self: Database) -> Iterator[Connection]:
        if id(self) in _databases() or (name != "read" and _reads_shared(self)):
            raise AssertionError("a transaction inside a transaction of the same thread")
        _databases().append(id(self))
        try:
            with opens(self) as connection:
                yield connection
        finally:
            _databases().remove(id(self))

    return opened


def _outside(does: Callable[..., str]) -> Callable[..., str]:
    def done(self: Vault, *given: Any) -> str:
        if _databases():
            raise AssertionError("the vault inside a transaction")
        return does(self, *given)

    return done
