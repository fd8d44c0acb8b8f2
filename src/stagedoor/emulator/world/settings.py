"""What nobody knows of TikTok, or what differs by time and place, is a setting here."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from stagedoor.platform import oauth
from stagedoor.platform.media import PULL_SECONDS, UPLOAD_URL_SECONDS, VIDEO


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


class Settings(BaseModel):
    """Changed by `PATCH /_emulator/settings`; a reset brings the defaults back."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    access_token_seconds: int = Field(default=oauth.ACCESS_TOKEN_SECONDS, gt=0)
    refresh_token_seconds: int = Field(default=oauth.REFRESH_TOKEN_SECONDS, gt=0)
    client_token_seconds: int = Field(default=oauth.CLIENT_TOKEN_SECONDS, gt=0)
    code_seconds: int = Field(default=oauth.CODE_SECONDS, gt=0)
    refresh_rotates: bool = True
    refresh_grace_seconds: int = Field(default=0, ge=0)
    refresh_expiry_restarts: bool = True
    """A rotated refresh token lives its full life again; else it dies when the first would have."""
    upload_url_seconds: int = Field(default=UPLOAD_URL_SECONDS, gt=0)
    pull_seconds: int = Field(default=PULL_SECONDS, gt=0)
    processing: Processing = Processing.TIMED
    processing_seconds: float = Field(default=0.5, ge=0)
    moderation_seconds: float = Field(default=0.5, ge=0)
    fresh_id_race_seconds: float = Field(default=0, ge=0)
    """How long status/fetch answers that a new publish_id is unknown."""
    rate_limits: bool = True
    mixed_scopes_as_401: bool = False
    """user/info with a field whose scope is missing: 401 instead of 400 (projects report both)."""
    short_pages: bool = False
    """Video lists drop non-public posts after the page was cut, so a page can be short."""
    strict_creator_info_scope: bool = False
    """creator_info needs video.publish, as its docs page says."""
    param_error: str = "invalid_params"
    """`invalid_param` in Content Posting's tables."""
    unknown_id_as_param: bool = False
    """An unknown publish_id as invalid_params with message invalid_publish_id, as seen live."""
    photo_inbox_prefix: str = "p_pub_url"
    """`p_inbox_url` in live logs."""
    upload_path: str = "/video/"
    """`/upload` on another of TikTok's hosts."""
    single_chunk: SingleChunk = SingleChunk.EXACT
    min_video_seconds: float = Field(default=VIDEO.min_seconds, ge=0)
    """From vendors' docs, not TikTok's; 0 takes videos of any length."""
    webhook_timeout_seconds: float = Field(default=10, gt=0)
    """How long a receiver may take, in real time."""
    legacy_events: bool = True
    duplicate_webhooks: bool = False
    """Every delivery arrives twice."""
    pull_from_internet: bool = False
    """Media of hosts outside the host map is downloaded for real."""
