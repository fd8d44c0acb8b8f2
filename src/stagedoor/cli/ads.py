"""`stagedoor ads`: ad accounts, campaigns and reports of TikTok API for Business."""

from __future__ import annotations

from collections.abc import Iterator

import click

from stagedoor.client import TikTokBusiness
from stagedoor.client.errors import StagedoorError
from stagedoor.platform.products.business_ads import Campaign, CampaignFilters, OperationStatus

from . import console, shortened
from .ads_connection import (
    ADVERTISER,
    JSON,
    PERSON,
    chosen_advertiser,
    connected,
    through_service,
)
from .ads_report import report
from .ads_service import list_accounts, list_campaigns, metrics, switch
from .group import CommandGroup
from .params import WholeNumber
from .several import Several

_PAGE = 100
_CAMPAIGNS = click.argument("campaign_ids", nargs=-1, required=True, metavar="CAMPAIGN...")


class _NoCampaign(StagedoorError):
    """The ad account hasn't the campaign."""


@click.group("ads", cls=CommandGroup)
def command() -> None:
    """See and switch campaigns of the connected ad accounts, and report what they spend.

    Connect them by 'stagedoor connect --kind ads'. Where STAGEDOOR_SERVICE_URL is set, they work
    through the service, and --account isn't needed.
    """


command.add_command(report)
command.add_command(metrics)


@command.command("accounts")
@PERSON
@JSON
def accounts(account: str | None, as_json: bool) -> None:
    """List the ad accounts, with their balance."""
    remote = through_service(account)
    if remote is not None:
        with remote:
            list_accounts(remote, as_json)
        return
    with connected(account) as business:
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
@ADVERTISER
@PERSON
@click.option("--limit", default=20, show_default=True, type=WholeNumber(1), help="How many.")
@JSON
def campaigns(advertiser: str | None, account: str | None, limit: int, as_json: bool) -> None:
    """List campaigns, newest first, with their delivery state."""
    remote = through_service(account)
    if remote is not None:
        with remote:
            list_campaigns(remote, advertiser, limit, as_json)
        return
    with connected(account) as business:
        of = chosen_advertiser(business, advertiser)
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
@ADVERTISER
@PERSON
def launch(campaign_ids: tuple[str, ...], advertiser: str | None, account: str | None) -> None:
    """Enable campaigns, so that their enabled ads are shown and cost money.

    Through the service, everything is looked at first: what keeps a campaign from being delivered
    is listed, and nothing of it is switched on. Its ad groups and ads are switched on, too.
    """
    _switch(campaign_ids, OperationStatus.ENABLE, advertiser, account)


@command.command("pause")
@_CAMPAIGNS
@ADVERTISER
@PERSON
def pause(campaign_ids: tuple[str, ...], advertiser: str | None, account: str | None) -> None:
    """Disable campaigns: none of their ads is shown until they are launched again."""
    _switch(campaign_ids, OperationStatus.DISABLE, advertiser, account)


def _switch(
    ids: tuple[str, ...], status: OperationStatus, advertiser: str | None, account: str | None
) -> None:
    remote = through_service(account)
    if remote is not None:
        action = "launch" if status is OperationStatus.ENABLE else "pause"
        with remote:
            switch(remote, ids, action, advertiser)
        return
    with connected(account) as business:
        of = chosen_advertiser(business, advertiser)
        asked = tuple(dict.fromkeys(ids))
        campaigns = Several("campaign", (_NoCampaign,))
        known = {one.campaign_id for one in _read(business, of, asked)}
        for one in asked:
            with campaigns.trying(one):
                if one not in known:
                    raise _NoCampaign(f"The campaign {one} does not exist in {of}.")
        there = tuple(one for one in asked if one in known)
        if there:
            business.campaigns.switch(there, status, advertiser_id=of)
        for found in _read(business, of, there):
            name = f" {found.campaign_name}: {_state(found)}"
            console.say_styled(("bold", found.campaign_id or ""), name)
    campaigns.end()


def _read(business: TikTokBusiness, of: str, ids: tuple[str, ...]) -> Iterator[Campaign]:
    """The campaigns of these ids that the ad account has."""
    for start in range(0, len(ids), _PAGE):
        filtering = CampaignFilters(campaign_ids=ids[start : start + _PAGE])
        yield from business.campaigns.all_campaigns(advertiser_id=of, filtering=filtering)


def _state(found: Campaign) -> str:
    status = found.secondary_status or str(found.operation_status or "")
    return status.removeprefix("CAMPAIGN_STATUS_").replace("_", " ").lower()


def _budget(found: Campaign) -> str:
    mode = str(found.budget_mode or "").removeprefix("BUDGET_MODE_")
    if mode == "INFINITE":
        return "of its ad groups"
    return f"{found.budget or 0:,.2f} {'a day' if mode != 'TOTAL' else 'in total'}"
