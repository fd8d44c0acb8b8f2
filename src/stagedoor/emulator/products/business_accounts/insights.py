"""Insights of an account and its posts, computed from the creator, the posts and the follows.

A post's numbers are spread over its first days, with a half-life; the days of a post add up to its
totals. New followers are counted from the follows themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ...world import Creator, Video, World
from ...world.collection import IndexGroup
from ...world.state import newest_first
from ..community.state import FOLLOWERS, FOLLOWS, Follow

DAY = 86_400
AUDIENCE = 100
"""The fewest followers of an account whose audience is shown."""
_HALF_LIFE = 3 * DAY
_SPREAD = 30 * DAY
"""The time after which a post's numbers grow no more."""
_SAMPLE = 1_000
"""Followers whose countries stand for the audience's."""
_MAX_ROWS = 10

_AGES = {"18-24": 34, "25-34": 31, "35-44": 18, "45-54": 10, "55+": 7}
_GENDERS = {"Female": 55, "Male": 43, "Other": 2}
_SOURCES = {
    "For You": 62,
    "Follow": 14,
    "Personal Profile": 9,
    "Search": 7,
    "Sound": 3,
    "Hashtag": 3,
    "Direct Message": 2,
}
_CAPITALS = {
    "DE": "Berlin",
    "FR": "Paris",
    "ES": "Madrid",
    "IT": "Rome",
    "GB": "London",
    "US": "New York",
    "BR": "Sao Paulo",
    "JP": "Tokyo",
}
_HOURS = (2, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4, 5, 6, 5, 4, 4, 5, 6, 8, 9, 9, 7, 4, 1)
"""Parts of a hundred followers who are active in each hour."""
REACH, WATCHED, COMPLETED, _NEW, _PROFILE, _CLICK = 0.85, 0.42, 0.18, 0.004, 0.03, 0.002


def grown(age: float) -> float:
    """The part of its final numbers that a post has at this age in seconds."""
    if age <= 0:
        return 0.0
    final = 1 - 2 ** (-_SPREAD / _HALF_LIFE)
    return float(min(1.0, (1 - 2 ** (-age / _HALF_LIFE)) / final))


def reached_by(total: int, created: float, moment: float, now: float) -> int:
    """How much of a post's present total it had reached at `moment`."""
    whole = grown(now - created)
    return total if whole == 0 or moment >= now else round(total * grown(moment - created) / whole)


def midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def day_of(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


class DailyNumbers:
    """An account's numbers on each of several days."""

    def __init__(self, world: World, creator: Creator, first: date, last: date) -> None:
        self._world, self._creator = world, creator
        self._now = world.now()
        self._posts = growing(world, creator, midnight(first), midnight(last) + DAY)
        self._follows = world[FOLLOWS].by(FOLLOWERS, creator.id)

    def on(self, day: date) -> dict[str, Any]:
        """The values of one day, for every field."""
        views = self._sum(day, lambda post: post.views)
        likes = self._sum(day, lambda post: post.likes)
        comments = self._sum(day, lambda post: post.comments)
        shares = self._sum(day, lambda post: post.shares)
        later = follows_since(self._follows, midnight(day) + DAY)
        total = self._creator.followers - later
        new = follows_since(self._follows, midnight(day)) - later
        values: dict[str, Any] = {
            "video_views": views,
            "unique_video_views": round(views * REACH),
            "profile_views": round(views * _PROFILE),
            "likes": likes,
            "comments": comments,
            "shares": shares,
            "engaged_audience": likes + comments + shares,
            "followers_count": max(0, total),
            "daily_total_followers": max(0, total),
            "daily_new_followers": new,
            "daily_lost_followers": 0,
            "audience_activity": activity(self._creator),
        }
        if self._creator.business:
            values |= clicks(
                views,
                "phone_number_clicks",
                "lead_submissions",
                "app_download_clicks",
                "bio_link_clicks",
                "email_clicks",
                "address_clicks",
            )
        return values

    def _sum(self, day: date, of: Callable[[Video], int]) -> int:
        start, end = midnight(day), midnight(day) + DAY
        return sum(
            reached_by(of(post), post.created, end, self._now)
            - reached_by(of(post), post.created, start, self._now)
            for post in self._posts
            if start - _SPREAD < post.created < end
        )


def growing(world: World, creator: Creator, start: float, end: float) -> list[Video]:
    """The posts whose numbers grew between these moments."""
    posts = world.videos_of(creator.id)
    first = posts.start(newest_first(end, "0"))
    last = posts.start(newest_first(start - _SPREAD, "0"))
    return [post for post in posts.walk(first, last) if not post.deleted]


def follows_since(follows: IndexGroup[Follow], moment: float) -> int:
    """The number of follows since this moment; the newest come first."""
    return bisect_left(follows, -moment, key=lambda one: -one.at)


def clicks(views: int, *names: str) -> dict[str, int]:
    """Clicks on each of a business account's links."""
    return {name: round(views * _CLICK / place) for place, name in enumerate(names, 1)}


def activity(creator: Creator) -> list[dict[str, Any]]:
    if creator.followers < AUDIENCE:
        return []
    return [
        {"hour": str(hour), "count": creator.followers * part // 100}
        for hour, part in enumerate(_HOURS)
    ]


def audience(world: World, creator: Creator) -> dict[str, list[dict[str, Any]]]:
    """Age, gender, country and city of the followers; empty below 100 followers."""
    names = ("audience_ages", "audience_genders", "audience_countries", "audience_cities")
    if creator.followers < AUDIENCE:
        return {name: [] for name in names}
    follows = world[FOLLOWS].by(FOLLOWERS, creator.id)
    people = (world.person(one.follower_id) for one in follows[:_SAMPLE])
    regions = Counter(person.region for person in people if person is not None)
    if not regions:
        regions[creator.region] = 1
    countries = dict(regions.most_common(_MAX_ROWS))
    cities = {_CAPITALS[name]: count for name, count in countries.items() if name in _CAPITALS}
    return dict(
        zip(
            names,
            (
                shares("age", _AGES.items()),
                shares("gender", _GENDERS.items()),
                shares("country", countries.items(), regions.total()),
                shares("city_name", cities.items(), regions.total()),
            ),
            strict=True,
        )
    )


def shares(label: str, counts: Iterable[tuple[str, int]], total: int = 100) -> list[dict[str, Any]]:
    """Parts of the whole, 0 to 1."""
    return [{label: name, "percentage": round(count / total, 4)} for name, count in counts]


def of_post(world: World, creator: Creator, post: Video) -> dict[str, Any]:
    """The insights of a post, since it was made."""
    seconds = float(post.duration)
    average = round(seconds * WATCHED, 3)
    values: dict[str, Any] = {
        "video_duration": seconds,
        "video_views": post.views,
        "reach": round(post.views * REACH),
        "total_time_watched": round(post.views * average, 3),
        "average_time_watched": average,
        "full_video_watched_rate": COMPLETED if post.views else 0.0,
        "new_followers": round(post.views * _NEW),
        "video_view_retention": _retention(post.duration),
        "engagement_likes": _moments(post.duration),
        "impression_sources": shares("impression_source", _SOURCES.items()),
        "audience_types": [
            {"type": "NEW_VIEWER", "percentage": 0.64},
            {"type": "RETURN_VIEWER", "percentage": 0.36},
            {"type": "FOLLOWER_PERCENT", "percentage": 0.14},
            {"type": "NON_FOLLOWER_PERCENT", "percentage": 0.86},
        ],
    }
    viewers = audience(world, creator)
    for name in ("audience_genders", "audience_countries", "audience_cities"):
        values[name] = viewers[name]
    if creator.business:
        values |= {"profile_views": round(post.views * _PROFILE)} | clicks(
            post.views,
            "website_clicks",
            "phone_number_clicks",
            "lead_submissions",
            "app_download_clicks",
            "email_clicks",
            "address_clicks",
        )
    return values


def _retention(duration: int) -> list[dict[str, Any]]:
    """The part of viewers who still watch at each second."""
    return [
        {"second": str(second), "percentage": round(COMPLETED ** (second / max(1, duration)), 4)}
        for second in range(duration + 1)
    ]


def _moments(duration: int) -> list[dict[str, Any]]:
    """The part of the likes that was given at each second."""
    count = max(1, duration)
    return [{"second": str(second), "percentage": round(1 / count, 4)} for second in range(count)]


def days(first: date, last: date) -> Iterable[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
