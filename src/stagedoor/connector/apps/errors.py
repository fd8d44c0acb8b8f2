"""Errors about TikTok apps."""

from __future__ import annotations

from ..app_kinds import AppKind
from ..errors import ApiError

_VARIABLES = {
    AppKind.LOGIN_KIT: ("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET", "TikTok app"),
    AppKind.BUSINESS: (
        "TIKTOK_BUSINESS_APP_ID",
        "TIKTOK_BUSINESS_SECRET",
        "app of TikTok API for Business",
    ),
}


class NoApp(ApiError):
    """No TikTok app is configured for this organisation."""

    code, http = "no_app", 409

    def __init__(self, kind: AppKind) -> None:
        key, secret, what = _VARIABLES[kind]
        super().__init__(
            f"There is no {what} to work with. Set {key} and {secret} for the service, or bring "
            f'your own with PUT /api/apps/tiktok, kind "{kind}".',
            detail={"kind": kind},
        )


class AppRefused(ApiError):
    """TikTok rejects this client key with this secret."""

    code, http = "app_refused", 400


class AppShared(ApiError):
    """An organisation can't change the service's own app."""

    code, http = "app_shared", 409


class SecretLost(ApiError):
    """The app's secret was lost with the vault's keys."""

    code, http = "app_secret_lost", 409

    def __init__(self, client_key: str) -> None:
        super().__init__(
            f"The client secret of the app {client_key} was lost with the vault's keys: send it "
            "again with PUT /api/apps/tiktok."
        )
