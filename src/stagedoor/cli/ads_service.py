"""`stagedoor ads` through the service: its ad accounts, and the metrics that it stores."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import click

from stagedoor.client.errors import ConfigurationError

from . import console
from .account import service
from .ads_connection import JSON
from .params import Day
from .remote import Remote, snaked

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
