"""`stagedoor ads`: ad accounts and campaigns of TikTok API for Business."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import ConfigurationError
from stagedoor.platform.products.business_ads import Campaign, OperationStatus

from . import console, settings, shortened
from .patience import TellingPacer, TellingRetry

_PAGE = 100
_ADVERTISER = click.option(
    "--advertiser", help="The ad account's id; needed if the connection reaches several."
)
_PERSON = click.option("--account", help="The connected person, by name; see 'connect'.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_CAMPAIGNS = click.argument("campaign_ids", nargs=-1, required=True)


@click.group("ads")
def command() -> None:
    """See and switch campaigns of the ad accounts that are connected.

    Connect them by 'stagedoor connect --kind ads'.
    """


@command.command("accounts")
@_PERSON
@_JSON
def accounts(account: str | None, as_json: bool) -> None:
    """List the ad accounts, with their balance."""
    with _connected(account) as business:
        ids = [one.advertiser_id for one in business.advertisers.list().list]
        found = [
            one
            for start in range(0, len(ids), _PAGE)
            for one in business.advertisers.info(
                advertiser_ids=tuple(ids[start : start + _PAGE])
            ).list
        ]
    if as_json:
        console.print_json([one.model_dump(mode="json", exclude_none=True) for one in found])
        return
    console.print_table(
        "Ad accounts",
        ("Id", "Name", "Status", "Balance", "Time zone"),
        (
            (
                one.advertiser_id,
                one.name or "",
                str(one.status or "").removeprefix("STATUS_").lower(),
                f"{one.balance or 0:,.2f} {one.currency or ''}",
                one.display_timezone or one.timezone or "",
            )
            for one in found
        ),
    )


@command.command("campaigns")
@_ADVERTISER
@_PERSON
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many.")
@_JSON
def campaigns(advertiser: str | None, account: str | None, limit: int, as_json: bool) -> None:
    """List campaigns, newest first, with their delivery state."""
    with _connected(account) as business:
        of = _advertiser(business, advertiser)
        how = f"--limit N shows more than {limit}"
        found = list(
            shortened.first(
                business.campaigns.all_campaigns(advertiser_id=of), limit, "campaign", how
            )
        )
    if as_json:
        console.print_json([one.model_dump(mode="json", exclude_none=True) for one in found])
    elif not found:
        console.say(f"The ad account {of} has no campaigns.")
    else:
        console.print_table(
            f"Campaigns of {of}",
            ("Id", "Name", "State", "Budget"),
            (
                (one.campaign_id or "", one.campaign_name or "", _state(one), _budget(one))
                for one in found
            ),
        )


@command.command("launch")
@_CAMPAIGNS
@_ADVERTISER
@_PERSON
def launch(campaign_ids: tuple[str, ...], advertiser: str | None, account: str | None) -> None:
    """Enable campaigns, so that their enabled ads are shown and cost money."""
    _switch(campaign_ids, OperationStatus.ENABLE, advertiser, account)


@command.command("pause")
@_CAMPAIGNS
@_ADVERTISER
@_PERSON
def pause(campaign_ids: tuple[str, ...], advertiser: str | None, account: str | None) -> None:
    """Disable campaigns: none of their ads is shown until they are launched again."""
    _switch(campaign_ids, OperationStatus.DISABLE, advertiser, account)


def _switch(
    ids: tuple[str, ...], status: OperationStatus, advertiser: str | None, account: str | None
) -> None:
    with _connected(account) as business:
        of = _advertiser(business, advertiser)
        business.campaigns.update_status(
            advertiser_id=of, campaign_ids=ids, operation_status=status
        )
        filtering = {"campaign_ids": ids}
        found = list(business.campaigns.all_campaigns(advertiser_id=of, filtering=filtering))
    for one in found:
        console.say_styled(("bold", one.campaign_id or ""), f" {one.campaign_name}: {_state(one)}")


@contextmanager
def _connected(account: str | None) -> Iterator[TikTokBusiness]:
    """A client for the connected person's ad accounts."""
    config = settings.load()
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


def _advertiser(business: TikTokBusiness, asked: str | None) -> str:
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


def _state(found: Campaign) -> str:
    status = found.secondary_status or str(found.operation_status or "")
    return status.removeprefix("CAMPAIGN_STATUS_").replace("_", " ").lower()


def _budget(found: Campaign) -> str:
    mode = str(found.budget_mode or "").removeprefix("BUDGET_MODE_")
    if mode == "INFINITE":
        return "of its ad groups"
    return f"{found.budget or 0:,.2f} {'a day' if mode != 'TOTAL' else 'in total'}"
