"""Posts in progress, from init to their final state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from stagedoor.platform.vocabulary import PrivacyLevel, PublishStatus

from ...world.collection import Collection, Entity, Index, Value


class Flow(StrEnum):
    """The six ways to publish, named by the prefix of their publish_id."""

    DIRECT_FILE = "v_pub_file"
    DIRECT_URL = "v_pub_url"
    INBOX_FILE = "v_inbox_file"
    INBOX_URL = "v_inbox_url"
    PHOTO_DIRECT = "p_pub_url"
    PHOTO_INBOX = "p_inbox_url"

    @property
    def direct(self) -> bool:
        return self in (Flow.DIRECT_FILE, Flow.DIRECT_URL, Flow.PHOTO_DIRECT)

    @property
    def upload(self) -> bool:
        return self in (Flow.DIRECT_FILE, Flow.INBOX_FILE)

    @property
    def photo(self) -> bool:
        return self in (Flow.PHOTO_DIRECT, Flow.PHOTO_INBOX)


@dataclass(slots=True)
class Publish(Entity):
    """One post under way, from init to its final state."""

    id: str
    flow: Flow
    client_key: str
    grant_id: str
    creator_id: str
    created: float
    status: PublishStatus
    title: str = ""
    description: str = ""
    privacy: PrivacyLevel | None = None
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    aigc: bool = False
    branded: bool = False
    own_brand: bool = False
    cover_ms: int | None = None
    """Which moment of the video the cover shows; None: its first frame."""
    music: bool = False
    """TikTok is to add music to the photos."""
    urls: list[str] = field(default_factory=list)
    cover_index: int = 0
    upload_id: str | None = None
    downloaded_bytes: int | None = None
    media: list[str] = field(default_factory=list)
    digest: str | None = None
    """SHA-256 of a video's bytes; photos have theirs in `digests`."""
    duration: int = 0
    width: int = 0
    height: int = 0
    arrived: float | None = None
    """When the last byte of its media was here."""
    checked: bool = False
    """The media was probed; `problem` says whether it is good."""
    problem: str = ""
    """The fail reason that the probe found, told when processing ends."""
    facts: list[dict[str, str | int | float]] = field(default_factory=list)
    """What the probe saw, one entry for each media file."""
    digests: list[str] = field(default_factory=list)
    """SHA-256 of each media file."""
    fail_reason: str | None = None
    fail_detail: str = ""
    """For the developer, on control routes only: what exactly was wrong."""
    video_ids: list[str] = field(default_factory=list)
    finished: float | None = None
    discarded: float | None = None
    """When the creator threw the draft away."""
    restricted: bool = False
    """Made by an app that isn't audited, or a sandbox: what comes of it stays private."""
    share_id: str = ""
    """What the old webhook names carry instead of the publish_id."""


PUBLISHES = Collection("publishes", Publish)
NEXT_FAILURES = Value("next_failures", dict[str, str], dict)
"""Creator id, or "*" for anyone -> how the next post that reaches processing fails."""


def _unfinished(grant_id: str, finished: float | None) -> Iterable[str]:
    return (grant_id,) if finished is None else ()


PROCESSING_OF_GRANT = Index[Publish](on=("grant_id", "finished"), keys=_unfinished)
"""Posts that haven't come to an end."""
PUBLISHES_OF_CREATOR = Index[Publish](on=("creator_id",), by=("created",))
"""The oldest first."""
PUBLISHES_OF_APP = Index[Publish](on=("client_key",), by=("created",))
"""The oldest first."""
