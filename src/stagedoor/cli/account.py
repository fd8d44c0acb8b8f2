"""What the commands for a connected account share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stagedoor.client import TikTok
from stagedoor.client.errors import ConfigurationError

from . import settings
from .patience import TellingPacer, TellingRetry

if TYPE_CHECKING:
    from .remote import Remote


@contextmanager
def connected(name: str | None) -> Iterator[tuple[TikTok, settings.Account]]:
    """A client acting for the account that was asked for, or for the one used last."""
    config = settings.load()
    key, secret = config.app()
    account = settings.chosen(config, name)
    with TikTok(
        key,
        secret,
        tokens=account.store,
        hosts=config.hosts,
        pacer=TellingPacer(),
        retry=TellingRetry(),
    ) as tiktok:
        yield tiktok, account


def service() -> Remote | None:
    """The service that STAGEDOOR_SERVICE_URL names; None: TikTok is called from here."""
    config = settings.load()
    if config.service_url is None:
        return None
    if config.service_token is None:
        raise ConfigurationError(
            "STAGEDOOR_SERVICE_URL is set, but STAGEDOOR_TOKEN isn't: make one with "
            "'stagedoor token --org ORG'"
        )
    from .remote import Remote

    return Remote(config.service_url, config.service_token)
