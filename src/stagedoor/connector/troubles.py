"""What is wrong with the things that the service needs, for health checks.

A trouble has the code that callers are told, and no detail: the log has the reason. Each check
may take seconds, and writes: never call one on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from .errors import ApiError
from .services import Services


@dataclass(frozen=True, slots=True)
class Trouble:
    """`lasting`: it doesn't pass before somebody changes a setting, the database or the store."""

    code: str
    lasting: bool


def database_trouble(services: Services) -> Trouble | None:
    """`unavailable`, `database_refused`, or none."""

    def ask() -> None:
        with services.database.read() as connection:
            connection.execute(text("SELECT 1"))

    return _trouble(ask)


def store_trouble(services: Services) -> Trouble | None:
    """`storage_unavailable`, `storage_refused`, `storage_full`, or none."""
    return _trouble(services.media.storage.try_write)


def _trouble(check: Callable[[], None]) -> Trouble | None:
    try:
        check()
    except ApiError as error:
        return Trouble(error.code, not error.retryable)
    return None
