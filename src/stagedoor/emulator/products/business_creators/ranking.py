"""Rankings of a country's creators by the views that their posts gained in a past period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from stagedoor.platform.products.business_creators import (
    Lookback,
    RankingPeriod,
    RankingQuery,
    RankingType,
)

from ...calls import AdmittedCall, Refusal
from ...world import Creator, World
from ..business.paging import page_of
from ..business.times import written
from ..business_accounts import insights
from ..community.state import FOLLOWERS, FOLLOWS
from . import accounts, creators, labels
from .state import MARKET_OF_COUNTRY

_AGO = {Lookback.ONE: 1, Lookback.TWO: 2, Lookback.THREE: 3}


class _Span(NamedTuple):
    start: float
    end: float


def ranking(call: AdmittedCall) -> dict[str, Any]:
    """The ranking of the asked period, with the change since the period before."""
    request: RankingQuery = call.request
    accounts.named(call)
    for name, choices in (
        ("ranking_type", RankingType),
        ("time_period", RankingPeriod),
        ("time_period_lookback", Lookback),
    ):
        if getattr(request, name) not in set(choices):
            names = ", ".join(choices)
            raise Refusal("40002", f"{name}: Must be one of: {names}.")
    world, ago = call.world, _AGO[Lookback(request.time_period_lookback)]
    period = RankingPeriod(request.time_period)
    span, former = (_span(call.now, period, one) for one in (ago, ago + 1))
    branded = request.ranking_type == RankingType.BRANDED_CONTENT
    found: Iterable[Creator] = world.creators.by(MARKET_OF_COUNTRY, request.country_code)
    if request.label_id is not None:
        category = labels.category_of(request.label_id)
        found = [one for one in found if one.category == category]
    ranked = _ranked(world, found, span, branded)
    before = {
        one.id: place for place, (one, _) in enumerate(_ranked(world, found, former, branded))
    }
    best = ranked[0][1] if ranked else 1
    rows, info = page_of(list(enumerate(ranked)), request.page, request.page_size)
    return {
        "creators": [
            creators.shown(call, creator, call.own_token.app_id)
            | {
                "ranking_change": before[creator.id] - place if creator.id in before else None,
                "score": round(100 * views / best, 2),
                "number_of_followers": creator.followers,
                "starting_price": float(creators.performance(world, creator).price),
                "follower_growth": _growth(world, creator, span),
            }
            for place, (creator, views) in rows
        ],
        "last_updated_at": written(span.end),
        "page_info": info.model_dump(),
    }


def _span(now: float, period: RankingPeriod, ago: int) -> _Span:
    """A complete week from Monday, or a calendar month, in UTC."""
    today = datetime.fromtimestamp(now, UTC).date()
    if period is RankingPeriod.WEEK:
        monday = today - timedelta(days=today.weekday())
        first, end = monday - timedelta(weeks=ago), monday - timedelta(weeks=ago - 1)
    else:
        months = today.year * 12 + today.month - 1 - ago
        first = date(months // 12, months % 12 + 1, 1)
        end = (first + timedelta(days=31)).replace(day=1)
    return _Span(insights.midnight(first), insights.midnight(end))


def _ranked(
    world: World, found: Iterable[Creator], span: _Span, branded: bool
) -> list[tuple[Creator, int]]:
    """The creators whose posts gained views, those who gained the most first."""
    pairs = ((one, _gained(world, one, span, branded)) for one in found)
    return sorted((pair for pair in pairs if pair[1]), key=lambda pair: (-pair[1], pair[0].id))


def _gained(world: World, creator: Creator, span: _Span, branded: bool) -> int:
    now = world.now()
    return sum(
        insights.reached_by(post.views, post.created, span.end, now)
        - insights.reached_by(post.views, post.created, span.start, now)
        for post in insights.growing(world, creator, span.start, span.end)
        if world.is_public(post) and post.paid_partnership is branded
    )


def _growth(world: World, creator: Creator, span: _Span) -> int:
    follows = world[FOLLOWS].by(FOLLOWERS, creator.id)
    return insights.follows_since(follows, span.start) - insights.follows_since(follows, span.end)
