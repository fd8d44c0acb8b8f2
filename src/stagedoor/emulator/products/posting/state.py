"""Posts in progress, from init to their final state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import StrEnum

from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import PrivacyLevel, PublishStatus

from ...world.collection import Entity, EntityCollection, Index, Value


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


@record
class Publish(Entity):
    """A post of an app, from init to its final state."""

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
    """The moment of the video that the cover shows; None: the first frame."""
    music: bool = False
    """Whether TikTok is to add music to the photos."""
    ads_only: bool = False
    """The post is for ads alone: it isn't shown on the profile."""
    invite_link: str = ""
    """The link of the campaign with creators that the post is for; empty: none."""
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
    """When the last byte of the media arrived."""
    checked: bool = False
    """Whether the media was probed; `problem` is the result."""
    problem: str = ""
    """The fail reason from the probe, reported when processing ends; empty for valid media."""
    facts: list[dict[str, str | int | float]] = field(default_factory=list)
    """The probe's findings, one entry for each media file."""
    digests: list[str] = field(default_factory=list)
    """SHA-256 of each media file."""
    fail_reason: str | None = None
    fail_detail: str = ""
    """The exact error, for the developer; on control routes only."""
    video_ids: list[str] = field(default_factory=list)
    finished: float | None = None
    discarded: float | None = None
    """When the creator discarded the draft."""
    restricted: bool = False
    """Made by an unaudited app or a sandbox: the resulting post stays private."""
    share_id: str = ""
    """The id in events with old names, in place of the publish_id."""


PUBLISHES = EntityCollection("publishes", Publish)
NEXT_FAILURES = Value("next_failures", dict[str, str], dict)
"""Creator id, or "*" for any -> the fail reason of the next post that reaches processing."""


def _unfinished(grant_id: str, finished: float | None) -> Iterable[str]:
    return (grant_id,) if finished is None else ()


PROCESSING_OF_GRANT = Index[Publish](on=("grant_id", "finished"), keys=_unfinished)
"""Posts that haven't reached a final state."""
PUBLISHES_OF_CREATOR = Index[Publish](on=("creator_id",), by=("created",))
"""The oldest first."""
PUBLISHES_OF_APP = Index[Publish](on=("client_key",), by=("created",))
"""The oldest first."""
