"""The entities that all products of the emulator share: apps, people and posts.

Times are Unix seconds on the world's clock.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from stagedoor.platform.operation import Tier
from stagedoor.platform.records import record
from stagedoor.platform.vocabulary import BusinessCategory, CommercialLabel, PrivacyLevel

from .collection import Entity


@record
class Developer(Entity):
    """The owner of apps. A creator's union_id is the same for all apps of one developer."""

    id: str
    name: str


class AppState(StrEnum):
    DRAFT = "Draft"
    IN_REVIEW = "In review"
    LIVE = "Live"
    NOT_APPROVED = "Not approved"


class PlatformKind(StrEnum):
    """The platform of an app; redirect URIs are registered and matched by platform."""

    WEB = "web"
    DESKTOP = "desktop"
    IOS = "ios"
    ANDROID = "android"


class PropertyKind(StrEnum):
    DOMAIN = "domain"
    PREFIX = "url_prefix"


@record
class UrlProperty:
    """A verified domain or URL prefix of the app; media is pulled from such URLs only."""

    kind: PropertyKind
    value: str


@record
class App(Entity):
    client_key: str
    client_secret: str
    name: str
    developer_id: str
    state: AppState = AppState.LIVE
    sandbox: bool = False
    target_users: list[str] = field(default_factory=list)
    """Ids of the creators who may use a sandbox app."""
    audited: bool = True
    capped: bool = True
    """False: no daily, pending or active-user caps."""
    user_cap: int | None = None
    """Most creators to post for in 24 hours; None: the unaudited default, or no cap if audited."""
    scopes: list[str] = field(default_factory=list)
    redirect_uris: dict[PlatformKind, list[str]] = field(default_factory=dict)
    any_redirect: bool = False
    """Any loopback or https redirect URI is accepted (the ready-made apps)."""
    any_url: bool = False
    """Media may be pulled from any host (the ready-made apps)."""
    url_properties: list[UrlProperty] = field(default_factory=list)
    webhook_url: str | None = None
    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Requests and seconds by operation, where TikTok raised the documented limit."""
    business: bool = False
    """An app of TikTok API for Business; `client_key` is its numeric id."""
    tier: Tier = Tier.BASIC
    permissions: list[str] = field(default_factory=list)
    """Ids of the permissions of advertisers' tokens (`business.permissions`)."""


@record
class Creator(Entity):
    id: str
    username: str
    display_name: str
    bio: str = ""
    verified: bool = False
    private: bool = False
    banned: bool = False
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_seconds: int = 600
    daily_posts: int = 15
    app_version: tuple[int, int] = (41, 5)
    followers: int = 0
    following: int = 0
    live: bool = False
    """Whether a LIVE is running."""
    colour: str = "#fe2c55"
    region: str = "US"
    """The region of registration, from `regions.REGION_CODES`. The ad library and exports of data
    include the person only in regions with the respective laws."""
    minor: bool = False
    """Under 18: research returns the person only with the scope for minors in Europe."""
    likes_public: bool = False
    following_public: bool = True
    bio_url: str = ""
    pins: list[str] = field(default_factory=list)
    """Ids of the posts pinned to the top of the profile."""
    business: bool = False
    """A registered business account."""
    category: BusinessCategory = BusinessCategory.PERSONAL_BLOG
    onboarded: bool = False
    """Came into the creator marketplace by a brand's invitation, whatever the followers."""
    padding: int = 0
    """Bytes of generated watch history in this person's archives, to test large archives."""


class Moderation(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    REMOVED = "removed"


def is_open(privacy: PrivacyLevel, moderation: Moderation, deleted: bool) -> bool:
    """Whether everybody may see a post with these values, if the account isn't private."""
    return (
        privacy == PrivacyLevel.PUBLIC_TO_EVERYONE
        and moderation is Moderation.PASSED
        and not deleted
    )


@record
class Video(Entity):
    """A post on a profile: a video, or a set of photos."""

    id: str
    creator_id: str
    created: float
    title: str
    duration: int = 0
    width: int = 1080
    height: int = 1920
    privacy: PrivacyLevel = PrivacyLevel.PUBLIC_TO_EVERYONE
    moderation: Moderation = Moderation.PASSED
    deleted: bool = False
    photos: int = 0
    likes: int = 0
    comments: int = 0
    shares: int = 0
    views: int = 0
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    label: CommercialLabel | None = None
    """The commercial label that the creator set."""
    brand_names: list[str] = field(default_factory=list)
    publish_id: str | None = None
    digest: str | None = None
    """SHA-256 of the bytes that were received; None for seeded videos."""
    media: list[str] = field(default_factory=list)
    """Paths of the received files."""
    favorites: int = 0
    music: str = ""
    """The sound's name; empty: the video's own sound."""
    effects: list[str] = field(default_factory=list)
    stickers: list[str] = field(default_factory=list)
    voice_to_text: str = ""
    notice: str = ""
    """TikTok's notice on the post, such as one about an election."""
    ai_labelled: bool = False
    """The creator declares that the video was made with AI."""
    ai_made: bool = False
    """TikTok states that the video was made with AI."""
    earns_commission: bool = False
    stem_verified: bool = False
    ads_only: bool = False
    """A post for ads alone: it isn't on the profile."""
    pinned_comment: str = ""
    """The id of the comment pinned to the top; empty: none."""
    version: int = 0
    """The number of changes, so that a cached rendering is valid until the next change."""

    @property
    def paid_partnership(self) -> bool:
        return self.label is CommercialLabel.PAID_PARTNERSHIP

    @property
    def is_open(self) -> bool:
        """Whether everybody may see the post, if the account isn't private (`World.is_public`)."""
        return is_open(self.privacy, self.moderation, self.deleted)

    def changed(self) -> None:
        object.__setattr__(self, "version", self.version + 1)
