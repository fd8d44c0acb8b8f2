"""The accounts that a command acts for: those of this machine, or those of the service.

Every command for a connected account calls `service()` first. Without a service it uses this
machine's accounts through `connected` or `local_settings`, which refuse if a service is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stagedoor.client import TikTok
from stagedoor.client.errors import ConfigurationError

from . import settings
from .patience import TellingPacer, TellingRetry
from .remote import Remote


@contextmanager
def connected(name: str | None) -> Iterator[tuple[TikTok, settings.LocalAccount]]:
    """A client that acts for this machine's account `name`, or for its default account."""
    config = local_settings()
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


def local_settings() -> settings.CommandSettings:
    """Settings for a command that uses this machine's accounts.

    Raises `ConfigurationError` if STAGEDOOR_SERVICE_URL is set: otherwise the command would
    silently act for other accounts than the commands that go through the service.
    """
    config = settings.load()
    if config.service_url is not None:
        raise ConfigurationError(
            f"STAGEDOOR_SERVICE_URL is set ({config.service_url}), and this isn't done through the "
            "service: unset it for this command to use the accounts of this machine"
        )
    return config


def required_service(why: str) -> Remote:
    """The service that STAGEDOOR_SERVICE_URL names. Raises `ConfigurationError` without one."""
    remote = service()
    if remote is None:
        raise ConfigurationError(
            f"{why}: set STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN ('stagedoor token --org ORG' "
            "makes one)"
        )
    return remote


def service() -> Remote | None:
    """The service that STAGEDOOR_SERVICE_URL names; None if commands call TikTok directly."""
    config = settings.load()
    if config.service_url is None:
        return None
    if config.service_token is None:
        raise ConfigurationError(
            "STAGEDOOR_SERVICE_URL is set, but STAGEDOOR_TOKEN isn't: make one with "
            "'stagedoor token --org ORG'"
        )
    return Remote(config.service_url, config.service_token)
