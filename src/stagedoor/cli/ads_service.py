"""`stagedoor ads` through the service: ad accounts, campaigns, and the metrics that it stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import click

from stagedoor.client.errors import ConfigurationError

from . import console, shortened, terminal
from .account import service
from .ads_connection import JSON
from .params import Day
from .remote import Remote, RequestRefused, ServiceRefused, snaked
from .several import Several

_PAGE = 100
_BLOCKED = "launch_blocked"
LEVELS = {
    "campaign": ("campaigns", "Campaign"),
    "adgroup": ("ad-groups", "Ad group"),
    "ad": ("ads", "Ad"),
}
"""The routes of metrics, and how the objects are called, by level as in `ads report`."""
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


def list_campaigns(remote: Remote, advertiser: str | None, limit: int, as_json: bool) -> None:
    """Print campaigns of an ad account, newest first."""
    account = chosen(remote, advertiser)
    how = f"--limit N shows more than {limit}"
    walk = listed(remote, "campaigns", account["accountId"])
    found = list(shortened.first(walk, limit, "campaign", how, look=_PAGE))
    if as_json:
        console.print_json(snaked(found))
        return
    if not found:
        console.say(f"The ad account {account['accountId']} has no campaigns.")
        return
    console.print_table(
        f"Campaigns of {account['accountId']}",
        ("Id", "Name", "State", "Budget"),
        (
            (one["id"], one["name"], _state(one), _budget(one, account["currency"] or ""))
            for one in found
        ),
    )


def switch(remote: Remote, ids: Sequence[str], action: str, advertiser: str | None) -> None:
    """Launch or pause campaigns. What keeps a campaign from being launched is printed line by
    line, and the others go on."""
    query = "" if advertiser is None else f"?{urlencode({'accountId': advertiser})}"
    campaigns = Several("campaign", (RequestRefused,))
    for one in ids:
        path = f"/api/ads/campaigns/{quote(one, safe='')}/{action}{query}"
        with campaigns.trying(one):
            try:
                found = remote.send("POST", path)
            except ServiceRefused as error:
                if error.code != _BLOCKED:
                    raise
                campaigns.leave_out(one)
                terminal.note(f"{one} isn't launched, and nothing of it was switched on:")
                for problem in error.detail["problems"]:
                    terminal.note(
                        f"  {problem['level']} {problem['id']} ({problem['name']}): "
                        f"{problem['message']}"
                    )
            else:
                console.say_styled(("bold", found["id"]), f" {found['name']}: {_state(found)}")
    campaigns.end()


def chosen(remote: Remote, asked: str | None) -> dict[str, Any]:
    """The ad account that was asked for, or the organisation's only one."""
    found: list[dict[str, Any]] = remote.send("GET", "/api/ads/accounts")["accounts"]
    mine = [one for one in found if asked in (None, one["accountId"])]
    if len(mine) == 1:
        return mine[0]
    if not found:
        raise ConfigurationError(
            f"no ad account is connected to the service at {remote.url}: run 'stagedoor connect "
            "--kind ads' first"
        )
    wrong = "Name one of" if asked is None else f"{asked} isn't one of"
    raise click.UsageError(
        f"{wrong} the {len(found)} ad accounts with --advertiser; "
        "'stagedoor ads accounts' lists them."
    )


def listed(remote: Remote, route: str, account_id: str) -> Iterator[dict[str, Any]]:
    """The objects of an ad account that a route lists, newest first."""
    query: dict[str, Any] = {"accountId": account_id, "limit": _PAGE}
    while True:
        page = remote.send("GET", f"/api/ads/{route}?{urlencode(query)}")
        yield from page[{"ad-groups": "adGroups"}.get(route, route)]
        if page["nextCursor"] is None:
            return
        query["cursor"] = page["nextCursor"]


def _state(campaign: dict[str, Any]) -> str:
    status = campaign["secondaryStatus"] or campaign["status"] or ""
    return str(status).removeprefix("CAMPAIGN_STATUS_").replace("_", " ").lower()


def _budget(campaign: dict[str, Any], currency: str) -> str:
    if campaign["budget"] is None:
        return "of its ad groups"
    span = "in total" if campaign["budgetMode"] == "BUDGET_MODE_TOTAL" else "a day"
    return f"{Decimal(campaign['budget']):,.2f} {currency} {span}"


@click.command("metrics")
@click.argument("object_id", metavar="ID")
@click.option(
    "--level",
    type=click.Choice(tuple(LEVELS)),
    default="campaign",
    show_default=True,
    help="What the id is of.",
)
@click.option("--from", "start", type=Day(), help="First day. [default: 30 days with --to]")
@click.option("--to", "end", type=Day(), help="Last day. [default: today]")
@JSON
def metrics(
    object_id: str, level: str, start: date | None, end: date | None, as_json: bool
) -> None:
    """Show by day what a campaign, ad group or ad spent and what came of it, as the service
    stores it.

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
    route, noun = LEVELS[level]
    path = f"/api/ads/{route}/{quote(object_id, safe='')}/metrics"
    with remote:
        told = remote.send("GET", f"{path}?{query}")
    if as_json:
        console.print_json(snaked(told))
        return
    rows = [(row["date"], *_cells(row)) for row in told["rows"]]
    title = f"{noun} {object_id}, money in {told['currency']}"
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
