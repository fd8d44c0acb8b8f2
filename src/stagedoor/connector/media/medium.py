"""A medium: one file of an organisation, on its way in or complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from .storage import Parts


class MediaKind(StrEnum):
    VIDEO = "video"
    PHOTO = "photo"


class MediumState(StrEnum):
    RECEIVING = "receiving"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Medium:
    """A file, or the part of it that is stored. `size` None: not declared yet."""

    id: str
    org: str
    post: str | None
    kind: MediaKind
    state: MediumState
    size: int | None
    received: int
    parts: Parts
    sha256: str | None = None
    """Of a complete file, once it was computed."""
    library: bool = False
    """Whether it is a file of the media library, which several posts may use."""
    facts: Mapping[str, Any] | None = None
    """Of a complete file that passed a probe for a post."""

    @classmethod
    def of(cls, row: Row[Any]) -> Medium:
        return cls(
            row.id,
            row.org,
            row.post,
            MediaKind(row.kind),
            MediumState(row.state),
            row.size,
            row.received,
            tuple((str(key), int(size)) for key, size in row.parts),
            row.sha256,
            row.library,
            row.facts,
        )

    @property
    def complete(self) -> bool:
        return self.state is MediumState.COMPLETE


@dataclass(frozen=True, slots=True)
class MediaUpload:
    """An upload URL for one file; the URL is a secret."""

    media_id: str
    url: str
