"""Uploads in progress."""

from __future__ import annotations

from typing import Any

from stagedoor.platform.records import record

from ...world.collection import Entity, EntityCollection, Value


@record
class ChunkedUpload(Entity):
    """The progress of one FILE_UPLOAD."""

    id: str
    token: str
    publish_id: str
    size: int
    chunk_size: int
    chunk_count: int
    expires: float
    path: str
    stored: int = 0
    digest: str | None = None
    """SHA-256, once all bytes have arrived."""


UPLOADS = EntityCollection("uploads", ChunkedUpload)
RECEIVING: Value[dict[str, Any]] = Value("receiving", dict[str, Any], dict, saved=False)
"""By upload id: state of the receiving process, which isn't saved."""
