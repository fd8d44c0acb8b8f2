"""What the commands for a connected account share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from stagedoor.client import TikTok

from . import settings


@contextmanager
def connected(name: str | None) -> Iterator[tuple[TikTok, settings.Account]]:
    """A client acting for the account that was asked for, or for the one used last."""
    config = settings.load()
    key, secret = config.app()
    account = settings.chosen(config, name)
    with TikTok(key, secret, tokens=account.store, hosts=config.hosts) as tiktok:
        yield tiktok, account
