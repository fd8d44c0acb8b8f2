"""`stagedoor ads` through the service: ad accounts, campaigns, and the metrics that it stores."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import click

from stagedoor.client.errors import ConfigurationError
from stagedoor.platform.products.business_ads import OperationStatus

from . import console
from .account import service
from .ads_connection import JSON
from .params import Day
from .remote import Remote, snaked
from .shortened import tell_more

_COLUMNS = ("Day", "Spend", "Impressions", "Clicks", "CTR", "CPC", "Conversions")


def list_accounts(remote: Remote, as_json: bool) -> None:
    """Print the ad accounts that the organisation reaches through the service."""
    found = remote.send("GET", "/api/ads/accounts")["accounts"]
    if as_json:
        console.print_json(snaked(found))
        return
    if not found:
        console.say(f"No ad account is connected to the service at {remote.url}.")
        return
    console.print_table(
        "Ad accounts",
        ("Id", "Name", "Status", "Balance", "Time zone"),
        (
            (
                one["accountId"],
                one["name"],
                str(one["status"] or "").removeprefix("STATUS_").lower(),
                f"{Decimal(one['balance'] or 0):,.2f} {one['currency'] or ''}",
                one["timezone"] or "",
            )
            for one in found
        ),
    )


def list_campaigns(
    remote: Remote, advertiser: str | None, account: str | None, limit: int, as_json: bool
) -> None:
    """Print the campaigns of an ad account that the organisation reaches."""
    of = advertiser or _only_account(remote, account)
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"accountId": of, "limit": min(limit - len(found), 100)}
        more = {} if cursor is None else {"cursor": cursor}
        page = remote.send("GET", f"/api/ads/campaigns?{urlencode(query | more)}")
        found += page["campaigns"]
        cursor = page["nextCursor"]
        if cursor is None or len(found) >= limit:
            break
    if as_json:
        console.print_json(snaked(found))
    elif not found:
        console.say(f"The ad account {of} has no campaigns.")
    else:
        console.print_table(
            f"Campaigns of {of}",
            ("Id", "Name", "State", "Budget"),
            ((one["id"], one["name"], _state(one), _budget(one)) for one in found),
        )
    if cursor is not None:
        tell_more(1, "campaign", f"--limit N shows more than {limit}", at_least=True)


def switch(
    remote: Remote,
    ids: tuple[str, ...],
    status: OperationStatus,
    advertiser: str | None,
    account: str | None,
) -> None:
    """Launch or pause campaigns, one after the other. Raises `ServiceRefused` at the first
    refusal."""
    _refuse(account)
    what = "launch" if status is OperationStatus.ENABLE else "pause"
    query = "" if advertiser is None else f"?{urlencode({'accountId': advertiser})}"
    for each in ids:
        one = remote.send("POST", f"/api/ads/campaigns/{quote(each, safe='')}/{what}{query}")
        console.say_styled(("bold", one["id"]), f" {one['name']}: {_state(one)}")


def _only_account(remote: Remote, account: str | None) -> str:
    _refuse(account)
    ids = [str(one["accountId"]) for one in remote.send("GET", "/api/ads/accounts")["accounts"]]
    if len(ids) != 1:
        raise click.UsageError(
            f"Name one of the {len(ids)} ad accounts with --advertiser; "
            "'stagedoor ads accounts' lists them."
        )
    return ids[0]


def _refuse(account: str | None) -> None:
    if account is not None:
        raise click.UsageError(
            "--account names a person whose ad accounts this machine has: "
            "through the service, name the ad account with --advertiser."
        )


def _state(one: dict[str, Any]) -> str:
    status = str(one["secondaryStatus"] or one["status"] or "")
    return status.removeprefix("CAMPAIGN_STATUS_").replace("_", " ").lower()


def _budget(one: dict[str, Any]) -> str:
    if one["budget"] is None:
        return "of its ad groups"
    mode = "in total" if one["budgetMode"] == "BUDGET_MODE_TOTAL" else "a day"
    return f"{Decimal(one['budget']):,.2f} {mode}"


@click.command("metrics")
@click.argument("campaign_id", metavar="CAMPAIGN")
@click.option("--from", "start", type=Day(), help="First day. [default: 30 days with --to]")
@click.option("--to", "end", type=Day(), help="Last day. [default: today]")
@JSON
def metrics(campaign_id: str, start: date | None, end: date | None, as_json: bool) -> None:
    """Show by day what a campaign spent and what came of it, as the service stores it.

    Days are those of the ad account's time zone. It works through the service that
    STAGEDOOR_SERVICE_URL names, with STAGEDOOR_TOKEN; 'ads report' asks TikTok itself.
    """
    if start is not None and end is not None and end < start:
        raise click.UsageError("--from is after --to.")
    remote = service()
    if remote is None:
        raise ConfigurationError(
            "only the service stores metrics: set STAGEDOOR_SERVICE_URL and STAGEDOOR_TOKEN "
            "('stagedoor token --org ORG' makes one), or ask TikTok with 'stagedoor ads report'"
        )
    asked = {"from": start, "to": end}
    query = urlencode({name: day.isoformat() for name, day in asked.items() if day is not None})
    path = f"/api/ads/campaigns/{quote(campaign_id, safe='')}/metrics"
    with remote:
        told = remote.send("GET", f"{path}?{query}")
    if as_json:
        console.print_json(snaked(told))
        return
    rows = [(row["date"], *_cells(row)) for row in told["rows"]]
    title = f"Campaign {told['campaignId']}, money in {told['currency']}"
    console.print_table(title, _COLUMNS, [*rows, ("Total", *_cells(told["totals"]))])
    console.say(f"TikTok may still revise the days after {told['finalUntil']}.")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["spend"],
        f"{row['impressions']:,}",
        f"{row['clicks']:,}",
        "-" if row["ctr"] is None else f"{row['ctr']:.2f}",
        row["cpc"] or "-",
        f"{row['conversions']:,}",
    )
