"""The metrics of a row, as TikTok writes them: text, with `-` for one that doesn't apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter

from stagedoor.platform.products.business_reports import MISSING

from . import stream
from .stream import EventCounts

Column = Callable[[EventCounts], str | int]
"""The value of a metric. A count is a number until the row is written as text."""


def money(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _quotient(top: int, bottom: int) -> str:
    """A quotient of which `top` is in hundredths, rounded to two decimal places."""
    if not bottom:
        return "0.00"
    return money((2 * top + bottom) // (2 * bottom))


def _count(name: str) -> Column:
    return itemgetter(EventCounts._fields.index(name))


def _money(name: str) -> Column:
    at = EventCounts._fields.index(name)
    return lambda e: money(e[at])


def _cost(name: str) -> Column:
    at = EventCounts._fields.index(name)
    return lambda e: _quotient(e.spend, e[at])


def _rate(top: str, bottom: str) -> Column:
    above, below = EventCounts._fields.index(top), EventCounts._fields.index(bottom)
    return lambda e: _quotient(e[above] * 10_000, e[below])


def _per(top: str, bottom: str) -> Column:
    above, below = EventCounts._fields.index(top), EventCounts._fields.index(bottom)
    return lambda e: _quotient(e[above], e[below])


def _none(_: EventCounts) -> str:
    return MISSING


def _engagements(e: EventCounts) -> int:
    return e.clicks + e.likes + e.comments + e.shares + e.follows + e.profile_visits


_COUNTS = {
    "impressions": "impressions",
    "gross_impressions": "impressions",
    "clicks": "clicks",
    "conversion": "conversions",
    "result": "results",
    "real_time_conversion": "conversions_by_time",
    "real_time_result": "results_by_time",
    "video_play_actions": "plays",
    "video_watched_2s": "watched_2s",
    "video_watched_6s": "watched_6s",
    "video_views_p25": "p25",
    "video_views_p50": "p50",
    "video_views_p75": "p75",
    "video_views_p100": "p100",
    "engaged_view": "watched_6s",
    "paid_engaged_view": "watched_6s",
    "engaged_view_15s": "watched_15s",
    "paid_engaged_view_15s": "watched_15s",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
    "follows": "follows",
    "profile_visits": "profile_visits",
    "clicks_on_music_disc": "music_clicks",
    "total_landing_page_view": "landing_views",
    "web_event_add_to_cart": "carts",
    "complete_payment": "payments",
    "app_install": "installs",
    "vta_conversion": "through_views",
}
_COSTS = {
    "cpc": "clicks",
    "cost_per_conversion": "conversions",
    "cost_per_result": "results",
    "real_time_cost_per_conversion": "conversions_by_time",
    "real_time_cost_per_result": "results_by_time",
    "cost_per_complete_payment": "payments",
    "cost_per_landing_page_view": "landing_views",
    "cost_per_web_event_add_to_cart": "carts",
    "cost_per_app_install": "installs",
}
_RATES = {
    "ctr": ("clicks", "impressions"),
    "conversion_rate": ("conversions", "clicks"),
    "conversion_rate_v2": ("conversions", "impressions"),
    "real_time_conversion_rate": ("conversions_by_time", "clicks"),
    "real_time_conversion_rate_v2": ("conversions_by_time", "impressions"),
    "result_rate": ("results", "impressions"),
    "real_time_result_rate": ("results_by_time", "impressions"),
    "profile_visits_rate": ("profile_visits", "impressions"),
    "complete_payment_rate": ("payments", "clicks"),
    "landing_page_view_rate": ("landing_views", "clicks"),
}
COLUMNS: dict[str, Column] = (
    {name: _count(field) for name, field in _COUNTS.items()}
    | {name: _cost(field) for name, field in _COSTS.items()}
    | {name: _rate(*fields) for name, fields in _RATES.items()}
    | {name: _money("spend") for name in ("spend", "billed_cost", "cash_spend", "cost")}
    | {
        "voucher_spend": lambda _: "0.00",
        "cpm": lambda e: _quotient(e.spend * 1_000, e.impressions),
        "reach": lambda e: stream.reach(e.impressions),
        "frequency": lambda e: _quotient(e.impressions * 100, stream.reach(e.impressions)),
        "cost_per_1000_reached": lambda e: _quotient(e.spend * 1_000, stream.reach(e.impressions)),
        "average_video_play": lambda e: _quotient(e.milliseconds // 10, e.plays),
        "average_video_play_per_user": lambda e: _quotient(
            e.milliseconds // 10, stream.reach(e.plays)
        ),
        "engagements": _engagements,
        "engagement_rate": lambda e: _quotient(_engagements(e) * 10_000, e.impressions),
        "cta_conversion": lambda e: e.conversions - e.through_views,
        "complete_payment_roas": lambda e: _quotient(e.payment_value * 100, e.spend),
        "value_per_complete_payment": _per("payment_value", "payments"),
        "total_complete_payment_rate": _money("payment_value"),
    }
)
"""The metrics that the stream has numbers for; the other known ones don't apply to its ads."""
BY_TIME = frozenset(name for name in COLUMNS if name.startswith("real_time_"))
"""Metrics that count a conversion on the day on which it happened."""


def columns(metrics: Sequence[str]) -> list[Column]:
    """The columns of these metrics; one that doesn't apply to the emulator's ads is `-`."""
    return [COLUMNS.get(name, _none) for name in metrics]


def value(metric: str) -> Callable[[EventCounts], float]:
    """A metric as a number, to sort and filter by; 0 where it doesn't apply."""
    column = COLUMNS.get(metric)
    return (lambda _: 0.0) if column is None else lambda e: float(column(e))
