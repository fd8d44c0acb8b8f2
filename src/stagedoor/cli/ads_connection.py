"""Shared parts of the commands of `stagedoor ads`: options, the client, the ad account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import ConfigurationError

from . import settings
from .account import local_settings, service
from .patience import TellingPacer, TellingRetry
from .remote import Remote

ADVERTISER = click.option(
    "--advertiser", help="The ad account's id; needed if the connection reaches several."
)
PERSON = click.option("--account", help="The connected person, by name; see 'connect'.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def through_service(account: str | None) -> Remote | None:
    """The service, if one is set; it knows the credential of an ad account by itself."""
    remote = service()
    if remote is not None and account is not None:
        raise click.UsageError("Through the service --advertiser chooses; leave out --account.")
    return remote


@contextmanager
def connected(account: str | None) -> Iterator[TikTokBusiness]:
    """A client for the connected person's ad accounts. Raises `ConfigurationError` where a service
    is set."""
    config = local_settings()
    try:
        person = settings.chosen(config.business, account)
    except ConfigurationError as error:
        if settings.accounts(config.business):
            raise
        raise ConfigurationError(
            "no ad account is connected: run 'stagedoor connect --kind ads' first"
        ) from error
    with TikTokBusiness(
        *config.business_app(),
        tokens=person.store,
        hosts=config.hosts,
        pacer=TellingPacer(),
        retry=TellingRetry(),
    ) as business:
        yield business


def chosen_advertiser(business: TikTokBusiness, asked: str | None) -> str:
    """The ad account that was asked for, or the only one that the connection reaches."""
    if asked is not None:
        return asked
    ids = [one.advertiser_id for one in business.advertisers.list().list]
    if len(ids) != 1:
        raise click.UsageError(
            f"Name one of the {len(ids)} ad accounts with --advertiser; "
            "'stagedoor ads accounts' lists them."
        )
    return ids[0]
