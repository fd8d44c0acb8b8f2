"""Requests for copies of people's data."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import Category, DataFormat, ExportStatus

from ...world.collection import Entity, EntityCollection, Index


@record
class DataExport(Entity):
    """One request for a copy of a person's data, from creation to its final state."""

    id: str
    client_key: str
    creator_id: str
    categories: tuple[Category, ...]
    data_format: DataFormat
    created: float
    base_url: str
    """The base address of links in the archive."""
    status: ExportStatus = ExportStatus.PENDING
    collecting: float | None = None
    """When the collection began."""
    ready: float | None = None
    spent: tuple[str, ...] = ()
    """The single-use scopes that the request consumed."""


EXPORTS = EntityCollection("exports", DataExport)


def _pending(client_key: str, creator_id: str, status: ExportStatus) -> Iterable[tuple[str, str]]:
    return ((client_key, creator_id),) if status is ExportStatus.PENDING else ()


PENDING_EXPORTS = Index[DataExport](on=("client_key", "creator_id", "status"), keys=_pending)
"""Pending requests by app and creator."""
