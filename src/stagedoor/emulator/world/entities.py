"""What every product of the local TikTok shares: apps, people and posts.

Times are Unix seconds on the world's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from stagedoor.platform.vocabulary import CommercialLabel, PrivacyLevel

from .collection import Entity


@dataclass(slots=True)
class Developer(Entity):
    """Who owns apps. A creator's union_id is the same over all apps of one developer."""

    id: str
    name: str


class AppState(StrEnum):
    DRAFT = "Draft"
    IN_REVIEW = "In review"
    LIVE = "Live"
    NOT_APPROVED = "Not approved"


class PlatformKind(StrEnum):
    """Where an app runs; redirect URIs are registered and matched by it."""

    WEB = "web"
    DESKTOP = "desktop"
    IOS = "ios"
    ANDROID = "android"


class PropertyKind(StrEnum):
    DOMAIN = "domain"
    PREFIX = "url_prefix"


@dataclass(slots=True)
class UrlProperty:
    """A domain or prefix that the app proved to own; media is pulled from nowhere else."""

    kind: PropertyKind
    value: str


@dataclass(slots=True)
class App(Entity):
    client_key: str
    client_secret: str
    name: str
    developer_id: str
    state: AppState = AppState.LIVE
    sandbox: bool = False
    target_users: list[str] = field(default_factory=list)
    """Creator ids that a sandbox lets in."""
    audited: bool = True
    capped: bool = True
    """False: no daily, pending or active-user caps."""
    user_cap: int | None = None
    """Creators it may post for in 24 hours; None: the unaudited default, or none if audited."""
    scopes: list[str] = field(default_factory=list)
    redirect_uris: dict[PlatformKind, list[str]] = field(default_factory=dict)
    any_redirect: bool = False
    """Any loopback or https redirect URI (the ready-made apps)."""
    any_url: bool = False
    """Media may be pulled from any host (the ready-made apps)."""
    url_properties: list[UrlProperty] = field(default_factory=list)
    webhook_url: str | None = None
    limits: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Requests and seconds by operation, where TikTok raised what is documented."""


@dataclass(slots=True)
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
    """Where the account was registered, as `regions.REGION_CODES` has it. It decides which laws'
    products know the person: the ad library, copies of their data."""
    minor: bool = False
    """Under 18: research sees it only with the scope for minors in Europe."""
    likes_public: bool = False
    following_public: bool = True
    bio_url: str = ""
    pins: list[str] = field(default_factory=list)
    """Ids of posts that stand first on the profile."""
    padding: int = 0
    """Bytes of made-up watch history in archives of this person's data, for large ones."""


class Moderation(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    REMOVED = "removed"


def is_open(privacy: PrivacyLevel, moderation: Moderation, deleted: bool) -> bool:
    """Whether everybody may see a post with these marks, if the account isn't private."""
    return (
        privacy == PrivacyLevel.PUBLIC_TO_EVERYONE
        and moderation is Moderation.PASSED
        and not deleted
    )


@dataclass(slots=True)
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
    """What the creator marked it as."""
    brand_names: list[str] = field(default_factory=list)
    publish_id: str | None = None
    digest: str | None = None
    """SHA-256 of the bytes that were received; None for seeded videos."""
    media: list[str] = field(default_factory=list)
    """Paths of the received files."""
    favorites: int = 0
    music: str = ""
    """The sound's name; empty: a sound of its own."""
    effects: list[str] = field(default_factory=list)
    stickers: list[str] = field(default_factory=list)
    voice_to_text: str = ""
    notice: str = ""
    """What TikTok put on it, such as a word about an election."""
    ai_labelled: bool = False
    """The creator says that it was made with AI."""
    ai_made: bool = False
    """TikTok says so."""
    earns_commission: bool = False
    stem_verified: bool = False
    version: int = 0
    """Counts changes, so that what was rendered from it can be kept until it changes."""

    @property
    def paid_partnership(self) -> bool:
        return self.label is CommercialLabel.PAID_PARTNERSHIP

    @property
    def is_open(self) -> bool:
        """Whether everybody may see it, if the account isn't private (`World.is_public`)."""
        return is_open(self.privacy, self.moderation, self.deleted)

    def changed(self) -> None:
        object.__setattr__(self, "version", self.version + 1)
