"""The events of an ad's days, as a function of its spending.

An ad's day is one stream of events: the n-th impression, click or conversion happens when the
day's spending reaches an amount that depends on the ad and the day alone. So every number of an
hour, a day or a campaign is a difference or a sum of the same counts, and all levels add up. The
functions are pure; days are computed once and kept in a bounded cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from math import exp
from operator import sub
from typing import NamedTuple
from zlib import crc32

_KEPT = 1 << 16
"""Days of ads that the cache holds."""
_MILLION = 1_000_000
ALL = 1_000
"""The share, in thousandths, of conversions that are all attributed."""
ATTRIBUTED = (
    620,
    800,
    890,
    940,
    *(940 + 60 * (age - 3) // 25 for age in range(4, 29)),
)
"""By age in days: the share of a day's conversions, in thousandths, that is attributed to it.
Most of it comes in three days, and all of it in 28 (`business-reporting.yaml`, notes)."""
_PEOPLE = 800_000
"""The people whom an ad account's ads can reach."""
_AVERAGE_SALE = 4_200
_VARIED = 31


class EventCounts(NamedTuple):
    """Counts of what happened; amounts are in hundredths of the currency."""

    spend: int = 0
    impressions: int = 0
    clicks: int = 0
    conversions: int = 0
    results: int = 0
    conversions_by_time: int = 0
    """Conversions on the day on which they happened, not that of the impression."""
    results_by_time: int = 0
    plays: int = 0
    watched_2s: int = 0
    watched_6s: int = 0
    watched_15s: int = 0
    p25: int = 0
    p50: int = 0
    p75: int = 0
    p100: int = 0
    milliseconds: int = 0
    """Time watched."""
    likes: int = 0
    comments: int = 0
    shares: int = 0
    follows: int = 0
    profile_visits: int = 0
    music_clicks: int = 0
    landing_views: int = 0
    carts: int = 0
    payments: int = 0
    payment_value: int = 0
    installs: int = 0
    through_views: int = 0
    """Conversions after a view without a click."""


NOTHING = EventCounts()


class _Rates(NamedTuple):
    """An ad's own rates; parts of a million, but for `cpm`."""

    cpm: int
    """Hundredths of a US dollar for a thousand impressions."""
    ctr: int
    cvr: int
    hold: int
    """Plays that reach six seconds."""
    liked: int
    paid: int


@lru_cache(1 << 14)
def _rates(ad_id: str) -> _Rates:
    seed = blake2b(ad_id.encode(), digest_size=12).digest()
    at = [int.from_bytes(seed[n : n + 2]) for n in range(0, 12, 2)]
    return _Rates(
        250 + at[0] % 451,
        6_000 + at[1] % 18_001,
        30_000 + at[2] % 90_001,
        120_000 + at[3] % 200_001,
        8_000 + at[4] % 30_001,
        300_000 + at[5] % 300_001,
    )


