"""What exists on the local TikTok. Plain data; times are Unix seconds on the world's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from stagedoor.platform.vocabulary import (
    Category,
    CommercialLabel,
    DataFormat,
    ExportStatus,
    MediaType,
    Outcome,
    PrivacyLevel,
    PublishStatus,
    QrStatus,
)


@dataclass(slots=True)
class Developer:
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
class App:
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
class Creator:
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


@dataclass(slots=True)
class Grant:
    """What one creator allows one app. Ended grants stay, so that old tokens are known as dead."""

    id: str
    client_key: str
    creator_id: str
    open_id: str
    scopes: frozenset[str]
    created: float
    ended: float | None = None
    spent: frozenset[str] = frozenset()
    """Single-use scopes that were used up; they are no longer among `scopes`."""


@dataclass(slots=True)
class AccessToken:
    value: str
    expires: float
    grant_id: str | None
    """None: the app's own token (clt.)."""
    client_key: str
    scopes: frozenset[str]
    revoked: bool = False


@dataclass(slots=True)
class RefreshToken:
    value: str
    grant_id: str
    expires: float
    dead_from: float | None = None
    """When rotation ends it; None while it is the newest."""


@dataclass(slots=True)
class AuthCode:
    value: str
    client_key: str
    creator_id: str
    scopes: frozenset[str]
    redirect_uri: str
    platform: PlatformKind
    challenge: str | None
    expires: float
    used: bool = False


@dataclass(slots=True)
class QrLogin:
    """A login by QR code, from the app's first call until its code is handed out."""

    token: str
    client_key: str
    scopes: list[str]
    redirect_uri: str
    expires: float
    state: str | None = None
    status: QrStatus = QrStatus.NEW
    ticket: str = ""
    """The client_ticket that the phone saw."""
    code: str = ""
    denied: bool = False


class Moderation(StrEnum):
    PENDING = "pending"
    PASSED = "passed"
    REMOVED = "removed"


@dataclass(slots=True)
class Video:
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
        return (
            self.privacy == PrivacyLevel.PUBLIC_TO_EVERYONE
            and self.moderation is Moderation.PASSED
            and not self.deleted
        )

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)
        if name != "version":
            object.__setattr__(self, "version", getattr(self, "version", 0) + 1)


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
class Upload:
    """The bytes of one FILE_UPLOAD as they arrive."""

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
    """SHA-256 once every byte is here."""


@dataclass(slots=True)
class Publish:
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


@dataclass(slots=True)
class Share:
    """What an app handed to TikTok's app through Share Kit, and what the person did with it."""

    id: str
    client_key: str
    creator_id: str
    created: float
    media_type: MediaType
    media: list[str]
    green_screen: bool
    outcome: Outcome
    seconds: int = 0
    width: int = 1080
    height: int = 1920
    video_id: str | None = None


@dataclass(slots=True)
class Export:
    """One request for a copy of a person's data, from add to its end."""

    id: str
    client_key: str
    creator_id: str
    categories: tuple[Category, ...]
    data_format: DataFormat
    created: float
    base_url: str
    """Where links in the archive lead."""
    status: ExportStatus = ExportStatus.PENDING
    collecting: float | None = None
    """When the collection began."""
    ready: float | None = None
    spent: tuple[str, ...] = ()
    """The single-use scopes that it used up."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DROPPED = "dropped"


@dataclass(slots=True)
class Attempt:
    at: float
    status: int | None
    """HTTP status; None when there was no answer."""
    error: str = ""


@dataclass(slots=True)
class Delivery:
    """One webhook on its way to one app."""

    id: str
    client_key: str
    event: str
    url: str
    body: str
    created: float
    publish_id: str | None = None
    state: DeliveryState = DeliveryState.WAITING
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(slots=True)
class Advertiser:
    """Who pays for ads. `creator_id` is the TikTok account that the ads speak for."""

    id: str
    name: str
    country: str
    paid_for_by: str
    creator_id: str | None = None


@dataclass(slots=True)
class Targeting:
    """Whom an ad is meant for; the texts list categories."""

    ages: list[str] = field(default_factory=list)
    genders: list[str] = field(default_factory=list)
    users: int = 0
    audience: bool = False
    video_interactions: str = ""
    creator_interactions: str = ""
    interest: str = ""


@dataclass(slots=True)
class Takedown:
    """Why TikTok rejected an ad; no countries: everywhere."""

    reasons: list[str]
    countries: list[str] = field(default_factory=list)
    source: str = "TikTok"
    automated_notice: str | None = None


@dataclass(slots=True)
class Ad:
    """An ad in the library. What it shows are posts of the world, videos or photos."""

    id: str
    advertiser_id: str
    video_ids: list[str]
    first_shown: float
    reach: dict[str, int]
    """Unique users by the country where it was shown."""
    last_shown: float | None = None
    """None: it still runs."""
    title: str = ""
    external_url: str | None = None
    download_url: str | None = None
    call_to_action: str | None = None
    objective: str | None = None
    targeting: Targeting = field(default_factory=Targeting)
    takedown: Takedown | None = None

    @property
    def seen_by(self) -> int:
        return sum(self.reach.values())
