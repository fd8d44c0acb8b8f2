"""Settings for TikTok's behaviour where it is unknown, or differs by time and place."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from stagedoor.platform import durations
from stagedoor.platform.media import VIDEO
from stagedoor.platform.records import record

from .bounds import Amount, Grace, Life, RealSpan, Span


class Processing(StrEnum):
    """The way in which processing of a post ends after its media has arrived."""

    IMMEDIATE = "immediate"
    TIMED = "timed"
    """Processing ends after `processing_seconds` on the clock."""
    MANUAL = "manual"
    """Processing ends when the control route is called."""


class SingleChunk(StrEnum):
    """Permitted values of `chunk_size` for a single chunk (`media.yaml` c5)."""

    EXACT = "exact"
    LEGACY = "legacy"
    """As before August 2026: less than the file's size, which may exceed a chunk's."""


@record
class WorldSettings:
    """Changed by `PATCH /_emulator/settings`, which validates; a reset restores the defaults."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", hide_input_in_errors=True
    )

    access_token_seconds: Life = durations.ACCESS_TOKEN_SECONDS
    refresh_token_seconds: Life = durations.REFRESH_TOKEN_SECONDS
    client_token_seconds: Life = durations.CLIENT_TOKEN_SECONDS
    code_seconds: Life = durations.CODE_SECONDS
    qr_seconds: Life = durations.QR_SECONDS
    qr_denied_as: Literal["expired", "scanned"] = "expired"
    """The status that a QR check returns after the creator refused; undocumented."""
    qr_tells_code: bool = False
    """A confirmed QR check returns `code` besides `redirect_uri`, as the docs' table says."""
    refresh_rotates: bool = True
    refresh_grace_seconds: Grace = 0
    refresh_expiry_restarts: bool = True
    """A rotated refresh token gets the full lifetime; else it expires when the first would have."""
    upload_url_seconds: Life = durations.UPLOAD_URL_SECONDS
    pull_seconds: Life = durations.PULL_SECONDS
    processing: Processing = Processing.TIMED
    processing_seconds: Span = 0.5
    moderation_seconds: Span = 0.5
    fresh_id_race_seconds: Span = 0
    """The time for which status/fetch answers that a new publish_id is unknown."""
    rate_limits: bool = True
    advertiser_qps: Amount = 0
    """Calls a second for one ad account and path in TikTok API for Business; 0: no such limit,
    since only some apps have met one."""
    ad_review_seconds: Span = 5
    """The duration of a review of an ad group or ad, and of an appeal."""
    creator_link_seconds: Span = 5
    """The duration of the review of a video that is linked to a campaign with creators."""
    repeated_request_id: Literal["refused", "answered"] = "refused"
    """A campaign or ad group that is created again with the same `request_id`: code 40050, or the
    first one's record."""
    audience_matching_seconds: Span = 5
    """The time until an audience is matched: up to 48 hours at TikTok."""
    audience_match_rate: Annotated[float, Field(ge=0, le=1)] = 1
    """The share of hashed identifiers that belong to people whom TikTok knows."""
    audience_file_seconds: Life = 7 * 86_400
    """The life of an uploaded file of identifiers; not published."""
    creative_url_seconds: RealSpan = 30
    """The timeout for the download of a video or an image for ads, in real seconds."""
    returning_user_without_code: bool = False
    """An account holder who granted the same scopes before comes back without a code, unless the
    link has disable_auto_auth=1 (TikTok API for Business)."""
    strict_slashes: bool = False
    """404 for `user/info` without its last slash, which published clients leave out."""
    mixed_scopes_as_401: bool = False
    """user/info with a field whose scope is missing: 401 instead of 400 (projects report both)."""
    short_pages: bool = False
    """Video lists remove non-public posts after the page was cut, so a page can be short."""
    strict_creator_info_scope: bool = False
    """creator_info requires video.publish, as its docs page says."""
    param_error: Literal["invalid_params", "invalid_param"] = "invalid_params"
    """Content Posting's tables say `invalid_param`."""
    unknown_id_as_param: bool = False
    """An unknown publish_id gives invalid_params with message invalid_publish_id, as seen live."""
    photo_inbox_prefix: Literal["p_pub_url", "p_inbox_url"] = "p_pub_url"
    """Live logs have `p_inbox_url`."""
    upload_path: Literal["/video/", "/upload", "/upload/"] = "/video/"
    """Another of TikTok's hosts has `/upload`."""
    single_chunk: SingleChunk = SingleChunk.EXACT
    min_video_seconds: Span = VIDEO.min_seconds
    """From vendors' docs, not TikTok's; 0 accepts videos of any length."""
    webhook_timeout_seconds: RealSpan = 10
    """The timeout for a receiver, in real seconds."""
    legacy_events: bool = True
    no_longer_public_as: Literal["publicaly", "publicly"] = "publicaly"
    """The spelling of post.publish.no_longer_..._available; business accounts have `publicly`."""
    webhook_delay_seconds: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 0
    """The delay of each webhook's first attempt."""
    reordered_webhooks: bool = False
    """Every second webhook of an app arrives after the one that follows it."""
    duplicate_webhooks: bool = False
    """Every delivery is sent twice."""
    oembed_bad_url_status: Literal[400, 404] = 400
    """404, as some clients observe for dead links."""
    player_error: Literal["none", "SERVER_ERROR", "PLAYBACK_ERROR", "AUTOPLAY_ERROR"] = "none"
    """An error of every player: at once, on playing, or on autoplay."""
    commercial_revision: Literal["classic", "newest"] = "classic"
    """The revision of the ad query: `newest` has small pages, only the last 365 days, and no
    advertisers."""
    commercial_requests_per_day: Amount = 1_000
    """Quota of an app and UTC day; its existence was observed, its size is a guess."""
    commercial_has_more: Literal["bool", "text"] = "bool"
    """The docs' examples have `text` ("true")."""
    commercial_dates: Literal["text", "number"] = "text"
    """The docs' examples have `number`."""
    commercial_payer: Literal["paid_for_by", "paid_by"] = "paid_for_by"
    """The docs' tables have `paid_by`."""
    commercial_account: Literal["flat", "nested"] = "flat"
    """An advertiser's account nested in `tiktok_account`, as in the docs' example."""
    commercial_sample_names: bool = False
    """`buisness_id`, `unique_user_seen` and `target`, as the docs' examples spell them."""
    research_delay_seconds: Span = durations.NEW_VIDEO_SECONDS
    """The time until a new video appears in research."""
    research_per_second: Amount = 0
    """Limit on an app's research calls per second; 0: no limit. TikTok's isn't published."""
    search_warmup_seconds: Span = 0
    """The time for which a new search_id is refused: some seconds at TikTok (seen by clients)."""
    search_seconds: Life = 3_600
    """Lifetime of a search_id; not published."""
    null_names: bool = False
    """Usernames in research end with U+0000, as was observed."""
    playlist_as_500: bool = False
    """Research playlists are answered with HTTP 500 and valid data, as projects report."""
    validation_seconds: Span = 0.5
    """The duration of a validation task; not published."""
    compute_test_records: Amount = durations.VCE_TEST_RECORDS
    """Records a day in the test stage of the Virtual Compute Environment."""
    compute_test_followers: Amount = 0
    """Followers that a person needs to be in the test stage: 25,000 in TikTok's docs of 2025."""
    compute_task_seconds: Span = 0.5
    """The duration of a query task; not published."""
    compute_queue_seconds: Span = 0
    """The time that a submitted script waits before it runs; not published."""
    compute_review: Literal["timed", "manual"] = "timed"
    """The way in which the review of a script's files ends; `manual`: by the control routes."""
    compute_review_seconds: Span = 5
    """The duration of a review when it is timed; not published."""
    script_seconds: RealSpan = 60
    """Real seconds that a script may run."""
    script_cpu_seconds: RealSpan = 30
    """Processor time that a script may use."""
    script_memory_mb: Annotated[int, Field(ge=64, le=65_536)] = 1_024
    """Address space of a script's process, in MiB."""
    script_output_bytes: Annotated[int, Field(ge=1, le=64 << 20)] = 5 << 20
    """Bytes that a script may leave in all of its files."""
    export_queue_seconds: Span = 0
    """The time that a request for data waits in the queue before its collection begins."""
    report_seconds: Span = 2
    """The time that an asynchronous report takes (TikTok API for Business)."""
    export_seconds: Span = 0.5
    """The duration of the collection."""
    export_prefers_ongoing: bool = True
    """An ongoing scope is used before a single-use scope is spent; TikTok's order isn't known."""
    one_export_at_a_time: bool = False
    """A second request for the same person is refused while the first is pending; undocumented."""
    export_outside_region: Literal["empty", "refused"] = "empty"
    """For people outside the EEA and the UK: an archive without data, or invalid_params."""
    pull_from_internet: bool = False
    """Media of hosts outside the host map is downloaded from the internet."""
