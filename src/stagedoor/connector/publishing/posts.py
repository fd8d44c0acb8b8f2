"""The value type of a post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .approval_state import PostApproval
from .outcomes import PostFailure
from .states import PostState, Visibility


class PostKind(StrEnum):
    VIDEO = "video"
    """One video."""
    PHOTOS = "photos"
    """One or more photos."""


class Mode(StrEnum):
    DIRECT = "direct"
    """The service publishes the post."""
    DRAFT = "draft"
    """The creator gets it in TikTok's inbox and finishes it there."""


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post. Times are Unix seconds. `content` is what TikTok gets, by our field names."""

    id: str
    org: str
    integration: str
    kind: PostKind
    mode: Mode
    state: PostState
    visibility: Visibility
    title: str
    content: Mapping[str, Any]
    publish_at: float | None
    created: float
    updated: float
    begun: float | None
    handed_over: float | None
    ended: float | None
    tiktok_publish_id: str | None
    upload_url: str | None
    """Encrypted."""
    chunk_size: int | None
    username: str
    public_ids: tuple[str, ...]
    public_at: float
    failure: PostFailure | None
    retry_at: float | None
    attempts: int
    polls: int
    woken: bool
    held_by: str | None
    held_until: float | None
    asked_by: str | None
    """The name of the post's originator, given by a higher layer."""
    approval_state: str | None
    approval: PostApproval | None
    texts_erased: float | None

    @classmethod
    def of(cls, row: Any) -> StoredPost:
        values: dict[str, Any] = row._asdict()
        failure, approval = values["failure"], values["approval"]
        values |= {
            "kind": PostKind(values["kind"]),
            "mode": Mode(values["mode"]),
            "state": PostState(values["state"]),
            "visibility": Visibility(values["visibility"]),
            "public_ids": tuple(values["public_ids"]),
            "failure": None if failure is None else PostFailure.read(failure),
            "approval": None if approval is None else PostApproval.read(approval),
        }
        return cls(**values)

    @property
    def ref(self) -> str:
        """The post's reference in jobs and due rows."""
        return f"{self.org}/{self.id}"

    @property
    def direct(self) -> bool:
        return self.mode is Mode.DIRECT

    @property
    def pulled(self) -> bool:
        """Whether TikTok fetches the media itself, so that its init is enough to publish."""
        return self.kind is PostKind.PHOTOS or bool(self.content.get("video_url"))

    @property
    def privacy(self) -> str | None:
        level = self.content.get("privacy_level")
        return None if level is None else str(level)

    @property
    def link(self) -> str | None:
        if not self.public_ids or not self.username:
            return None
        kind = "photo" if self.kind is PostKind.PHOTOS else "video"
        return f"https://www.tiktok.com/@{self.username}/{kind}/{self.public_ids[0]}"
