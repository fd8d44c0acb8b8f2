"""The request bodies of the phone's control routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StringConstraints, field_validator

from stagedoor.platform.media import MAX_VIDEO_TITLE
from stagedoor.platform.model import text
from stagedoor.platform.products.webhooks import RemovalReason
from stagedoor.platform.vocabulary import PrivacyLevel

from ...control_bodies import ControlBody
from ...world.bounds import MOST_SECONDS


class Finish(ControlBody):
    """Caption and choices of a post made from a draft; `seconds` trims a video."""

    title: Annotated[str, text(MAX_VIDEO_TITLE)] | None = None
    privacy: PrivacyLevel | None = None
    comment_disabled: StrictBool = False
    duet_disabled: StrictBool = False
    stitch_disabled: StrictBool = False
    seconds: Annotated[StrictInt | None, Field(gt=0, le=MOST_SECONDS)] = None


class VisibilityBody(ControlBody):
    privacy: PrivacyLevel


class PhoneSettings(ControlBody):
    """A change of account settings; only given members change. `app_version` is like `31.8`."""

    private: StrictBool | None = None
    comment_disabled: StrictBool | None = None
    duet_disabled: StrictBool | None = None
    stitch_disabled: StrictBool | None = None
    max_video_seconds: Annotated[StrictInt | None, Field(gt=0, le=MOST_SECONDS)] = None
    app_version: tuple[int, int] | None = None
    banned: StrictBool | None = None
    live: StrictBool | None = None

    @field_validator("app_version", mode="before")
    @classmethod
    def _as_pair(cls, version: object) -> object:
        if not isinstance(version, str):
            return version
        parts = version.split(".")
        if len(parts) < 2 or not all(part.isdecimal() for part in parts):
            raise ValueError("is written as 31.8")
        return int(parts[0]), int(parts[1])


class Disconnect(ControlBody):
    """Removal of an app. `reason` as in authorization.removed; 1: the creator did it in the app."""

    client_key: Annotated[str, StringConstraints(min_length=1)]
    reason: RemovalReason = RemovalReason.USER_DISCONNECTED


class Scan(ControlBody):
    """The text of the QR code: an `aweme://` URL."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=8_192)]


class ApprovalBody(ControlBody):
    """The scopes that stay selected; default: all of them."""

    scopes: tuple[str, ...] | None = None
