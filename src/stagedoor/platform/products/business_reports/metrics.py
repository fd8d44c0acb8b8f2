"""The kinds of a report's metrics, by their names: what their text means."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

from .metric_names import ATTRIBUTES, NUMBERS
from .more_metric_names import MORE_METRICS

METRICS = NUMBERS | ATTRIBUTES | MORE_METRICS
DEFAULT_METRICS = ("spend", "impressions")
MISSING = "-"
"""The value of a metric that isn't available, or doesn't apply."""
UNIQUE = frozenset(
    {"reach", "frequency", "cost_per_1000_reached", "average_video_play_per_user", "gross_reach"}
)
"""Metrics of unique people, which don't add up."""


class MetricKind(StrEnum):
    """The meaning of a metric's text."""

    MONEY = "money"
    """An amount in the ad account's currency."""
    COUNT = "count"
    RATIO = "ratio"
    """A quotient, or a percentage without its sign."""
    TEXT = "text"


_MONEY_FIELDS = frozenset({"campaign_budget", "budget", "bid", "bid_secondary_goal"})
_MONEY = frozenset(
    {
        "spend",
        "billed_cost",
        "cash_spend",
        "voucher_spend",
        "cost",
        "cpc",
        "cpm",
        "real_time_app_install_cost",
    }
)
_MONEY_PARTS = re.compile(r"cost_p(er|re)|cost_total|(^|_)value(_|$)|ad_revenue_day")
_RATIOS = re.compile(
    r"roas|(^|_)(rate|ctr|frequency|average|avg|viewrate|retention_rate)(_|$)|per_user"
)


@cache
def kind_of(metric: str) -> MetricKind:
    """The kind of a metric; an unknown name is judged by its words."""
    if metric in _MONEY_FIELDS:
        return MetricKind.MONEY
    if metric in ATTRIBUTES or metric.endswith(("_name", "_id", "_url", "_text", "_image")):
        return MetricKind.TEXT
    if _RATIOS.search(metric):
        return MetricKind.RATIO
    if metric in _MONEY or _MONEY_PARTS.search(metric):
        return MetricKind.MONEY
    return MetricKind.COUNT
