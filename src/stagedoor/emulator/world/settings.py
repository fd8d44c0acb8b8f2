"""What nobody knows of TikTok, or what differs by time and place, is a setting here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from stagedoor.platform import durations
from stagedoor.platform.media import VIDEO


class Processing(StrEnum):
    """How a post moves on once its media is there."""

    IMMEDIATE = "immediate"
    TIMED = "timed"
    """After `processing_seconds` on the clock."""
    MANUAL = "manual"
    """When the control route says so."""


class SingleChunk(StrEnum):
    """What `chunk_size` may be when there is one chunk (`media.yaml` c5)."""

    EXACT = "exact"
    LEGACY = "legacy"
    """As before August 2026: smaller than the file, which may be longer than a chunk."""


Life = Annotated[int, Field(gt=0)]
Span = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(slots=True)
class Settings:
    """Changed by `PATCH /_emulator/settings`, which checks; a reset brings the defaults back."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", hide_input_in_errors=True
    )

    access_token_seconds: Life = durations.ACCESS_TOKEN_SECONDS
    refresh_token_seconds: Life = durations.REFRESH_TOKEN_SECONDS
    client_token_seconds: Life = durations.CLIENT_TOKEN_SECONDS
    code_seconds: Life = durations.CODE_SECONDS
    qr_seconds: Life = durations.QR_SECONDS
    qr_denied_as: Literal["expired", "scanned"] = "expired"
    """What a QR check says once the creator said no; undocumented."""
    qr_tells_code: bool = False
    """A confirmed QR check has `code` besides `redirect_uri`, as the docs' table says."""
    refresh_rotates: bool = True
    refresh_grace_seconds: Annotated[int, Field(ge=0)] = 0
    refresh_expiry_restarts: bool = True
    """A rotated refresh token lives its full life again; else it dies when the first would have."""
    upload_url_seconds: Life = durations.UPLOAD_URL_SECONDS
    pull_seconds: Life = durations.PULL_SECONDS
    processing: Processing = Processing.TIMED
    processing_seconds: Span = 0.5
    moderation_seconds: Span = 0.5
    fresh_id_race_seconds: Span = 0
    """How long status/fetch answers that a new publish_id is unknown."""
    rate_limits: bool = True
    mixed_scopes_as_401: bool = False
    """user/info with a field whose scope is missing: 401 instead of 400 (projects report both)."""
    short_pages: bool = False
    """Video lists drop non-public posts after the page was cut, so a page can be short."""
    strict_creator_info_scope: bool = False
    """creator_info needs video.publish, as its docs page says."""
    param_error: Literal["invalid_params", "invalid_param"] = "invalid_params"
    """`invalid_param` in Content Posting's tables."""
    unknown_id_as_param: bool = False
    """An unknown publish_id as invalid_params with message invalid_publish_id, as seen live."""
    photo_inbox_prefix: Literal["p_pub_url", "p_inbox_url"] = "p_pub_url"
    """`p_inbox_url` in live logs."""
    upload_path: Literal["/video/", "/upload", "/upload/"] = "/video/"
    """`/upload` on another of TikTok's hosts."""
    single_chunk: SingleChunk = SingleChunk.EXACT
    min_video_seconds: Span = VIDEO.min_seconds
    """From vendors' docs, not TikTok's; 0 takes videos of any length."""
    webhook_timeout_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10
    """How long a receiver may take, in real time."""
    legacy_events: bool = True
    no_longer_public_as: Literal["publicaly", "publicly"] = "publicaly"
    """How post.publish.no_longer_..._available is spelt; `publicly` by business accounts."""
    duplicate_webhooks: bool = False
    """Every delivery arrives twice."""
    oembed_bad_url_status: Literal[400, 404] = 400
    """404 as some clients see for dead links."""
    player_error: Literal["none", "SERVER_ERROR", "PLAYBACK_ERROR", "AUTOPLAY_ERROR"] = "none"
    """What goes wrong in every player: at once, when it plays, or when it plays by itself."""
    commercial_revision: Literal["classic", "newest"] = "classic"
    """Of the ad query: `newest` has small pages and only the last 365 days, and no advertisers."""
    commercial_requests_per_day: Annotated[int, Field(ge=0)] = 1_000
    """Quota of an app and UTC day; that there is one was observed, its size is a guess."""
    commercial_has_more: Literal["bool", "text"] = "bool"
    """`text` ("true") in the docs' examples."""
    commercial_dates: Literal["text", "number"] = "text"
    """`number` in the docs' examples."""
    commercial_payer: Literal["paid_for_by", "paid_by"] = "paid_for_by"
    """`paid_by` in the docs' tables."""
    commercial_account: Literal["flat", "nested"] = "flat"
    """An advertiser's account nested in `tiktok_account`, as in the docs' example."""
    commercial_sample_names: bool = False
    """`buisness_id`, `unique_user_seen` and `target`, as the docs' examples spell them."""
    research_delay_seconds: Span = durations.NEW_VIDEO_SECONDS
    """How long a new video takes to appear in research."""
    research_per_second: Annotated[int, Field(ge=0)] = 0
    """Research calls of an app in a second; 0: any number. TikTok's limit isn't published."""
    search_warmup_seconds: Span = 0
    """How long a new search_id is refused: some seconds at TikTok (clients see it)."""
    search_seconds: Life = 3_600
    """Life of a search_id; not published."""
    null_names: bool = False
    """Usernames in research end with U+0000, as was seen."""
    playlist_as_500: bool = False
    """research playlists come with HTTP 500 and good data, as projects report."""
    validation_seconds: Span = 0.5
    """How long a check of ids takes; not published."""
    export_queue_seconds: Span = 0
    """How long a request for data waits before its collection begins."""
    export_seconds: Span = 0.5
    """How long the collection takes."""
    export_prefers_ongoing: bool = True
    """An ongoing scope serves before a single-use one is spent; which of them does isn't known."""
    one_export_at_a_time: bool = False
    """A second request of the same person is refused while the first is pending; not documented."""
    export_outside_region: Literal["empty", "refused"] = "empty"
    """What people outside the EEA and the UK give: an archive without data, or invalid_params."""
    pull_from_internet: bool = False
    """Media of hosts outside the host map is downloaded for real."""
