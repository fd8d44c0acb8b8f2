"""The apps of TikTok for Developers and of TikTok API for Business that the organisation uses."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field, SecretStr

from stagedoor.platform import catalogue
from stagedoor.platform.bounds import AtMost, short_part
from stagedoor.platform.reasons import formed

from ..api import CallerIs, needs, router
from ..app_kinds import AppKind
from ..documented import ErrorCase, raises
from ..provided import provided
from ..settings import Settings
from ..shapes import Distinct, Model, ResponseModel, example
from ..tenants.roles import Role
from .errors import AppRefused, AppShared, NoApp, SecretLost
from .limits import AppLimits, RateWindow
from .service import AppChange, Apps, RegisteredApp

ROUTER: APIRouter = router(prefix="/api/apps/tiktok", tags=["apps"])

_UNREACHABLE = ErrorCase(502, "tiktok_unreachable", "TikTok couldn't be asked.", retryable=True)
AppsAre = Annotated[Apps, provided(Apps)]
SettingsAre = Annotated[Settings, provided(Settings)]

_KEY = formed(
    r"^[A-Za-z0-9_-]{1,64}$", "should have 1 to 64 letters, digits, hyphens and underscores"
)
_Key = Annotated[str, Field(pattern=_KEY)]
_Secret = Annotated[SecretStr, Field(min_length=1, max_length=128)]
_SCOPE = formed(r"^[a-z0-9_.]{1,64}$", "should be a scope of TikTok's such as video.publish")
_Scope = Annotated[str, Field(pattern=_SCOPE)]


class WindowBody(Model):
    """A rate limit: so many calls within a sliding window."""

    requests: Annotated[int, Field(ge=1, le=1_000_000)]
    """The most calls within the window."""
    per_seconds: Annotated[float, Field(gt=0, le=30 * 86_400)]
    """The length of the window, in seconds."""


def _limited(limits: dict[str, WindowBody]) -> dict[str, WindowBody]:
    operations = catalogue.operations()
    for name in limits:
        if name not in operations or not operations[name].limits:
            raise ValueError(f"{short_part(name)!r} is no operation with a rate limit")
    return limits


_LIMITED = sum(1 for one in catalogue.operations().values() if one.limits)
"""The operations with a rate limit."""


class AppBody(Model):
    """`clientSecret` may be left out when the app is set already; `secondSecret: null` removes
    it."""

    model_config = example(
        clientKey="aw1234567890abcdef",
        clientSecret="the-secret-of-the-app",
        scopes=["user.info.basic", "video.publish"],
    )

    kind: AppKind = AppKind.LOGIN_KIT
    """`loginKit`: an app of developers.tiktok.com; `business`: one of business-api.tiktok.com."""
    client_key: _Key
    """The client key; for `business` the app id."""
    client_secret: _Secret | None = None
    """The app's secret; may be left out when the app is set already."""
    second_secret: _Secret | None = None
    """The second live secret while TikTok's secret is rotated; null removes it."""
    scopes: Annotated[list[_Scope], AtMost(100), Distinct()] | None = None
    """Approved by TikTok for the app; null: unknown."""
    limits: Annotated[dict[str, WindowBody], AtMost(_LIMITED), AfterValidator(_limited)] = Field(
        default_factory=dict
    )
    """Rate limits that TikTok raised for the app, by operation, such as `display.video_list`."""


class WindowShown(ResponseModel):
    """A rate limit: so many calls within a sliding window."""

    requests: int
    """The most calls within the window."""
    per_seconds: float
    """The length of the window, in seconds."""


class AppShown(ResponseModel):
    """Secrets are never shown; `secrets` is the number of secrets in force."""

    kind: AppKind
    """`loginKit` or `business`."""
    client_key: str
    """The app's client key at TikTok."""
    own: bool
    """Whether the app is the organisation's own, not the service's."""
    secrets: int
    """The number of secrets in force; they are never shown."""
    scopes: list[str] | None
    """The scopes that TikTok approved for the app; null: unknown."""
    limits: dict[str, WindowShown]
    """The app's raised rate limits, by operation."""
    redirect_uri: str
    """The redirect URI to register at TikTok."""
    webhook_url: str
    """The webhook URL to register at TikTok."""


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _shown(app: RegisteredApp, settings: Settings) -> AppShown:
    return AppShown(
        kind=app.kind,
        client_key=app.client_key,
        own=app.own,
        secrets=len(app.secrets),
        scopes=None if app.scopes is None else list(app.scopes),
        limits={
            name: WindowShown(requests=one.requests, per_seconds=one.per_seconds)
            for name, one in app.limits.windows.items()
        },
        redirect_uri=settings.redirect_uri,
        webhook_url=f"{settings.public_url}/connect/webhook/tiktok",
    )


@ROUTER.get("", dependencies=[needs(Role.ADMIN)])
@raises(NoApp, SecretLost)
def show_app(
    caller: CallerIs,
    apps: AppsAre,
    settings: SettingsAre,
    kind: Annotated[
        AppKind, Query(description="The kind of app, as in the request that sets it.")
    ] = AppKind.LOGIN_KIT,
) -> AppShown:
    """Show the TikTok app of a kind that serves the organisation."""
    return _shown(apps.of_org(caller.org, kind), settings)


@ROUTER.put("", dependencies=[needs(Role.ADMIN)])
@raises(NoApp, SecretLost, AppRefused, AppShared, _UNREACHABLE)
def set_app(body: AppBody, caller: CallerIs, apps: AppsAre, settings: SettingsAre) -> AppShown:
    """Use an app of the organisation's own; TikTok is asked whether key and secret belong
    together."""
    change = AppChange(
        kind=body.kind,
        client_key=body.client_key,
        client_secret=_plain(body.client_secret),
        second_secret=_plain(body.second_secret),
        keep_second="second_secret" not in body.model_fields_set,
        scopes=body.scopes,
        limits=AppLimits(
            {name: RateWindow(one.requests, one.per_seconds) for name, one in body.limits.items()}
        ),
    )
    return _shown(apps.bring(caller.org, change), settings)