@lru_cache(_KEPT)
def events(
    ad_id: str, day: str, goal: str, scale: int, spent: int, attributed: int = ALL
) -> EventCounts:
    """The results of an ad's spending on a day, up to the moment when it had spent `spent`.

    `goal` is the ad group's optimization goal, `scale` the worth of a dollar in the currency, and
    `attributed` the share of conversions that has been attributed. No count falls as `spent` grows.
    """
    rates = _rates(ad_id)
    mood = _mood(ad_id, day)
    varied = 85 + mood % _VARIED
    impressions = spent * 100_000 // (rates.cpm * scale * varied)
    clicks = impressions * rates.ctr * (85 + (mood >> 8) % _VARIED) // (100 * _MILLION)
    conversions = clicks * rates.cvr * (85 + (mood >> 16) % _VARIED) // (100 * _MILLION)
    conversions = (conversions * attributed + _rounding(mood)) // ALL
    plays = impressions * 97 // 100
    watched_6s = plays * rates.hold // _MILLION
    landing = clicks * 4 // 5
    app = goal in ("INSTALL", "IN_APP_EVENT")
    payments = 0 if app else conversions * rates.paid // _MILLION
    return EventCounts(
        spend=spent,
        impressions=impressions,
        clicks=clicks,
        conversions=conversions,
        results=_results(goal, impressions, clicks, watched_6s, conversions),
        plays=plays,
        watched_2s=plays * 45 // 100,
        watched_6s=watched_6s,
        watched_15s=watched_6s * 45 // 100,
        p25=plays * 38 // 100,
        p50=watched_6s * 80 // 100,
        p75=watched_6s * 50 // 100,
        p100=watched_6s * 30 // 100,
        milliseconds=plays * 1_200 + watched_6s * 9_000,
        likes=plays * rates.liked // _MILLION,
        comments=plays * rates.liked // (14 * _MILLION),
        shares=plays * rates.liked // (9 * _MILLION),
        follows=clicks * 3 // 100,
        profile_visits=clicks * 12 // 100,
        music_clicks=plays // 2_000,
        landing_views=landing,
        carts=0 if app else landing * 7 // 100,
        payments=payments,
        payment_value=payments * _AVERAGE_SALE * scale,
        installs=conversions if app else 0,
        through_views=conversions * 15 // 100,
    )


def _results(goal: str, impressions: int, clicks: int, views: int, conversions: int) -> int:
    if goal in ("CLICK", "TRAFFIC_LANDING_PAGE_VIEW"):
        return clicks
    if goal in ("REACH", "SHOW"):
        return impressions
    return views if "VIEW" in goal else conversions


def counts_by_time(goal: str) -> bool:
    """Whether the results of this goal are conversions, which come days later."""
    return _results(goal, 0, 0, 0, 1) == 1


def purchases(goal: str, count: int, value: int) -> EventCounts:
    """Purchases as events of an ad with this goal."""
    results = count if counts_by_time(goal) else 0
    return EventCounts(
        conversions=count,
        conversions_by_time=count,
        results=results,
        results_by_time=results,
        payments=count,
        payment_value=value,
    )


def attributed_at(age: int) -> int:
    """The share of a day's conversions that is attributed after this many days."""
    return ALL if age >= len(ATTRIBUTED) else ATTRIBUTED[max(0, age)]


def arrived_at(ad_id: str, day: str, conversions: int, age: int) -> int:
    """How many of an ad's conversions of a day, all of them counted, happened `age` days later."""
    rounding = _rounding(_mood(ad_id, day))
    before = 0 if age == 0 else (conversions * attributed_at(age - 1) + rounding) // ALL
    return (conversions * attributed_at(age) + rounding) // ALL - before


def _mood(ad_id: str, day: str) -> int:
    """The random bits of an ad's day, the same in every process."""
    return crc32(f"{ad_id}:{day}".encode())


def _rounding(mood: int) -> int:
    """The thousandths to add before a share of conversions is cut to a whole number.

    Always rounded down, a day's last conversion would come after 28 days, however few there are.
    """
    return (mood >> 24) * ALL >> 8


def added(many: Iterable[EventCounts]) -> EventCounts:
    listed = list(many)
    if len(listed) == 1:
        return listed[0]
    return EventCounts(*map(sum, zip(*listed, strict=True))) if listed else NOTHING


def between(earlier: EventCounts, later: EventCounts) -> EventCounts:
    return EventCounts(*map(sub, later, earlier))


def part(whole: EventCounts, start: int, end: int, of: int) -> EventCounts:
    """The part of events from `start` to `end` of `of`. Adjacent parts add up to the whole."""
    return EventCounts(*(n * end // of - n * start // of for n in whole))


def reach(impressions: int) -> int:
    """How many people saw so many impressions. Reach doesn't add up: some people see several."""
    if impressions <= 1:
        return impressions
    return max(1, min(impressions, round(_PEOPLE * (1 - exp(-impressions / _PEOPLE)))))
