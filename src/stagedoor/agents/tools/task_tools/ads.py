"""Campaigns of an ad account, their numbers, and its audiences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from stagedoor.platform.products import business_ads, business_audiences, business_reports

from ...calls.request import CallRequest
from .. import ad_accounts, schema
from ..factory import make_tool, request_of, whole
from ..tool import Asking, Joining, Tool

_CAMPAIGN = (
    "campaign_id",
    "campaign_name",
    "objective_type",
    "operation_status",
    "secondary_status",
    "budget_mode",
    "budget",
    "create_time",
)
_SPEND = {
    "type": "number",
    "description": "What it has spent so far, in the ad account's currency, where reports may be "
    "read.",
}
_CREATE = (
    "campaign_name",
    "objective_type",
    "budget_mode",
    "budget",
    "budget_optimize_on",
    "app_promotion_type",
    "app_id",
    "sales_destination",
    "special_industries",
    "operation_status",
)
_METRICS = ("spend", "impressions", "clicks", "ctr", "cpc", "conversion", "cost_per_conversion")
_PAGE = {"page": "The page, from 1: `next` of the page before has it."}
_AT = {ad_accounts.FIELD: ad_accounts.WORDS}
_DIGITS = 15
"""Digits of a request_id."""


def tools() -> tuple[Tool, ...]:
    return (
        _campaigns(),
        _metrics(),
        _create(),
        whole(
            business_ads.CAMPAIGN_STATUS_UPDATE,
            name="set_campaign_status",
            title="Pause, launch or delete campaigns",
            description="DISABLE pauses campaigns, ENABLE launches them, DELETE deletes them for "
            "good.",
            words=_AT,
            hide=("postback_window_mode",),
            fills=ad_accounts.completed,
            dry_run=False,
        ),
        whole(
            business_audiences.AUDIENCE_LIST,
            name="list_audiences",
            title="List audiences",
            description="The custom audiences that the ad account may use, newest first.",
            words=_AT | _PAGE,
            fills=ad_accounts.completed,
        ),
    )


def _campaigns() -> Tool:
    tool = whole(
        business_ads.CAMPAIGN_GET,
        name="list_campaigns",
        title="List campaigns",
        description="Campaigns with their status, budget and what they have spent, newest first.",
        known=business_ads.Campaign.model_fields,
        fields=_CAMPAIGN,
        words=_AT | _PAGE,
        hide=("exclude_field_types_in_response",),
        fills=ad_accounts.completed,
        joining=Joining(_spending, _with_spend),
    )
    items = tool.output["properties"]["list"]["items"]
    items["properties"] = {**items["properties"], "spend": _SPEND}
    return tool


def _spending(asking: Asking, data: Mapping[str, Any]) -> CallRequest | None:
    """Return the report of the listed campaigns."""
    listed = [str(one["campaign_id"]) for one in data.get("list", ()) if one.get("campaign_id")]
    if not listed:
        return None
    arguments = ad_accounts.completed(business_ads.CAMPAIGN_GET, asking)
    asked = {
        ad_accounts.FIELD: arguments.get(ad_accounts.FIELD),
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id"],
        "metrics": ["spend"],
        "query_lifetime": True,
        "filtering": [
            {
                "field_name": "campaign_ids",
                "filter_type": "IN",
                "filter_value": json.dumps(listed),
            }
        ],
        "page_size": len(listed),
    }
    return CallRequest(business_reports.REPORT_INTEGRATED_GET, asking.account, asked)


def _with_spend(data: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    spent = {
        str(row["dimensions"]["campaign_id"]): float(row["metrics"]["spend"])
        for row in report.get("list", ())
    }
    # campaigns without a row have spent nothing
    listed = [{**one, "spend": spent.get(str(one.get("campaign_id")), 0.0)} for one in data["list"]]
    return {**data, "list": listed}


def _metrics() -> Tool:
    return whole(
        business_reports.REPORT_INTEGRATED_GET,
        name="ad_metrics",
        title="Read the numbers of ads",
        description="Spending and results by campaign (data_level AUCTION_CAMPAIGN, dimension "
        "campaign_id), ad group (AUCTION_ADGROUP, adgroup_id) or ad (AUCTION_AD, ad_id), from "
        "start_date to end_date (YYYY-MM-DD), or of all days with query_lifetime; stat_time_day "
        f"as a second dimension for each day. Metrics such as {', '.join(_METRICS)}.",
        words=_AT | _PAGE,
        hide=(
            "advertiser_ids",
            "service_type",
            "bc_id",
            "multi_adv_report_in_utc_time",
            "query_mode",
        ),
        fills=ad_accounts.completed,
    )


def _create() -> Tool:
    takes = schema.request_schema(request_of(business_ads.CAMPAIGN_CREATE))
    shown = {ad_accounts.FIELD, *_CREATE}
    takes = schema.without(takes, [one for one in takes["properties"] if one not in shown])
    return make_tool(
        business_ads.CAMPAIGN_CREATE,
        name="create_campaign",
        title="Create a campaign",
        description="Create a campaign of an ad account. It is a dry run unless dry_run is false: "
        "then nothing is sent, and the answer shows what would be, and whether it would be "
        "allowed, denied, or wait for a person. The budget is in the ad account's currency.",
        wants=_created,
        takes=schema.described(takes, _AT),
        dry_run=True,
    )


def _created(asking: Asking) -> CallRequest:
    arguments = ad_accounts.completed(business_ads.CAMPAIGN_CREATE, asking)
    # an equal call of the same agent makes no second campaign, after a lost answer
    said = json.dumps([asking.caller.agent_id, arguments], sort_keys=True, default=str)
    digest = int.from_bytes(hashlib.sha256(said.encode("utf-8", "replace")).digest()[:8])
    arguments.setdefault("request_id", str(digest % 10**_DIGITS))
    return CallRequest(business_ads.CAMPAIGN_CREATE, asking.account, arguments)
