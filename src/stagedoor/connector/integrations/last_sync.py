"""When accounts were last synchronised, as the domain of synchronisation knows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..database import Database, TenantConnection

Read = Callable[[TenantConnection, Sequence[str]], Mapping[str, float]]
"""The time of the last success, in Unix seconds, by integration; without those that had none."""


class LastSync:
    """Reads the times of an organisation's accounts."""

    def __init__(self, database: Database, read: Read) -> None:
        self._database = database
        self._read = read

    def of(self, org: str, integrations: Sequence[str]) -> Mapping[str, float]:
        """As `Read`."""
        if not integrations:
            return {}
        with self._database.read() as connection:
            return self._read(TenantConnection(connection, org), integrations)
