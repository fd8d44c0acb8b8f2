"""Request bodies of the control routes."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from stagedoor.platform.operation import Tier
from stagedoor.platform.reasons import COUNTRY

from ..world import FaultKind
from ..world.bounds import Amount, Life, Span, Window, WithInt64, read_moment
from ..world.entities import AppState, PlatformKind, PropertyKind
from ..world.seed import LEAST_VIDEOS, MOST_VIDEOS

Text = Annotated[str, Field(min_length=1, max_length=200)]


class Body(WithInt64):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class ResetBody(Body):
    """How the world begins, now and at later resets; what isn't given stays as it is."""

    seed: int | None = None
    now: Annotated[StrictStr | StrictInt | StrictFloat, AfterValidator(read_moment)] | None = None
    """RFC 3339 or Unix seconds; null: the real time."""
    videos: Annotated[int, Field(ge=LEAST_VIDEOS, le=MOST_VIDEOS)] | None = None
    """How many there are; null: as many as the ready-made creators have."""


class ClockBody(Body):
    advance: Span | None = None
    """Seconds."""
    freeze: bool | None = None


class PropertyBody(Body):
    kind: PropertyKind
    value: Text


class AppPatch(Body):
    """A change of an app; only the given members are changed."""

    name: Text | None = None
    state: AppState | None = None
    scopes: list[str] | None = None
    redirect_uris: dict[PlatformKind, list[str]] | None = None
    target_users: list[str] | None = None
    """Usernames of the creators who may use a sandbox app."""
    audited: bool | None = None
    capped: bool | None = None
    user_cap: Annotated[int, Field(ge=0)] | None = None
    webhook_url: str | None = None
    limits: dict[str, tuple[Amount, Window]] | None = None
    """Requests and seconds by operation id, in place of the documented limits."""
    url_properties: list[PropertyBody] | None = None
    tier: Tier | None = None
    """Of an app of TikTok API for Business."""


class NewAppBody(AppPatch):
    """A new app. Its initial state is Draft without audit, as in TikTok's portal."""

    name: Text = "New App"
    client_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    client_secret: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    developer_id: str | None = None
    business: bool = False
    """An app of TikTok API for Business; its `client_key` is a numeric app id."""
    sandbox: bool = False


class CreatorBody(Body):
    username: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{2,24}$")]
    display_name: Text | None = None
    bio: Annotated[str, Field(max_length=80)] = ""
    verified: bool = False
    private: bool = False
    followers: Annotated[int, Field(ge=0)] = 0
    following: Annotated[int, Field(ge=0)] = 0
    max_video_seconds: Life = 600
    region: Annotated[str, Field(pattern=COUNTRY)] = "US"


class TokenBody(Body):
    client_key: str
    creator: str | None = None
    """A username; default: the first creator."""
    scopes: list[str] | None = None
    """Default: all scopes of the app that a creator can grant."""


class FaultBody(Body):
    operation: str
    kind: FaultKind
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: Annotated[str, Field(min_length=1, max_length=100)] = "internal_error"
    seconds: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)] = 1.0
    after_bytes: Annotated[int, Field(ge=0)] | None = None
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0


class HostsBody(Body):
    hosts: dict[str, str]
