"""Errors about TikTok apps."""

from __future__ import annotations

from ..errors import ApiError


class NoApp(ApiError):
    """No TikTok app is configured for this organisation."""

    code, http = "no_app", 409

    def __init__(self) -> None:
        super().__init__(
            "There is no TikTok app to work with. Set TIKTOK_CLIENT_KEY and TIKTOK_CLIENT_SECRET "
            "for the service, or bring your own with PUT /api/apps/tiktok."
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
